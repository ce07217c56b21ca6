//! Default deny, and what a good token gives.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::{AUDIENCE, KEY, Signer, Source, claims, gateway, jwks, request};

#[tokio::test]
async fn a_good_token_names_the_caller_and_its_scopes() {
    let edge = gateway().build();
    let answer = edge.get_as("/web/whoami", &KEY.token("u1")).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "u1|read write"));
}

#[tokio::test]
async fn the_second_use_of_a_token_names_the_same_caller() {
    let edge = gateway().build();
    let token = KEY.token("u1");
    for _ in 0..3 {
        assert_eq!(edge.get_as("/web/whoami", &token).await.text(), "u1|read write");
    }
    assert_eq!(edge.get_as("/web/whoami", &KEY.token("u2")).await.text(), "u2|read write");
}

#[tokio::test]
async fn keys_of_every_kind_verify() {
    let (ec, ed) = (Signer::ec("e1"), Signer::ed("d1"));
    let edge = {
        let mut gateway = gateway();
        gateway.source = Source::publishing(jwks(&[&KEY, &ec, &ed]));
        gateway.build()
    };
    for signer in [&*KEY, &ec, &ed] {
        assert_eq!(edge.get_as("/web/whoami", &signer.token("u1")).await.status, StatusCode::OK, "{}", signer.alg);
    }
}

#[tokio::test]
async fn without_a_token_the_challenge_names_no_error() {
    let edge = gateway().build();
    for headers in [&[][..], &[("authorization", "Basic dTpw")], &[("authorization", "Bearer")]] {
        let answer = edge.get_with("/web/whoami", headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.code(), "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"web\""));
    }
}

#[tokio::test]
async fn a_bad_token_is_told_why() {
    let answer = gateway().build().get_as("/web/whoami", &KEY.token_with("exp", json!(1))).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "invalid-token"));
    let challenge = answer.header("www-authenticate").unwrap();
    assert_eq!(challenge, "Bearer realm=\"web\", error=\"invalid_token\", error_description=\"the token is expired\"");
}

#[tokio::test]
async fn what_is_not_declared_public_needs_a_token_whatever_the_method() {
    let edge = gateway().build();
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::POST, Method::DELETE, Method::OPTIONS] {
        let answer = edge.send(request(method.clone(), "/web/whoami", &[])).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method}");
    }
    // GET of this path is public, nothing else of it is.
    assert_eq!(edge.send(request(Method::POST, "/web/docs", &[])).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_public_route_ignores_the_token() {
    let edge = gateway().build();
    assert_eq!(edge.get("/web/docs").await.status, StatusCode::OK);
    assert_eq!(edge.send(request(Method::HEAD, "/web/docs", &[])).await.status, StatusCode::OK);
    let answer = edge.get_as("/web/seen-by-all", &KEY.token("u1")).await;
    assert_eq!(answer.json()["caller"], Value::Null);
    assert_eq!(edge.get_as("/web/seen-by-all", "junk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_has_no_route_is_404_for_everybody() {
    let edge = gateway().build();
    for path in ["/web/nothing", "/web", "/nothing", "/"] {
        let answer = edge.get(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "unknown-route"), "{path}");
    }
}

#[tokio::test]
async fn a_fallback_or_a_nested_service_is_no_way_around() {
    let mut gateway = gateway();
    gateway.router = gateway
        .router
        .nest_service("/nested", axum::routing::any(|| async { "let in" }))
        .fallback(|| async { "let in" });
    let edge = gateway.build();
    for path in ["/web/nothing", "/web/nested", "/web/nested/x"] {
        let answer = edge.get(path).await;
        assert!(answer.status.is_client_error() && !answer.text().contains("let in"), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn the_audience_may_stand_in_a_list() {
    let edge = gateway().build();
    let token = KEY.token_with("aud", json!(["other", AUDIENCE]));
    assert_eq!(edge.get_as("/web/whoami", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn scopes_come_as_scp_too() {
    let edge = gateway().build();
    for scp in [json!(["b", "a"]), json!("a b")] {
        let mut claims = claims("u1");
        claims.as_object_mut().unwrap().remove("scope");
        claims["scp"] = scp;
        assert_eq!(edge.get_as("/web/whoami", &KEY.sign(&claims)).await.text(), "u1|a b");
    }
    assert_eq!(edge.get_as("/web/whoami", &KEY.token_with("scope", Value::Null)).await.text(), "u1|");
}

#[tokio::test]
async fn an_access_token_may_be_called_by_any_of_its_names() {
    let edge = gateway().build();
    for typ in [Value::Null, json!("JWT"), json!("jwt"), json!("at+jwt"), json!("application/AT+JWT")] {
        let token = KEY.token_with_header("typ", typ.clone());
        assert_eq!(edge.get_as("/web/whoami", &token).await.status, StatusCode::OK, "{typ}");
    }
}

#[tokio::test]
async fn an_operator_can_insist_on_access_tokens() {
    let mut gateway = gateway();
    gateway.policy.auth.require_access_token_type = true;
    let edge = gateway.build();
    assert_eq!(edge.get_as("/web/whoami", &KEY.token("u1")).await.status, StatusCode::OK);
    for typ in [Value::Null, json!("JWT")] {
        let token = KEY.token_with_header("typ", typ);
        assert_eq!(edge.get_as("/web/whoami", &token).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn clocks_may_differ_by_the_leeway_and_no_more() {
    let edge = gateway().build();
    let at = |offset: i64| json!(i64::try_from(crate::common::now_s()).unwrap() + offset);
    for (claim, offset, status) in
        [("exp", -30, 200), ("exp", -90, 401), ("nbf", 30, 200), ("nbf", 90, 401), ("iat", 30, 200), ("iat", 90, 401)]
    {
        let answer = edge.get_as("/web/whoami", &KEY.token_with(claim, at(offset))).await;
        assert_eq!(answer.status.as_u16(), status, "{claim} {offset}");
    }
}

#[tokio::test]
async fn a_token_without_a_key_id_needs_one_key_that_fits() {
    let token = KEY.token_with_header("kid", Value::Null);
    assert_eq!(gateway().build().get_as("/web/whoami", &token).await.status, StatusCode::OK);
    let mut of_two_kinds = gateway();
    of_two_kinds.source = Source::publishing(jwks(&[&Signer::ec("e1"), &KEY, &Signer::ed("d1")]));
    assert_eq!(of_two_kinds.build().get_as("/web/whoami", &token).await.status, StatusCode::OK);
    let mut two = gateway();
    two.source = Source::publishing(jwks(&[&KEY, &Signer::rsa("k2")]));
    assert_eq!(two.build().get_as("/web/whoami", &token).await.status, StatusCode::UNAUTHORIZED);
}

/// The one test that waits for the wall clock: tokens speak of it, and it cannot be paused.
#[tokio::test]
async fn a_remembered_token_ends_when_it_says() {
    let mut gateway = gateway();
    gateway.policy.auth.leeway_s = 0;
    let edge = gateway.build();
    let token = KEY.token_with("exp", json!(crate::common::now_s() + 2));
    assert_eq!(edge.get_as("/web/whoami", &token).await.status, StatusCode::OK);
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    assert_eq!(edge.get_as("/web/whoami", &token).await.status, StatusCode::UNAUTHORIZED);
}
