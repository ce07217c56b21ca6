//! How an issuer's keys are had, kept, and given up. Time is paused.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use tokio::time::advance;

use crate::common::{Edge, KEY, Signer, Source, gateway, jwks};

async fn status(edge: &Edge, token: &str) -> u16 {
    edge.get_as("/web/whoami", token).await.status.as_u16()
}

/// Lets a fetch in the background end.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn edge(source: &std::sync::Arc<Source>) -> Edge {
    let mut gateway = gateway();
    gateway.source = source.clone();
    gateway.build()
}

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_once_at_first_need() {
    let source = Source::publishing(jwks(&[&KEY]));
    *source.delay.lock().unwrap() = Duration::from_millis(50);
    let edge = edge(&source);
    assert_eq!(source.fetches(), 0);
    let token = KEY.token("u1");
    let all = futures_util::future::join_all((0..50).map(|_| status(&edge, &token))).await;
    assert!(all.iter().all(|status| *status == 200));
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_id_causes_one_fetch_per_cooldown() {
    let source = Source::publishing(jwks(&[&KEY]));
    let edge = edge(&source);
    assert_eq!(status(&edge, &KEY.token("u1")).await, 200);
    for n in 0..100 {
        assert_eq!(status(&edge, &KEY.token_with_header("kid", json!(format!("made-up-{n}")))).await, 401);
    }
    assert_eq!(source.fetches(), 2);
    advance(Duration::from_secs(31)).await;
    for n in 0..100 {
        assert_eq!(status(&edge, &KEY.token_with_header("kid", json!(format!("again-{n}")))).await, 401);
    }
    assert_eq!(source.fetches(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_id_on_a_cold_start_causes_one_fetch() {
    let source = Source::publishing(jwks(&[&KEY]));
    let edge = edge(&source);
    assert_eq!(status(&edge, &KEY.token_with_header("kid", json!("made-up"))).await, 401);
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let source = Source::publishing(jwks(&[&KEY]));
    let edge = edge(&source);
    assert_eq!(status(&edge, &KEY.token("u1")).await, 200);
    let new = Signer::ed("k2");
    source.set(Some(jwks(&[&KEY, &new])));
    assert_eq!(status(&edge, &new.token("u1")).await, 200);
    assert_eq!(source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_removed_key_stops_validating_after_the_refresh_also_for_remembered_tokens() {
    let source = Source::publishing(jwks(&[&KEY]));
    let edge = edge(&source);
    let token = KEY.token("u1");
    assert_eq!(status(&edge, &token).await, 200);
    source.set(Some(jwks(&[&Signer::ed("k2")])));
    assert_eq!(status(&edge, &token).await, 200);
    advance(Duration::from_secs(601)).await;
    // This one still sees the old keys and has new ones fetched in the background.
    assert_eq!(status(&edge, &token).await, 200);
    settle().await;
    assert_eq!(status(&edge, &token).await, 401);
}

#[tokio::test(start_paused = true)]
async fn after_a_long_quiet_time_new_keys_are_waited_for() {
    let source = Source::publishing(jwks(&[&KEY]));
    let edge = edge(&source);
    let token = KEY.token("u1");
    assert_eq!(status(&edge, &token).await, 200);
    source.set(Some(jwks(&[&Signer::ed("k2")])));
    advance(Duration::from_secs(1_300)).await;
    assert_eq!(status(&edge, &token).await, 401);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_changes_nothing_disturbs_nothing() {
    let source = Source::publishing(jwks(&[&KEY]));
    let edge = edge(&source);
    let token = KEY.token("u1");
    for _ in 0..5 {
        assert_eq!(status(&edge, &token).await, 200);
        settle().await;
        advance(Duration::from_secs(601)).await;
    }
    assert_eq!(source.fetches(), 5);
}

#[tokio::test(start_paused = true)]
async fn old_keys_serve_while_the_issuer_is_down_but_not_for_ever() {
    let source = Source::publishing(jwks(&[&KEY]));
    let edge = edge(&source);
    assert_eq!(status(&edge, &KEY.token("u1")).await, 200);
    source.set(None);
    advance(Duration::from_secs(3_600)).await;
    for n in 0..50 {
        assert_eq!(status(&edge, &KEY.token(&format!("u{n}"))).await, 200);
    }
    assert_eq!(source.fetches(), 2);
    advance(Duration::from_secs(86_400)).await;
    let answer = edge.get_as("/web/whoami", &KEY.token("u1")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(start_paused = true)]
async fn without_any_keys_the_answer_is_503_and_not_401() {
    let source = Source::publishing(json!("no key set"));
    let edge = edge(&source);
    let answer = edge.get_as("/web/whoami", &KEY.token("u1")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "backend-unreachable"));
    assert_eq!(answer.json()["detail"], "the keys of the issuer cannot be had");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(edge.get("/web/whoami").await.status, StatusCode::UNAUTHORIZED);
    // It is tried again soon, but not by every request.
    for _ in 0..20 {
        assert_eq!(status(&edge, &KEY.token("u1")).await, 503);
    }
    assert_eq!(source.fetches(), 1);
    source.set(Some(jwks(&[&KEY])));
    advance(Duration::from_secs(1)).await;
    assert_eq!(status(&edge, &KEY.token("u1")).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_given_up() {
    let source = Source::publishing(jwks(&[&KEY]));
    *source.delay.lock().unwrap() = Duration::from_secs(3_600);
    let edge = edge(&source);
    let begun = tokio::time::Instant::now();
    assert_eq!(status(&edge, &KEY.token("u1")).await, 503);
    assert_eq!(begun.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_does_not_end_the_fetch_others_wait_for() {
    let source = Source::publishing(jwks(&[&KEY]));
    *source.delay.lock().unwrap() = Duration::from_millis(100);
    let edge = edge(&source);
    let token = KEY.token("u1");
    let first = tokio::time::timeout(Duration::from_millis(10), status(&edge, &token)).await;
    assert!(first.is_err());
    assert_eq!(status(&edge, &token).await, 200);
    assert_eq!(source.fetches(), 1);
}
