//! A caller's quota: exact, per caller, and told. Time is paused.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use http::{Method, StatusCode};
use tokio::time::advance;
use trefoil_edge::{Decision, InProcessQuota, QuotaPolicy, QuotaStore, RouteQuota, StoreError, Verdict};

use crate::common::{Edge, KEY, gateway, request};

fn edge(per_second: u32, burst: u32) -> Edge {
    let mut gateway = gateway();
    gateway.policy.quota = Some(policy(per_second, burst, "open"));
    gateway.build()
}

fn policy(per_second: u32, burst: u32, when_unavailable: &str) -> QuotaPolicy {
    let text = format!(r#"{{"per_second": {per_second}, "burst": {burst}, "when_unavailable": "{when_unavailable}"}}"#);
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn of_many_requests_at_once_exactly_the_burst_is_let_in() {
    let edge = edge(50, 100);
    let token = KEY.token("u1");
    let all = futures_util::future::join_all((0..250).map(|_| edge.get_as("/web/whoami", &token))).await;
    assert_eq!(all.iter().filter(|answer| answer.status == StatusCode::OK).count(), 100);
    assert_eq!(all.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).count(), 150);
    advance(Duration::from_millis(200)).await;
    let all = futures_util::future::join_all((0..50).map(|_| edge.get_as("/web/whoami", &token))).await;
    assert_eq!(all.iter().filter(|answer| answer.status == StatusCode::OK).count(), 10);
}

#[test]
fn threads_at_the_same_time_get_exactly_the_burst() {
    let (store, policy) = (InProcessQuota::default(), policy(1, 100, "open"));
    let admitted: usize = std::thread::scope(|scope| {
        let count =
            || (0..200).filter(|_| matches!(store.check("web", "u1", &policy), Verdict::Now(d) if d.allowed)).count();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(admitted, 100);
}

#[tokio::test(start_paused = true)]
async fn an_answer_tells_the_policy_and_what_is_left() {
    let edge = edge(50, 100);
    let token = KEY.token("u1");
    let first = edge.get_as("/web/whoami", &token).await;
    assert_eq!(first.header("ratelimit-policy"), Some("\"default\";q=100;w=2"));
    assert_eq!(first.header("ratelimit"), Some("\"default\";r=99;t=1"));
    for _ in 0..99 {
        edge.get_as("/web/whoami", &token).await;
    }
    let refused = edge.get_as("/web/whoami", &token).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "quota-exceeded"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"default\";q=100;w=2"));
    assert_eq!(refused.header("ratelimit"), Some("\"default\";r=0;t=1"));
}

#[tokio::test(start_paused = true)]
async fn who_waits_as_told_is_let_in() {
    let mut gateway = gateway();
    gateway.policy.quota = Some(policy(1, 2, "open"));
    let edge = gateway.build();
    let token = KEY.token("u1");
    for status in [200, 200, 429] {
        assert_eq!(edge.get_as("/web/whoami", &token).await.status.as_u16(), status);
    }
    let wait: u64 = edge.get_as("/web/whoami", &token).await.header("retry-after").unwrap().parse().unwrap();
    advance(Duration::from_secs(wait)).await;
    assert_eq!(edge.get_as("/web/whoami", &token).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_route_with_a_quota_of_its_own_counts_by_itself() {
    let own = |method, path: &str| RouteQuota {
        name: "item".into(),
        method,
        path: path.into(),
        policy: policy(1, 2, "open"),
    };
    let mut gateway = gateway();
    gateway.policy.quota = Some(policy(1, 3, "open"));
    gateway.quotas = vec![own(Method::GET, "/web/items/{id}")];
    let edge = gateway.build();
    let token = KEY.token("u1");
    // Whatever the id and be it GET or HEAD: one route, one bucket.
    let first = edge.get_as("/web/items/1", &token).await;
    assert_eq!(first.header("ratelimit-policy"), Some("\"item\";q=2;w=2"));
    let bearer = format!("Bearer {token}");
    let head = edge.send(request(Method::HEAD, "/web/items/2", &[("authorization", &bearer)])).await;
    assert_eq!(head.header("ratelimit"), Some("\"item\";r=0;t=2"));
    let refused = edge.get_as("/web/items/3", &token).await;
    assert_eq!(
        (refused.status, refused.header("ratelimit-policy")),
        (StatusCode::TOO_MANY_REQUESTS, Some("\"item\";q=2;w=2"))
    );
    // None of that was counted as the BFF's, and the other way round.
    for status in [200, 200, 200, 429] {
        assert_eq!(edge.get_as("/web/whoami", &token).await.status.as_u16(), status);
    }
    assert_eq!(edge.get_as("/web/items/3", &KEY.token("u2")).await.status, StatusCode::OK);

    let outside = |quota| {
        let mut gateway = crate::common::gateway();
        gateway.quotas = vec![quota];
        gateway.try_build().err().unwrap().to_string()
    };
    assert!(outside(own(Method::GET, "/mobile/items")).contains("prefix"));
    assert!(
        outside(RouteQuota { name: "a b".into(), ..own(Method::GET, "/web/items/{id}") }).contains("name of a quota")
    );
}

#[tokio::test(start_paused = true)]
async fn callers_do_not_share_a_bucket_and_tokens_of_one_caller_do() {
    let edge = edge(1, 1);
    assert_eq!(edge.get_as("/web/whoami", &KEY.token("u1")).await.status.as_u16(), 200);
    assert_eq!(edge.get_as("/web/whoami", &KEY.token("u2")).await.status.as_u16(), 200);
    let other_token = KEY.token_with("jti", "other".into());
    assert_eq!(edge.get_as("/web/items/1", &other_token).await.status.as_u16(), 429);
}

#[tokio::test(start_paused = true)]
async fn what_needs_no_token_costs_nothing_and_neither_does_a_bad_one() {
    let edge = edge(1, 1);
    let token = KEY.token("u1");
    let preflight = [("origin", "https://a.example"), ("access-control-request-method", "GET")];
    for _ in 0..5 {
        assert_eq!(edge.get_as("/web/docs", &token).await.header("ratelimit"), None);
        edge.send(request(Method::OPTIONS, "/web/whoami", &preflight)).await;
        edge.get_as("/web/nothing", &token).await;
        edge.get_as("/web/whoami", &KEY.token_with("exp", 1.into())).await;
    }
    assert_eq!(edge.get_as("/web/whoami", &token).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn too_many_callers_do_not_grow_the_store_without_bound() {
    let (store, policy) = (InProcessQuota::new(1_000), policy(1, 1, "open"));
    for n in 0..20_000 {
        assert!(matches!(store.check("web", &format!("u{n}"), &policy), Verdict::Now(decision) if decision.allowed));
    }
    // The buckets of the first callers are gone long since, and with them what they used.
    assert!(matches!(store.check("web", "u0", &policy), Verdict::Now(decision) if decision.allowed));
}

#[tokio::test(start_paused = true)]
async fn buckets_survive_a_reload_that_leaves_the_policy_alone() {
    let store = Arc::new(InProcessQuota::default());
    let build = |burst| {
        let mut gateway = gateway();
        gateway.policy.quota = Some(policy(1, burst, "open"));
        gateway.quota = store.clone();
        gateway.build()
    };
    let token = KEY.token("u1");
    assert_eq!(build(1).get_as("/web/whoami", &token).await.status.as_u16(), 200);
    assert_eq!(build(1).get_as("/web/whoami", &token).await.status.as_u16(), 429);
    assert_eq!(build(2).get_as("/web/whoami", &token).await.status.as_u16(), 200);
}

/// A shared store that answers after a while, or not at all.
struct Remote(Result<Decision, StoreError>);

impl QuotaStore for Remote {
    fn check(&self, _bff: &str, _caller: &str, _policy: &QuotaPolicy) -> Verdict {
        let outcome = self.0.clone();
        Verdict::Later(tokio::time::sleep(Duration::from_millis(5)).map(|()| outcome).boxed())
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_elsewhere_is_waited_for() {
    for (allowed, status) in [(true, 200), (false, 429)] {
        let mut gateway = gateway();
        gateway.policy.quota = Some(policy(1, 9, "open"));
        gateway.quota = Arc::new(Remote(Ok(Decision { allowed, remaining: 3, reset_s: 6, retry_after_s: 6 })));
        let answer = gateway.build().get_as("/web/whoami", &KEY.token("u1")).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.header("ratelimit"), Some("\"default\";r=3;t=6"));
    }
}

#[tokio::test(start_paused = true)]
async fn without_its_store_a_quota_is_open_or_closed_as_its_policy_says() {
    for (when_unavailable, status) in [("open", 200), ("closed", 503)] {
        let mut gateway = gateway();
        gateway.policy.quota = Some(policy(1, 1, when_unavailable));
        gateway.quota = Arc::new(Remote(Err(StoreError("refused".into()))));
        assert_eq!(gateway.build().get_as("/web/whoami", &KEY.token("u1")).await.status.as_u16(), status);
    }
}
