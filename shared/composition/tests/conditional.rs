//! A complete answer to a GET has an entity tag, and who has it already is told so.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use axum::body::Body;
use home::{COMPLETE, kit, well};
use http::Method;

#[tokio::test]
async fn who_has_the_answer_gets_304_and_no_bytes() {
    let first = kit(&well()).get("/home").await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!((first.status.as_u16(), first.text()), (200, COMPLETE));
    assert!(tag.starts_with("W/\""), "{tag}");

    let again = kit(&well()).header("if-none-match", &format!("\"other\", {tag}")).get("/home").await;
    assert_eq!((again.status.as_u16(), again.text()), (304, ""));
    // What the 200 would have said about keeping it (RFC 9110 section 15.4.5).
    for name in ["etag", "cache-control", "vary"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(again.header("content-type"), None);
    assert!(again.header("server-timing").is_some());
}

#[tokio::test]
async fn other_bytes_have_another_tag() {
    let first = kit(&well()).get("/home").await;
    let tag = first.header("etag").unwrap();
    let backends = well();
    backends.on("users", "/users/").json(r#"{"nickname":null,"name":"Ada","segment":"home"}"#);
    let answer = kit(&backends).header("if-none-match", tag).get("/home").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_ne!(answer.header("etag"), Some(tag));
}

#[tokio::test]
async fn an_answer_is_kept_for_its_caller_alone_and_asked_for_again_each_time() {
    let answer = kit(&well()).get("/home").await;
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(answer.header("vary"), Some("accept, accept-encoding, authorization"));
    let answer = kit(&well()).get("/orders/7").await;
    assert_eq!(answer.header("vary"), Some("accept, accept-encoding, authorization, accept-language"));
    let answer = kit(&well()).get("/status").await;
    assert_eq!(answer.header("vary"), Some("accept, accept-encoding"));
}

#[tokio::test]
async fn head_has_the_tag_of_get() {
    let got = kit(&well()).get("/home").await;
    let head = kit(&well()).send(Method::HEAD, "/home", Body::empty()).await;
    assert_eq!((head.status.as_u16(), head.text()), (200, ""));
    assert_eq!(head.header("etag"), got.header("etag"));
    let tag = got.header("etag").unwrap();
    let again = kit(&well()).header("if-none-match", tag).send(Method::HEAD, "/home", Body::empty()).await;
    assert_eq!(again.status.as_u16(), 304);
}

#[tokio::test]
async fn what_is_degraded_a_problem_or_a_stream_has_no_tag() {
    let backends = well();
    backends.on("recommendations", "/segments/").status(500);
    let degraded = kit(&backends).header("if-none-match", "*").get("/home").await;
    assert_eq!((degraded.status.as_u16(), degraded.header("cache-control")), (200, Some("no-store")));

    let backends = well();
    backends.on("users", "/users/").status(500);
    let problem = kit(&backends).header("if-none-match", "*").get("/home").await;
    assert_eq!((problem.status.as_u16(), problem.header("cache-control")), (502, Some("no-store")));

    let stream = kit(&well()).header("if-none-match", "*").header("accept", "application/x-ndjson").get("/home").await;
    assert_eq!((stream.status.as_u16(), stream.header("cache-control")), (200, Some("no-store")));

    for answer in [degraded, problem, stream] {
        assert_eq!(answer.header("etag"), None);
    }
}
