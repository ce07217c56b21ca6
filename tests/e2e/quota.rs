//! A user who asks too much waits; nobody else does.

use crate::harness::{Answer, Demo};

#[tokio::test]
async fn past_the_quota_is_a_429_that_says_when_to_come_back() {
    let demo = Demo::start().await;
    let first = demo.get("/mobile/home").await;
    assert!(first.header("ratelimit-policy").is_some_and(|value| value.contains("q=100")), "{:?}", first.headers);
    assert!(first.header("ratelimit").is_some_and(|value| value.contains("r=99")), "{:?}", first.headers);
    // Documents are asked for by the burst: cheap, so that the refill stays small.
    let url = demo.url("/mobile/orders?limit=0");
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..250 {
        let request = demo.client().get(&url).bearer_auth(demo.token("mobile"));
        under_way.spawn(Answer::of(request));
    }
    let mut refused = Vec::new();
    while let Some(answer) = under_way.join_next().await {
        let answer = answer.unwrap();
        if answer.status == 429 {
            refused.push(answer);
        }
    }
    assert!(!refused.is_empty(), "nothing was refused");
    let answer = &refused[0];
    answer.is_problem(429, "quota-exceeded");
    assert!(answer.header("retry-after").is_some_and(|value| value.parse::<u64>().is_ok_and(|seconds| seconds >= 1)));
    assert!(answer.header("ratelimit").is_some_and(|value| value.contains("r=0")), "{:?}", answer.headers);
    assert_eq!(demo.get("/partner/inventory?limit=1").await.status, 200, "another caller waits too");
}
