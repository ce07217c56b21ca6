//! What browsers are told.

use axum::routing::get;
use http::Method;
use trefoil_edge::Tls;

use crate::common::{KEY, gateway, public, request};

#[tokio::test]
async fn every_answer_has_them_refusals_included() {
    let edge = gateway().build();
    for path in ["/web/docs", "/web/whoami", "/nothing", "/web//x"] {
        let answer = edge.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("content-security-policy", "frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn tls_is_insisted_on_over_tls_only() {
    let edge = gateway().build();
    let mut over_tls = request(Method::GET, "/web/docs", &[]);
    over_tls.extensions_mut().insert(Tls);
    assert_eq!(edge.send(over_tls).await.header("strict-transport-security"), Some("max-age=31536000"));
    let claimed = edge.get_with("/web/docs", &[("x-forwarded-proto", "https")]).await;
    assert_eq!(claimed.header("strict-transport-security"), None);
}

#[tokio::test]
async fn an_answer_to_one_caller_is_not_stored_unless_its_handler_says_how() {
    let mut gateway = gateway();
    gateway.public.push(public(Method::GET, "/web/page"));
    let own = || async { ([("cache-control", "max-age=5"), ("content-security-policy", "default-src 'self'")], "") };
    gateway.router = gateway.router.route("/own", get(own)).route("/page", get(own));
    let edge = gateway.build();
    let token = KEY.token("u1");
    assert_eq!(edge.get_as("/web/whoami", &token).await.header("cache-control"), Some("private, no-store"));
    assert_eq!(edge.get_as("/web/own", &token).await.header("cache-control"), Some("max-age=5"));
    let page = edge.get("/web/page").await;
    assert_eq!(page.header("content-security-policy"), Some("default-src 'self'"));
    assert_eq!(edge.get("/web/docs").await.header("cache-control"), None);
}
