//! Every error has the one form.

use axum::routing::{get, post};
use http::{Method, StatusCode};
use trefoil_context::{Code, Problem};

use crate::common::{KEY, gateway, public, request};

#[tokio::test]
async fn a_wrong_method_is_405_with_allow() {
    let mut gateway = gateway();
    gateway.public.push(public(Method::DELETE, "/web/docs"));
    let answer = gateway.build().send(request(Method::DELETE, "/web/docs", &[])).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"));
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
}

#[tokio::test]
async fn an_error_of_a_handler_or_a_library_becomes_a_problem_and_keeps_its_headers() {
    let mut gateway = gateway();
    gateway.router = gateway
        .router
        .route("/plain", get(|| async { (StatusCode::NOT_FOUND, [("x-mine", "1")], "secret stack trace") }))
        .route("/teapot", get(|| async { StatusCode::IM_A_TEAPOT }))
        .route("/busy", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "7")]) }))
        .route("/json", post(|_: axum::Json<u8>| async {}));
    let edge = gateway.build();
    let token = KEY.token("u1");
    for (path, status, code, kept) in [
        ("/web/plain", 404, "not-found", Some(("x-mine", "1"))),
        ("/web/teapot", 418, "rejected", None),
        ("/web/busy", 503, "backend-unreachable", Some(("retry-after", "7"))),
    ] {
        let answer = edge.get_as(path, &token).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
        assert!(!answer.text().contains("secret"));
        if let Some((name, value)) = kept {
            assert_eq!(answer.header(name), Some(value));
        }
    }
    let bearer = format!("Bearer {token}");
    let answer = edge.send(request(Method::POST, "/web/json", &[("authorization", &bearer)])).await;
    assert_eq!(answer.code(), "unsupported-media-type");
}

#[tokio::test]
async fn a_problem_gets_the_id_of_its_request() {
    let mut gateway = gateway();
    let problem = || async { Problem::new(Code::BackendShape).with_field("profile") };
    gateway.router = gateway.router.route("/broken", get(problem));
    let bearer = format!("Bearer {}", KEY.token("u1"));
    let edge = gateway.build();
    let answer = edge.get_with("/web/broken", &[("authorization", &bearer), ("x-request-id", "r1")]).await;
    assert_eq!(answer.code(), "backend-shape");
    assert_eq!((answer.json()["requestId"].as_str(), answer.json()["field"].as_str()), (Some("r1"), Some("profile")));
}

#[tokio::test]
async fn an_error_in_graphqls_own_form_is_left_alone() {
    let mut gateway = gateway();
    let handler = || async { (StatusCode::BAD_REQUEST, [("content-type", "application/graphql-response+json")], "{}") };
    gateway.router = gateway.router.route("/graphql", get(handler));
    let answer = gateway.build().get_as("/web/graphql", &KEY.token("u1")).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::BAD_REQUEST, "{}"));
}

#[tokio::test]
async fn every_code_has_its_page_and_needs_no_token() {
    let edge = gateway().build();
    for code in Code::ALL {
        let answer = edge.get(&format!("/problems/{}", code.name())).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(answer.text().contains(code.title()) && !answer.text().contains('`'));
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
    assert_eq!(edge.get("/problems/nonsense").await.code(), "not-found");
}
