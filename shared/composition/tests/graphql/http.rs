//! GraphQL over HTTP: media types, statuses, and what GET answers.

use axum::body::Body;
use http::Method;

use crate::shop::{kit, well};

const GOOD: &str = r#"{"query":"{ status { door } }"}"#;
const BAD: &str = r#"{"query":"{ nothing }"}"#;

#[tokio::test(start_paused = true)]
async fn the_media_type_decides_what_a_status_says() {
    for (accept, body, status, kind) in [
        ("application/json", GOOD, 200, "application/json; charset=utf-8"),
        ("application/json", BAD, 200, "application/json; charset=utf-8"),
        ("*/*", BAD, 200, "application/json; charset=utf-8"),
        ("application/graphql-response+json", GOOD, 200, "application/graphql-response+json; charset=utf-8"),
        ("application/graphql-response+json", BAD, 400, "application/graphql-response+json; charset=utf-8"),
        ("text/html", GOOD, 406, "application/problem+json"),
    ] {
        let answer = kit(&well()).header("accept", accept).post("/graphql", body).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, Some(kind)), "{accept} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_request_is_a_problem() {
    let long = format!(r#"{{"query":"{{ status {{ door }} }}","variables":{{"x":"{}"}}}}"#, "x".repeat(256 * 1024));
    for (kind, body, status, code) in [
        (Some("text/plain"), GOOD, 415, "unsupported-media-type"),
        (None, GOOD, 415, "unsupported-media-type"),
        (Some("application/json; charset=latin1"), GOOD, 415, "unsupported-media-type"),
        (Some("application/graphql"), "{ status { door } }", 415, "unsupported-media-type"),
        (Some("application/json"), "{", 400, "malformed-body"),
        (Some("application/json"), "", 400, "malformed-body"),
        (Some("application/json"), r#"[{"query":"{ status { door } }"}]"#, 400, "bad-request"),
        (Some("application/json"), "{}", 422, "invalid-input"),
        (Some("application/json"), r#"{"query":"{a}","variables":[]}"#, 422, "invalid-input"),
        (Some("application/json"), long.as_str(), 413, "body-too-large"),
    ] {
        let mut kit = kit(&well());
        if let Some(kind) = kind {
            kit = kit.header("content-type", kind);
        }
        let answer = kit.send(Method::POST, "/graphql", Body::from(body.to_owned())).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str().unwrap()), (status, code), "{kind:?}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.json()["requestId"], "test");
    }
    let utf8 = kit(&well()).header("content-type", "Application/JSON; charset=\"UTF-8\"");
    assert_eq!(utf8.send(Method::POST, "/graphql", Body::from(GOOD)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn operations_are_sent_by_post_alone() {
    let backends = well();
    for path in ["/graphql?query=%7Bstatus%7Bdoor%7D%7D", "/graphql?variables=%7B%7D&query=", "/graphql?query"] {
        let answer = kit(&backends).get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")), "{path}");
        assert_eq!(answer.json()["code"], "method-not-allowed");
    }
    let answer = kit(&backends).header("accept", "application/json").get("/graphql").await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")));
    assert_eq!(backends.all_calls().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn members_that_mean_nothing_are_ignored() {
    let body = r#"{"query":"{ status { door } }","operationName":null,"variables":null,"extensions":{"a":1},"id":7}"#;
    assert_eq!(kit(&well()).post("/graphql", body).await.text(), r#"{"data":{"status":{"door":"open"}}}"#);
}

#[tokio::test(start_paused = true)]
async fn each_call_is_timed_under_its_root_field() {
    let backends = well();
    backends.on("catalog", "/banner").slow(20).json(r#""x""#);
    let answer = kit(&backends).post("/graphql", r#"{"query":"{ a: home { banner } b: status { door } }"}"#).await;
    assert_eq!(answer.header("server-timing"), Some("a.banner;dur=20.0, b.door;dur=0.0"));
    let quiet = trefoil_testing::Kit::new(&crate::shop::bff().server_timing(false), &backends);
    assert_eq!(quiet.post("/graphql", GOOD).await.header("server-timing"), None);
}
