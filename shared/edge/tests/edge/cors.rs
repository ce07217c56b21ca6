//! Which pages may call: origins are compared whole.

use http::{Method, StatusCode};

use crate::common::{Answer, Edge, KEY, gateway, request};

const PAGE: &str = "https://shop.example";

fn edge() -> Edge {
    let mut gateway = gateway();
    gateway.policy.cors.origins = vec![PAGE.into(), "http://localhost:3000".into()];
    gateway.policy.cors.credentials = true;
    gateway.policy.quota = Some(serde_json::from_str(r#"{"per_second": 1, "burst": 1}"#).unwrap());
    gateway.build()
}

async fn preflight(edge: &Edge, path: &str, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization"),
    ];
    edge.send(request(Method::OPTIONS, path, &headers)).await
}

#[tokio::test]
async fn a_preflight_is_answered_without_token_or_quota() {
    let edge = edge();
    for _ in 0..5 {
        let answer = preflight(&edge, "/web/whoami", PAGE).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
        assert!(answer.header("access-control-allow-headers").unwrap().contains("authorization"));
        assert_eq!(answer.header("access-control-max-age"), Some("600"));
        assert!(answer.header("vary").unwrap().contains("origin"));
        assert_eq!(answer.header("ratelimit"), None);
    }
}

#[tokio::test]
async fn another_origin_is_told_nothing() {
    let edge = edge();
    for origin in [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
        "https://evilshop.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example/",
        "*",
        "",
    ] {
        for answer in
            [preflight(&edge, "/web/whoami", origin).await, edge.get_with("/web/docs", &[("origin", origin)]).await]
        {
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{origin}");
            assert!(answer.header("vary").unwrap().contains("origin"), "{origin}");
        }
    }
}

#[tokio::test]
async fn a_page_may_read_its_answers_and_why_it_was_refused() {
    let edge = edge();
    let bearer = format!("Bearer {}", KEY.token("u1"));
    let good = [("origin", PAGE), ("authorization", &bearer)];
    for (headers, status) in [(&good[..], 200), (&good[..1], 401), (&good[..], 429)] {
        let answer = edge.get_with("/web/whoami", headers).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        for name in [
            "x-request-id",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "trefoil-degraded",
            "server-timing",
            "etag",
            "cache-status",
            "idempotency-replayed",
            "location",
            "link",
        ] {
            assert!(exposed.split(", ").any(|exposed| exposed == name), "{name}");
        }
    }
    let unknown = edge.get_with("/web/nothing", &good[..1]).await;
    assert_eq!(unknown.header("access-control-allow-origin"), Some(PAGE));
}

#[tokio::test]
async fn without_a_policy_no_page_is_let_in() {
    let answer = preflight(&gateway().build(), "/web/whoami", PAGE).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::NO_CONTENT, None));
}

#[tokio::test]
async fn any_origin_means_a_star_and_no_credentials() {
    let mut gateway = gateway();
    gateway.policy.cors.origins = vec!["*".into()];
    let answer = gateway.build().get_with("/web/docs", &[("origin", PAGE)]).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}
