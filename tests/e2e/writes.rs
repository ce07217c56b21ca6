//! A write is made once for each key, whoever repeats it, and whoever leaves.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Demo};

const BASKET: &str = r#"{"lines":[{"productId":7,"quantity":2},{"productId":8,"quantity":1}]}"#;

fn placing(demo: &Demo, key: Option<&str>, basket: &'static str) -> reqwest::RequestBuilder {
    let request = demo.client().post(demo.url("/web/orders")).bearer_auth(demo.token("web"));
    let request = request.header("content-type", "application/json").body(basket);
    match key {
        Some(key) => request.header("idempotency-key", key),
        None => request,
    }
}

#[tokio::test]
async fn the_same_order_sent_twice_is_placed_once() {
    let demo = Demo::start().await;
    let first = Answer::of(placing(&demo, Some("\"k-1\""), BASKET)).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let id = first.json()["order"]["id"].as_u64().unwrap();
    assert_eq!(first.header("location"), Some(format!("/web/orders/{id}").as_str()));
    assert_eq!(first.json()["order"]["lines"][0]["product"]["id"], 7);
    assert_eq!(first.header("idempotency-replayed"), None);

    let again = Answer::of(placing(&demo, Some("\"k-1\""), BASKET)).await;
    assert_eq!((again.status, again.text.as_str()), (201, first.text.as_str()));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("location"), first.header("location"));
    let writes = demo.last("orders").await.iter().filter(|call| call["method"] == "POST").count();
    assert_eq!(writes, 1);

    // What it placed is there to be read.
    let page = demo.get(&format!("/web/orders/{id}")).await;
    assert_eq!((page.status, page.json()["order"]["id"].as_u64()), (200, Some(id)), "{}", page.text);
}

#[tokio::test]
async fn a_key_is_needed_and_is_for_one_order() {
    let demo = Demo::start().await;
    Answer::of(placing(&demo, None, "no JSON")).await.is_problem(400, "missing-idempotency-key");
    Answer::of(placing(&demo, Some("k-1"), "no JSON")).await.is_problem(400, "malformed-body");
    let unfit = Answer::of(placing(&demo, Some("k-1"), r#"{"lines":[{"productId":"7","quantity":0}]}"#)).await;
    unfit.is_problem(422, "invalid-input");
    let faults: Vec<String> =
        unfit.json()["errors"].as_array().unwrap().iter().map(|fault| fault["name"].to_string()).collect();
    assert_eq!(faults, ["\"lines.0.productId\"", "\"lines.0.quantity\""]);
    assert_eq!(Answer::of(placing(&demo, Some("k-1"), BASKET)).await.status, 201);
    let other = r#"{"lines":[{"productId":9,"quantity":1}]}"#;
    Answer::of(placing(&demo, Some("k-1"), other)).await.is_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_caller_who_leaves_has_ordered_and_finds_the_order() {
    let demo = Demo::start().await;
    demo.control("orders", json!({"latency_ms": 600})).await;
    let hasty = placing(&demo, Some("k-1"), BASKET).timeout(Duration::from_millis(200)).send().await;
    assert!(hasty.unwrap_err().is_timeout());
    Answer::of(placing(&demo, Some("k-1"), BASKET)).await.is_problem(409, "idempotency-key-in-use");
    // The write goes on by itself; there is nothing to wait for but the time that it takes.
    let mut found = Answer::of(placing(&demo, Some("k-1"), BASKET)).await;
    for _ in 0..50 {
        if found.status != 409 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        found = Answer::of(placing(&demo, Some("k-1"), BASKET)).await;
    }
    assert_eq!((found.status, found.header("idempotency-replayed")), (201, Some("true")), "{}", found.text);
    assert_eq!(demo.calls("orders").await, 1);
}

#[tokio::test]
async fn two_callers_with_one_key_have_an_order_each() {
    let demo = Demo::start().await;
    let first = Answer::of(placing(&demo, Some("k-1"), BASKET)).await;
    let other = demo.client().post(format!("{}/token", demo.issuer()));
    let other = other.header("content-type", "application/x-www-form-urlencoded");
    let other = other.body("client_id=web&client_secret=demo&sub=u-1007");
    let token = Answer::of(other).await.json()["access_token"].as_str().unwrap().to_owned();
    let request = demo.client().post(demo.url("/web/orders")).bearer_auth(token);
    let request = request.header("content-type", "application/json").header("idempotency-key", "k-1").body(BASKET);
    let second = Answer::of(request).await;
    assert_eq!((first.status, second.status), (201, 201), "{}", second.text);
    assert_ne!(first.json()["order"]["id"], second.json()["order"]["id"]);
}

#[tokio::test]
async fn an_order_is_taken_back_once_and_only_by_its_caller_before_it_is_on_its_way() {
    let demo = Demo::start().await;
    let placed = Answer::of(placing(&demo, Some("k-1"), BASKET)).await;
    let id = placed.json()["order"]["id"].as_u64().unwrap();
    let cancel = async |id: u64| {
        Answer::of(demo.client().delete(demo.url(&format!("/web/orders/{id}"))).bearer_auth(demo.token("web"))).await
    };
    let done = cancel(id).await;
    assert_eq!((done.status, done.text.as_str(), done.header("content-type")), (204, "", None));
    demo.get(&format!("/web/orders/{id}")).await.is_problem(404, "not-found");
    cancel(id).await.is_problem(404, "not-found");
    let home = demo.get("/web/home").await;
    let old = home.json()["orders"][0]["id"].as_u64().unwrap();
    cancel(old).await.is_problem(409, "conflict");

    let placed = Answer::of(placing(&demo, Some("k-2"), BASKET)).await;
    let id = placed.json()["order"]["id"].as_u64().unwrap();
    let answer = demo.graphql("web", "mutation($id: UInt64!) { cancelOrder(id: $id) }", json!({ "id": id })).await;
    assert_eq!(answer.text, r#"{"data":{"cancelOrder":true}}"#);
}
