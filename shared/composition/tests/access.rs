//! Who may call: default deny, scopes by endpoint, and public only where it is said.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use home::{bff, kit, well};
use trefoil_testing::Kit;

#[tokio::test]
async fn nobody_gets_nothing() {
    let backends = well();
    let answer = Kit::new(&bff(), &backends).get("/home").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (401, Some("unauthenticated")));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"web\""));
    assert!(backends.all_calls().is_empty());
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let backends = well();
    let answer = Kit::new(&bff(), &backends).caller("u-1", &["orders:read"]).get("/home").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (403, Some("insufficient-scope")));
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"web\", error=\"insufficient_scope\", scope=\"home:read\"")
    );
    assert!(backends.all_calls().is_empty());
}

#[tokio::test]
async fn a_public_endpoint_asks_nobody_who_they_are_and_tells_no_backend() {
    let backends = well();
    assert_eq!(Kit::new(&bff(), &backends).get("/status").await.text(), r#"{"banner":{"text":"sale"}}"#);
    kit(&backends).get("/status").await;
    for call in backends.calls("banners") {
        assert_eq!(call.header("trefoil-caller"), None);
    }
}
