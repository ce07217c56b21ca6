//! What is too large or ambiguous is refused.

use axum::body::{Body, Bytes};
use futures_util::stream;
use http::{Method, Request, StatusCode};

use crate::common::{Answer, Edge, KEY, gateway};

fn edge() -> Edge {
    let mut gateway = gateway();
    gateway.config.limits.body_bytes = 100;
    gateway.build()
}

async fn post(edge: &Edge, body: Body, length: Option<&str>) -> Answer {
    let mut request = Request::post("/web/body").header("authorization", format!("Bearer {}", KEY.token("u1")));
    if let Some(length) = length {
        request = request.header("content-length", length);
    }
    edge.send(request.body(body).unwrap()).await
}

fn chunks(count: usize) -> Body {
    Body::from_stream(stream::iter((0..count).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 10])))))
}

#[tokio::test]
async fn a_long_uri_is_414() {
    let edge = edge();
    let path = format!("/web/docs?{}", "x".repeat(9_000));
    let answer = edge.get(&path).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::URI_TOO_LONG, "uri-too-long"));
    assert_eq!(edge.get(&path[..8_192]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn large_or_many_headers_are_431() {
    let edge = edge();
    let large = "x".repeat(33_000);
    let names: Vec<String> = (0..101).map(|n| format!("x-{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    for headers in [&[("cookie", large.as_str())][..], &many] {
        let answer = edge.get_with("/web/docs", headers).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (431, "headers-too-large"));
    }
    assert_eq!(edge.get_with("/web/docs", &many[..100]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_declared_length_over_the_limit_is_413_at_once() {
    let edge = edge();
    for length in ["101", "99999999999999999999999999"] {
        // A body that never comes: the answer does not wait for it.
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let answer = post(&edge, never, Some(length)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large"));
        assert_eq!(answer.json()["detail"], "at most 100 bytes");
    }
}

#[tokio::test]
async fn a_body_that_runs_over_is_413() {
    let edge = edge();
    assert_eq!(post(&edge, chunks(10), None).await.text(), "100");
    let answer = post(&edge, chunks(11), None).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large"));
}

#[tokio::test]
async fn a_body_that_runs_over_is_413_whatever_the_handler_makes_of_it() {
    let mut gateway = gateway();
    gateway.config.limits.body_bytes = 100;
    let swallows = |body: Body| async {
        let read = axum::body::to_bytes(body, usize::MAX).await;
        if read.is_err() { StatusCode::OK } else { StatusCode::NO_CONTENT }
    };
    gateway.router = axum::Router::new().route("/body", axum::routing::post(swallows));
    let edge = gateway.build();
    assert_eq!(post(&edge, chunks(10), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(post(&edge, chunks(11), None).await.code(), "body-too-large");
}

#[tokio::test]
async fn the_configured_limit_is_the_only_one() {
    let mut gateway = gateway();
    gateway.config.limits.body_bytes = 4_000_000;
    assert_eq!(post(&gateway.build(), Body::from(vec![b'x'; 3_000_000]), None).await.text(), "3000000");
}

#[tokio::test]
async fn a_length_that_is_no_number_is_400() {
    let edge = edge();
    for length in ["+5", "-5", "0x5", "5 5", "5,5", "1_0", ""] {
        assert_eq!(post(&edge, Body::empty(), Some(length)).await.code(), "bad-request", "{length}");
    }
}

#[tokio::test]
async fn what_may_stand_once_and_stands_twice_is_400() {
    let edge = edge();
    for name in ["host", "authorization", "content-length", "content-type"] {
        let answer = edge.get_with("/web/docs", &[(name, "1"), (name, "1")]).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "bad-request"), "{name}");
    }
    let twice = [("accept", "a/b"), ("accept", "c/d")];
    assert_eq!(edge.send(crate::common::request(Method::GET, "/web/docs", &twice)).await.status, StatusCode::OK);
}
