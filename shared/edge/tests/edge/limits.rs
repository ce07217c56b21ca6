//! What is too large or ambiguous is refused.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use http::{Method, Request, StatusCode, Version};
use tokio::time::Instant;

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
    // With the host, these are as many as may come.
    assert_eq!(edge.get_with("/web/docs", &many[..99]).await.status, StatusCode::OK);
    assert_eq!(edge.get_with("/web/docs", &many[..100]).await.code(), "headers-too-large");
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

/// The first bytes of a body of which the rest never comes.
fn begun() -> Body {
    Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]).chain(stream::pending()))
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_408_when_its_time_is_up() {
    let edge = edge();
    let since = Instant::now();
    let answer = post(&edge, begun(), Some("90")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::REQUEST_TIMEOUT, "request-timeout"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(since.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_has_no_more_time_than_another() {
    let slow = stream::repeat(()).then(|()| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok::<_, std::io::Error>(Bytes::from_static(b"x"))
    });
    let since = Instant::now();
    assert_eq!(post(&edge(), Body::from_stream(slow), None).await.code(), "request-timeout");
    assert!(since.elapsed() <= Duration::from_millis(10_001), "{:?}", since.elapsed());
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_body_longer_than_its_own_client() {
    let edge = edge();
    let since = Instant::now();
    let request = Request::post("/web/body")
        .header("authorization", format!("Bearer {}", KEY.token("u1")))
        .header("trefoil-timeout-ms", "100")
        .body(begun())
        .unwrap();
    assert_eq!(edge.send(request).await.code(), "request-timeout");
    assert!(since.elapsed() < Duration::from_millis(200), "{:?}", since.elapsed());
}

#[tokio::test(start_paused = true)]
async fn over_http_2_a_late_body_costs_its_stream_and_not_the_connection() {
    let mut request = Request::post("/web/body").version(Version::HTTP_2);
    request = request.header("authorization", format!("Bearer {}", KEY.token("u1")));
    let answer = edge().send(request.body(begun()).unwrap()).await;
    assert_eq!((answer.code().as_str(), answer.header("connection")), ("request-timeout", None));
}

#[tokio::test(start_paused = true)]
async fn what_has_arrived_is_read_however_late_the_handler_asks_for_it() {
    let mut gateway = gateway();
    let dawdles = |body: Body| async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        axum::body::to_bytes(body, usize::MAX).await.map(|bytes| bytes.len().to_string()).unwrap_or_default()
    };
    gateway.router = axum::Router::new().route("/body", axum::routing::post(dawdles));
    assert_eq!(post(&gateway.build(), chunks(10), None).await.text(), "100");
}

#[tokio::test]
async fn a_host_that_is_missing_or_malformed_or_another_one_is_400() {
    let edge = edge();
    let status = async |version: Version, uri: &str, host: Option<&str>| {
        let mut request = Request::get(uri).version(version);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let answer = edge.send_as_it_is(request.body(Body::empty()).unwrap()).await;
        if answer.status == StatusCode::OK { "ok".to_owned() } else { answer.code() }
    };
    for (version, uri, host) in [
        (Version::HTTP_11, "/web/docs", Some("a.example:80")),
        (Version::HTTP_11, "http://A.example/web/docs", Some("a.example")),
        (Version::HTTP_10, "/web/docs", None),
        (Version::HTTP_2, "http://a.example/web/docs", None),
        (Version::HTTP_2, "http://a.example:1/web/docs", Some("a.example:1")),
    ] {
        assert_eq!(status(version, uri, host).await, "ok", "{version:?} {uri} {host:?}");
    }
    for (version, uri, host) in [
        (Version::HTTP_11, "/web/docs", None),
        (Version::HTTP_11, "http://a.example/web/docs", None),
        (Version::HTTP_11, "/web/docs", Some("")),
        (Version::HTTP_11, "/web/docs", Some("a b@c")),
        (Version::HTTP_10, "/web/docs", Some("a:99999")),
        (Version::HTTP_11, "http://a.example/web/docs", Some("b.example")),
        (Version::HTTP_2, "http://a.example/web/docs", Some("b.example")),
        (Version::HTTP_2, "http://u@a.example/web/docs", None),
    ] {
        assert_eq!(status(version, uri, host).await, "bad-request", "{version:?} {uri} {host:?}");
    }
}

#[tokio::test]
async fn a_transfer_coding_that_is_not_undone_here_is_400() {
    let edge = edge();
    for codings in [&["gzip, chunked"][..], &["identity"], &["chunked", "chunked"], &["xchunked"], &[""]] {
        let headers: Vec<(&str, &str)> = codings.iter().map(|coding| ("transfer-encoding", *coding)).collect();
        assert_eq!(edge.get_with("/web/docs", &headers).await.code(), "bad-request", "{codings:?}");
    }
    assert_eq!(edge.get_with("/web/docs", &[("transfer-encoding", "Chunked")]).await.status, StatusCode::OK);
}
