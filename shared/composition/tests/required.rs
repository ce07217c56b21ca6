//! An answer cannot do without a required call: its failure is a problem, at once, and ends every other call.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::time::Duration;

use home::{kit, well};
use tokio::time::Instant;
use trefoil_testing::{End, Reply};

#[tokio::test(start_paused = true)]
async fn each_reason_has_its_status_and_code() {
    for (fault, status, code) in [
        ("slow", 504, "deadline-exceeded"),
        ("refused", 503, "backend-unreachable"),
        ("broken", 503, "backend-unreachable"),
        ("500", 502, "backend-status"),
        ("404", 502, "backend-status"),
        ("shape", 502, "backend-shape"),
        ("malformed", 502, "backend-shape"),
    ] {
        let backends = well();
        let route = backends.on("users", "/users/u-1");
        match fault {
            "slow" => route.slow(5_000).json("{}"),
            "refused" => route.refused(),
            "broken" => route.broken(),
            "shape" => route.json(r#"{"name":"Ada"}"#),
            "malformed" => route.reply(Reply::malformed()),
            status => route.status(status.parse().unwrap()),
        }
        let answer = kit(&backends).get("/home").await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{fault}");
        assert_eq!(answer.json()["field"], "profile");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(!answer.text().contains("users"), "no backend is named: {}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_answers_at_once_and_gives_every_other_call_up() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(20).refused();
    backends.on("orders", "/users/").slow(250).json("[]");
    backends.on("banners", "/banner").slow(90).json(r#"{"text":"sale"}"#);
    let started = Instant::now();
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.status.as_u16(), 503);
    assert!(started.elapsed() < Duration::from_millis(25), "{:?}", started.elapsed());
    assert_eq!(backends.calls("orders")[0].end, End::GivenUp);
    assert!(backends.all_calls().iter().all(|call| call.end != End::UnderWay));
}

#[tokio::test(start_paused = true)]
async fn a_passed_status_is_the_answers_own() {
    for (status, expected, code) in [(404, 404, "not-found"), (410, 410, "gone"), (409, 502, "backend-status")] {
        let backends = well();
        backends.on("orders", "/orders/").status(status);
        let answer = kit(&backends).get("/orders/7").await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (expected, Some(code)));
        assert!(!answer.text().contains("a detail that no client may see"));
    }
}
