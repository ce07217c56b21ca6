//! What is not read of a request does not stand before the next one.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use futures_util::{StreamExt as _, stream};
use http::{HeaderValue, Method, StatusCode, Uri, Version};
use tokio::time::Instant;

use crate::common::{Answer, Edge, KEY, gateway};

/// A request without a token, so that its body is not looked at.
async fn refused(edge: &Edge, version: Version, expect: bool, body: Body) -> Answer {
    let mut request = Request::new(body);
    (*request.method_mut(), *request.uri_mut(), *request.version_mut()) =
        (Method::POST, Uri::from_static("/web/body"), version);
    if expect {
        request.headers_mut().insert("expect", HeaderValue::from_static("100-continue"));
    }
    let answer = edge.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    answer
}

fn of(bytes: usize) -> Body {
    Body::from(vec![b' '; bytes])
}

/// A few bytes, of which the last never comes.
fn stuck() -> Body {
    struct Stuck(Body);
    impl http_body::Body for Stuck {
        type Data = Bytes;
        type Error = axum::Error;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
            std::pin::Pin::new(&mut self.0).poll_frame(cx)
        }
        fn size_hint(&self) -> http_body::SizeHint {
            http_body::SizeHint::with_exact(10)
        }
    }
    let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]).chain(stream::pending());
    Body::new(Stuck(Body::from_stream(begun)))
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_connection_only_where_much_of_the_request_is_left() {
    let edge = gateway().build();
    let (http1, http2) = (Version::HTTP_11, Version::HTTP_2);
    for (version, expect, body, close) in [
        (http1, false, Body::empty(), None),
        (http1, false, of(64 * 1024), None),
        (http1, false, of(64 * 1024 + 1), Some("close")),
        // Nobody knows how much there is left of it.
        (
            http1,
            false,
            Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))])),
            Some("close"),
        ),
        // It may never be sent.
        (http1, true, of(10), Some("close")),
        // There each request has a stream of its own.
        (http2, false, of(64 * 1024 + 1), None),
    ] {
        assert_eq!(refused(&edge, version, expect, body).await.header("connection"), close);
    }
}

#[tokio::test(start_paused = true)]
async fn a_small_rest_that_does_not_come_is_not_waited_for() {
    let since = Instant::now();
    assert_eq!(refused(&gateway().build(), Version::HTTP_11, false, stuck()).await.header("connection"), Some("close"));
    assert_eq!(since.elapsed().as_millis(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_was_read_leaves_nothing() {
    let request = Request::post("/web/body").header("authorization", format!("Bearer {}", KEY.token("u1")));
    let answer = gateway().build().send(request.body(of(50)).unwrap()).await;
    assert_eq!((answer.status, answer.header("connection")), (StatusCode::OK, None));
}
