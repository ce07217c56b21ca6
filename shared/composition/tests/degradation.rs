//! What is missing is null or its default, and named with its reason; the rest of the answer is there.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use home::{COMPLETE, kit, well};
use trefoil_testing::Reply;

#[tokio::test(start_paused = true)]
async fn a_complete_answer_names_nothing() {
    let answer = kit(&well()).get("/home").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, COMPLETE));
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test(start_paused = true)]
async fn each_way_to_fail_has_its_reason() {
    for (fault, reason) in [
        ("slow", "timeout"),
        ("refused", "connect"),
        ("broken", "connect"),
        ("500", "status"),
        ("404", "status"),
        ("302", "status"),
        ("malformed", "shape"),
        ("html", "shape"),
        ("page", "shape"),
        ("bom", "shape"),
        ("trailing", "shape"),
        ("other", "shape"),
        ("encoded", "shape"),
        ("empty", "shape"),
    ] {
        let backends = well();
        let route = backends.on("recommendations", "/segments/home");
        match fault {
            "slow" => route.slow(500).json("[]"),
            "refused" => route.refused(),
            "broken" => route.broken(),
            "500" => route.status(500),
            "404" => route.status(404),
            "302" => route.status(302),
            "malformed" => route.reply(Reply::malformed()),
            "html" => route.answer(200, "text/html", "[]"),
            "encoded" => route.reply(Reply::json("[]").header("content-encoding", "Identity, gzip")),
            // With a JSON content type.
            "page" => route.json("<!doctype html><title>Sign in</title>"),
            "bom" => route.json("\u{feff}[\"lamp\"]"),
            "trailing" => route.json("[\"lamp\"] x"),
            "other" => route.json(r#"{"a":1}"#),
            _ => route.json(""),
        }
        let answer = kit(&backends).get("/home").await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (200, COMPLETE.replace(r#"["lamp"]"#, "null").as_str()),
            "{fault}"
        );
        assert_eq!(answer.header("trefoil-degraded"), Some(format!("picks;reason={reason}").as_str()), "{fault}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_said_not_to_be_encoded_is_none_of_the_worse() {
    let backends = well();
    let picks = Reply::json(r#"["lamp"]"#).header("content-encoding", "Identity");
    backends.on("recommendations", "/segments/home").reply(picks);
    let answer = kit(&backends).get("/home").await;
    assert_eq!((answer.text(), answer.header("trefoil-degraded")), (COMPLETE, None));
}

#[tokio::test(start_paused = true)]
async fn an_absent_status_is_complete_and_so_is_what_depends_on_it() {
    let backends = well();
    backends.on("banners", "/banner").status(404);
    let answer = kit(&backends).get("/home").await;
    let expected = COMPLETE.replace(r#"{"text":"sale"}"#, "null").replace(r#""soldes""#, "null");
    assert_eq!(answer.text(), expected);
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert!(backends.all_calls().iter().all(|call| !call.path.starts_with("/translations")));
}

#[tokio::test(start_paused = true)]
async fn a_null_input_skips_the_call_and_the_answer_is_complete() {
    let backends = well();
    backends.on("users", "/users/u-1").json(r#"{"name":"Ada","segment":"home"}"#);
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.text(), COMPLETE.replace("\"countess\"", "null").replace(r#"["a"]"#, "null"));
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert!(backends.all_calls().iter().all(|call| !call.path.starts_with("/nicknames")));
}

#[tokio::test(start_paused = true)]
async fn what_depends_on_a_failed_call_is_missing_for_that_reason() {
    let backends = well();
    backends.on("banners", "/banner").status(500);
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("banner;reason=status, translation;reason=dependency"));
    assert!(backends.all_calls().iter().all(|call| !call.path.starts_with("/translations")));
}

#[tokio::test(start_paused = true)]
async fn a_default_stands_in_and_feeds_what_depends_on_it() {
    let backends = well();
    backends.on("banners", "/footer").refused();
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.text(), COMPLETE.replace("imprint", "Trefoil"));
    assert_eq!(answer.header("trefoil-degraded"), Some("footer;reason=connect;default"));
    assert!(backends.all_calls().iter().any(|call| call.path == "/links/Trefoil"));
}

#[tokio::test(start_paused = true)]
async fn a_named_member_that_stands_twice_is_a_shape_failure_of_its_call() {
    let backends = well();
    backends.on("banners", "/banner").json(r#"{"text":"sale","other":1,"text":"sale"}"#);
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("banner;reason=shape, translation;reason=dependency"));
}
