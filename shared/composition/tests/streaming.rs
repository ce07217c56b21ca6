//! The same declaration, field by field: each is sent the moment that it and all under it are settled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::time::Duration;

use home::{COMPLETE, kit, well};
use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller, composition};
use trefoil_testing::{Answer, End, FakeBackends, Kit};

/// A screen that waits long.
#[composition(get = "/patient", deadline = "60s")]
pub(crate) struct Patient {
    /// The banner.
    #[call(home::Banners, get = "/banner")]
    pub(crate) banner: Option<home::Banner>,
    /// The footer.
    #[call(home::Banners, get = "/footer")]
    pub(crate) footer: Option<home::Banner>,
}

fn events(answer: &Answer) -> Vec<(String, Value)> {
    let one = |event: &str| {
        let (name, data) = event.split_once("\ndata: ").unwrap();
        (name.trim_start_matches("event: ").to_owned(), serde_json::from_str(data).unwrap())
    };
    answer.text().split("\n\n").filter(|event| event.starts_with("event")).map(one).collect()
}

async fn stream(backends: &FakeBackends, path: &str) -> Answer {
    kit(backends).header("accept", "text/event-stream").get(path).await
}

#[tokio::test(start_paused = true)]
async fn fields_are_sent_in_the_order_in_which_they_settle() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(50).json(r#"{"name":"Ada","segment":"home","nickname":null}"#);
    backends.on("orders", "/users/").slow(20).json("[]");
    backends.on("banners", "/footer").slow(90).json(r#"{"text":"imprint"}"#);
    let answer = stream(&backends, "/home").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let events = events(&answer);
    let place = |path: &str| events.iter().position(|(_, data)| data["path"] == path).unwrap();
    assert!(
        place("orders") < place("profile") && place("profile") < place("footer") && place("footer") < place("links")
    );
    assert_eq!(events.last().unwrap(), &("end".to_owned(), json!({ "degraded": [] })));
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_the_same_data_and_the_same_missing_fields_as_rest() {
    for fault in ["none", "picks", "banner", "footer"] {
        let backends = well();
        match fault {
            "picks" => backends.on("recommendations", "/segments/").slow(500).json("[]"),
            "banner" => backends.on("banners", "/banner").status(500),
            "footer" => backends.on("banners", "/footer").refused(),
            _ => {}
        }
        let rest = kit(&backends).get("/home").await;
        let answer = stream(&backends, "/home").await;
        let mut whole = serde_json::Map::new();
        let mut degraded = Vec::new();
        for (name, data) in events(&answer) {
            match name.as_str() {
                "field" => drop(whole.insert(data["path"].as_str().unwrap().to_owned(), data["value"].clone())),
                "end" => degraded = data["degraded"].as_array().unwrap().clone(),
                other => panic!("{other}"),
            }
        }
        assert_eq!(Value::Object(whole), rest.json(), "{fault}");
        let named: Vec<String> = degraded
            .iter()
            .map(|one| {
                let default = if one["default"] == true { ";default" } else { "" };
                format!("{};reason={}{default}", one["path"].as_str().unwrap(), one["reason"].as_str().unwrap())
            })
            .collect();
        assert_eq!(named.join(", "), rest.header("trefoil-degraded").unwrap_or_default(), "{fault}");
        if fault == "none" {
            assert_eq!(rest.text(), COMPLETE);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn numbers_keep_their_literal_in_a_stream() {
    let answer = stream(&well(), "/home").await;
    assert!(
        answer.text().contains(
            r#"data: {"path":"orders","value":[{"id":9007199254740993,"total":1.10,"placedAt":"2026-11-24"}]}"#
        ),
        "{}",
        answer.text()
    );
}

#[tokio::test(start_paused = true)]
async fn what_fails_before_the_first_field_is_said_by_status_and_later_by_an_event() {
    let backends = well();
    for prefix in ["/users/u-1", "/users/"] {
        backends.on("users", prefix).refused();
    }
    backends.on("orders", "/users/").slow(10).json("[]");
    backends.on("banners", "/banner").slow(10).json(r#"{"text":"sale"}"#);
    backends.on("banners", "/footer").slow(10).json(r#"{"text":"sale"}"#);
    let answer = stream(&backends, "/home").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (503, Some("backend-unreachable")));

    backends.on("users", "/users/u-1").slow(100).refused();
    let answer = stream(&backends, "/home").await;
    assert_eq!(answer.status, 200);
    let events = events(&answer);
    let (name, problem) = events.last().unwrap();
    assert_eq!(
        (name.as_str(), problem["code"].as_str(), problem["field"].as_str()),
        ("error", Some("backend-unreachable"), Some("profile"))
    );
    assert!(events.iter().any(|(_, data)| data["path"] == "orders"));
    assert_eq!(problem["requestId"], "test");
}

#[tokio::test(start_paused = true)]
async fn ndjson_has_one_object_a_line() {
    let answer = kit(&well()).header("accept", "application/x-ndjson").get("/home").await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 9);
    assert!(lines[..8].iter().all(|line| line["event"] == "field" && line["path"].is_string()));
    assert_eq!(lines[8], json!({ "event": "end", "degraded": [] }));
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_leaves_ends_every_call() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(200).json("{}");
    let kit = kit(&backends).header("accept", "text/event-stream");
    assert!(tokio::time::timeout(Duration::from_millis(50), kit.get("/home")).await.is_err());
    // The run is a task of its own: it ends when the runtime next comes to it.
    tokio::task::yield_now().await;
    assert_eq!(backends.calls("users")[0].end, End::GivenUp);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_gives_signs_of_life() {
    let backends = FakeBackends::new();
    backends.on("banners", "/banner").json(r#"{"text":"sale"}"#);
    backends.on("banners", "/footer").slow(40_000).json(r#"{"text":"imprint"}"#);
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Patient>();
    let kit = Kit::new(&bff, &backends).caller("u-1", &[]).header("accept", "text/event-stream");
    let answer = kit.get("/patient").await;
    assert_eq!(answer.text().matches(":\n\n").count(), 2, "{}", answer.text());
    assert_eq!(events(&answer).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_for_a_stream() {
    let backends = well();
    backends.on("recommendations", "/nicknames/").slow(9_000).json("[]");
    let started = tokio::time::Instant::now();
    let answer = stream(&backends, "/home").await;
    assert!(started.elapsed() <= Duration::from_millis(301));
    let degraded = events(&answer).last().unwrap().1["degraded"].clone();
    assert_eq!(degraded, json!([{ "path": "nicknameOf", "reason": "timeout" }]));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_before_a_status_that_may_be_the_answers_own_is_known() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders/").slow(50).status(404);
    let answer = kit(&backends).header("accept", "text/event-stream").get("/orders/7").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (404, Some("not-found")));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_for_a_reader_who_does_not_read() {
    let backends = well();
    backends.on("recommendations", "/nicknames/").slow(9_000).json("[]");
    let kit = kit(&backends).header("accept", "text/event-stream");
    let response = kit.open("/home").await;
    // Nobody reads. The call ends all the same.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let slow = backends.all_calls().into_iter().find(|call| call.path.starts_with("/nicknames")).unwrap();
    assert_eq!(slow.end, End::GivenUp);
    drop(response);
}
