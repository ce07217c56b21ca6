//! A panic is one request's trouble.

use http::StatusCode;

use crate::common::{KEY, Log, gateway};

#[tokio::test]
async fn a_panic_is_a_500_and_the_next_request_is_answered() {
    let edge = gateway().build();
    let answer = edge.get_as("/web/panic", &KEY.token("u1")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
    assert!(!answer.text().contains("secret"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(edge.get_as("/web/whoami", &KEY.token("u1")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_panic_is_logged_once_with_the_request_id() {
    let edge = gateway().build();
    let (log, _guard) = Log::start();
    let bearer = format!("Bearer {}", KEY.token("u1"));
    edge.get_with("/web/panic", &[("authorization", &bearer), ("x-request-id", "r1")]).await;
    let errors: Vec<_> = log.text().lines().filter(|line| line.contains("\"ERROR\"")).map(str::to_owned).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("\"request_id\":\"r1\"") && errors[0].contains("the secret is 42"));
    assert_eq!(log.lines("trefoil::access")[0]["code"], "internal");
}
