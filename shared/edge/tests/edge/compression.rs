//! Answers are compressed when it pays, and only then.

use axum::routing::{delete, get};
use http::{Method, StatusCode};

use crate::common::{Edge, gateway, public, request};

fn edge(enabled: bool) -> Edge {
    let mut gateway = gateway();
    gateway.config.compression.enabled = enabled;
    let json = |bytes: usize| {
        move || async move { ([("content-type", "application/json")], format!("\"{}\"", "a".repeat(bytes))) }
    };
    let typed = |media: &'static str| move || async move { ([("content-type", media)], "a".repeat(5_000)) };
    let encoded =
        || async { ([("content-type", "application/json"), ("content-encoding", "zstd")], "a".repeat(5_000)) };
    gateway.router = gateway
        .router
        .route("/large", get(json(5_000)))
        .route("/small", get(json(100)))
        .route("/stream", get(typed("text/event-stream")))
        .route("/lines", get(typed("application/x-ndjson")))
        .route("/image", get(typed("image/png")))
        .route("/encoded", get(encoded));
    for path in ["large", "small", "stream", "lines", "image", "encoded"] {
        gateway.public.push(public(Method::GET, &format!("/web/{path}")));
    }
    gateway.build()
}

#[tokio::test]
async fn a_large_answer_is_compressed_for_clients_that_accept_it() {
    let edge = edge(true);
    for coding in ["gzip", "br"] {
        let answer = edge.get_with("/web/large", &[("accept-encoding", coding)]).await;
        assert_eq!(answer.header("content-encoding"), Some(coding));
        assert!(answer.body.len() < 500);
        assert!(answer.header("vary").unwrap().contains("accept-encoding"));
    }
    let plain = edge.get("/web/large").await;
    assert_eq!((plain.header("content-encoding"), plain.body.len()), (None, 5_002));
    // A cache must not give the one to clients of the other.
    assert!(plain.header("vary").unwrap().contains("accept-encoding"));
}

#[tokio::test]
async fn what_gains_nothing_or_streams_is_left_alone() {
    let edge = edge(true);
    for path in ["/web/small", "/web/stream", "/web/lines", "/web/image"] {
        assert_eq!(
            edge.get_with(path, &[("accept-encoding", "gzip, br")]).await.header("content-encoding"),
            None,
            "{path}"
        );
    }
    let answer = edge.get_with("/web/encoded", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(answer.header("content-encoding"), Some("zstd"));
}

#[tokio::test]
async fn it_can_be_turned_off() {
    let answer = edge(false).get_with("/web/large", &[("accept-encoding", "gzip")]).await;
    assert_eq!(answer.header("content-encoding"), None);
}

#[tokio::test]
async fn an_answer_keeps_its_status_whatever_codings_its_client_refuses() {
    for enabled in [true, false] {
        let mut gateway = gateway();
        gateway.config.compression.enabled = enabled;
        gateway.router = gateway.router.route("/gone", delete(async || StatusCode::NO_CONTENT));
        gateway.public.push(public(Method::DELETE, "/web/gone"));
        let (writes, reads) = (gateway.build(), edge(enabled));
        for refused in [
            "*;q=0",
            "identity;q=0",
            "Identity ; Q=0.000",
            "identity;q=0, *;q=0",
            "*;q=0, *",
            "gzip;q=0, gzip, *;q=0",
            "gzip;q=0.5;x, identity;q=0",
            "identity;q=2, *;q=0.",
        ] {
            let answer = writes.send(request(Method::DELETE, "/web/gone", &[("accept-encoding", refused)])).await;
            assert_eq!(answer.status, 204, "{refused}");
            assert_eq!(reads.get_with("/web/large", &[("accept-encoding", refused)]).await.status, 200, "{refused}");
        }
    }
    for (accepted, coding) in [("gzip, *;q=0", "gzip"), ("identity;q=0, br;q=0.001", "br")] {
        let answer = edge(true).get_with("/web/large", &[("accept-encoding", accepted)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, Some(coding)), "{accepted}");
    }
    let plain = edge(true).get_with("/web/large", &[("accept-encoding", "*;q=0")]).await;
    assert_eq!((plain.header("content-encoding"), plain.body.len()), (None, 5_002));
}
