//! Every answer has an id.

use crate::common::gateway;

#[tokio::test]
async fn a_sane_id_is_kept_and_any_other_is_replaced() {
    let edge = gateway().build();
    let seen = edge.get_with("/web/seen-by-all", &[("x-request-id", "abc-1.2_3")]).await;
    assert_eq!((seen.header("x-request-id"), seen.json()["id"].as_str()), (Some("abc-1.2_3"), Some("abc-1.2_3")));
    let long = "x".repeat(129);
    for odd in ["", "a b", "<script>", "a;b", &long] {
        let answer = edge.get_with("/web/seen-by-all", &[("x-request-id", odd)]).await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!((id.len(), &id[14..15]), (36, "7"), "a UUID of version 7: {id}");
        assert_eq!(answer.json()["id"].as_str(), Some(id));
    }
    let two = edge.get_with("/web/docs", &[("x-request-id", "a"), ("x-request-id", "b")]).await;
    assert_eq!(two.header("x-request-id").unwrap().len(), 36);
}

#[tokio::test]
async fn errors_and_unknown_routes_have_one_too() {
    let edge = gateway().build();
    for path in ["/nothing", "/web/whoami", "/web//x", "/problems/internal"] {
        assert!(edge.get(path).await.header("x-request-id").is_some(), "{path}");
    }
}
