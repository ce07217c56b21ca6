//! The store in this process: a lease ends, an answer is kept for its time, and who is late undoes nothing.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use trefoil_composition::idempotency::{
    Begun, Claim, Digest, Fingerprint, IdempotencyStore as _, InProcessIdempotency, StoreKey, Stored, Token,
};

const LEASE: Duration = Duration::from_secs(40);
const KEEP: Duration = Duration::from_secs(60);

fn claim(asked: u8) -> Claim {
    let key = StoreKey::new("web", "order", "u-1", "k-1", None);
    Claim { key, fingerprint: Fingerprint(Digest([asked; 32])), token: Token::random() }
}

fn answer(body: &'static str) -> Stored {
    Stored::Answer { status: StatusCode::CREATED, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
}

#[tokio::test(start_paused = true)]
async fn a_lease_ends_at_its_time_and_not_before() {
    let store = InProcessIdempotency::default();
    assert_eq!(store.begin(claim(1), LEASE, KEEP).await.unwrap(), Begun::Fresh);
    tokio::time::advance(LEASE - Duration::from_millis(1)).await;
    assert_eq!(store.begin(claim(1), LEASE, KEEP).await.unwrap(), Begun::Running);
    assert_eq!(store.begin(claim(2), LEASE, KEEP).await.unwrap(), Begun::Mismatch);
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(store.begin(claim(2), LEASE, KEEP).await.unwrap(), Begun::Mismatch, "nobody knows what became of it");
    assert_eq!(store.begin(claim(1), LEASE, KEEP).await.unwrap(), Begun::Fresh);
}

#[tokio::test(start_paused = true)]
async fn who_ends_after_its_lease_keeps_its_answer_unless_somebody_else_began() {
    let store = InProcessIdempotency::default();
    let late = claim(1);
    store.begin(late, LEASE, KEEP).await.unwrap();
    tokio::time::advance(LEASE * 2).await;
    // Nobody asked meanwhile: the answer is kept.
    assert!(store.complete(late, answer("late"), KEEP).await.unwrap());
    assert_eq!(store.begin(claim(1), LEASE, KEEP).await.unwrap(), Begun::Done(answer("late")));

    tokio::time::advance(KEEP).await;
    store.begin(late, LEASE, KEEP).await.unwrap();
    tokio::time::advance(LEASE).await;
    let next = claim(1);
    assert_eq!(store.begin(next, LEASE, KEEP).await.unwrap(), Begun::Fresh);
    // Neither its answer nor its giving up is anything to the next one.
    assert!(!store.complete(late, answer("late"), KEEP).await.unwrap());
    store.abandon(late).await.unwrap();
    assert_eq!(store.begin(claim(1), LEASE, KEEP).await.unwrap(), Begun::Running);
    assert!(store.complete(next, answer("next"), KEEP).await.unwrap());
    assert!(!store.complete(late, answer("late"), KEEP).await.unwrap());
    assert_eq!(store.begin(claim(1), LEASE, KEEP).await.unwrap(), Begun::Done(answer("next")));
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_for_its_own_time() {
    let store = InProcessIdempotency::default();
    let made = claim(1);
    store.begin(made, LEASE, KEEP).await.unwrap();
    assert!(store.complete(made, answer("made"), KEEP).await.unwrap());
    tokio::time::advance(KEEP - Duration::from_millis(1)).await;
    assert_eq!(store.begin(claim(1), LEASE, KEEP).await.unwrap(), Begun::Done(answer("made")));
    assert_eq!(store.begin(claim(2), LEASE, KEEP).await.unwrap(), Begun::Mismatch);
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(store.begin(claim(2), LEASE, KEEP).await.unwrap(), Begun::Fresh);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_given_back_is_free_at_once_for_the_same_request_and_for_no_other_in_its_time() {
    let store = InProcessIdempotency::default();
    for _ in 0..2 {
        let given_back = claim(1);
        assert_eq!(store.begin(given_back, LEASE, KEEP).await.unwrap(), Begun::Fresh);
        store.abandon(given_back).await.unwrap();
        assert_eq!(store.begin(claim(2), LEASE, KEEP).await.unwrap(), Begun::Mismatch);
    }
    tokio::time::advance(KEEP - Duration::from_millis(1)).await;
    assert_eq!(store.begin(claim(2), LEASE, KEEP).await.unwrap(), Begun::Mismatch);
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(store.begin(claim(2), LEASE, KEEP).await.unwrap(), Begun::Fresh);
}
