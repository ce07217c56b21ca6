//! Ending is orderly: what is under way is answered, nothing new is taken, and the exit is clean.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Demo, terminate};

#[tokio::test]
async fn a_request_under_way_is_answered_and_the_process_ends_with_0() {
    let mut demo = Demo::start().await;
    demo.control("orders", json!({ "latency_ms": 200 })).await;
    let request = demo.client().get(demo.url("/web/home")).bearer_auth(demo.token("web"));
    let under_way = tokio::spawn(Answer::of(request));
    tokio::time::sleep(Duration::from_millis(60)).await;
    terminate(demo.process());
    assert_eq!(under_way.await.unwrap().status, 200);
    let ended = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            if let Some(status) = demo.process().try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let status = ended.await.expect("it ends");
    assert!(status.success(), "{status}: {}", demo.output());
    assert!(!demo.ready_file().exists(), "the ready file is left behind");
}
