//! One request is one unit of a caller's quota, so what it may call has a bound, whatever aliases it has.

use serde_json::Value;
use trefoil_composition::Bff;

use crate::lists;
use crate::shop;

const HOME: &str = "home { profile { name } orders { id } picks translation banner footer }";

/// What an operation is refused with; `None` if it was run.
async fn refusal(bff: &Bff, query: &str) -> Option<String> {
    let backends = lists::well();
    let json = lists::ask(bff, &backends, query).await.json();
    if json.get("data").is_some() {
        assert_eq!(json["errors"], Value::Null, "{query}: {json}");
        return None;
    }
    assert!(backends.all_calls().is_empty(), "{query}");
    assert_eq!(json["errors"][0]["extensions"]["code"], "invalid-input", "{query}: {json}");
    json["errors"][0]["message"].as_str().map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn aliases_do_not_multiply_calls_beyond_the_bound() {
    let backends = shop::well();
    let three = format!("a: {HOME} b: {HOME} c: {HOME}");
    let json = shop::ask(&backends, &format!("{{ {three} d: {HOME} }}")).await.json();
    assert_eq!(json.get("data"), None, "{json}");
    assert_eq!(
        json["errors"][0]["message"],
        "the operation makes 24 backend calls; 20 are allowed: select less, or send more than one operation"
    );
    assert!(backends.all_calls().is_empty());
    // Three whole screens and two calls more are just enough.
    let query = format!("{{ {three} d: status {{ door }} e: status {{ door }} }}");
    assert_eq!(shop::ask(&backends, &query).await.json()["data"]["e"]["door"], "open");
    assert_eq!(backends.all_calls().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn only_what_is_shown_counts() {
    let hidden: String =
        (0..5).map(|n| format!("a{n}: {}", HOME.replacen("home", "home @skip(if: true)", 1))).collect();
    let json = shop::ask(&shop::well(), &format!("{{ {hidden} {HOME} }}")).await.json();
    assert_eq!(json["data"]["home"]["banner"], "sale", "{json}");
    // One call fills all aliases within a root field.
    let aliases: String = (0..30).map(|n| format!("a{n}: banner ")).collect();
    let json = shop::ask(&shop::well(), &format!("{{ home {{ {aliases} }} }}")).await.json();
    assert_eq!(json["data"]["home"]["a29"], "sale", "{json}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_counts_once_and_a_call_for_each_as_many_as_are_under_way() {
    let bff = lists::small();
    let batches: String = (0..10).map(|n| format!("a{n}: sold {{ lines {{ good {{ id }} }} }} ")).collect();
    assert_eq!(refusal(&bff, &format!("{{ {batches} }}")).await, None);
    let word = "sold { lines { word } }";
    assert_eq!(refusal(&bff, &format!("{{ a: {word} b: {word} }}")).await, None);
    let message = refusal(&bff, &format!("{{ a: {word} b: {word} c: {word} }}")).await.unwrap();
    assert!(message.contains("27 backend calls; 20 are allowed"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn what_one_endpoint_needs_is_always_allowed() {
    let loud = "loud { lines { goodId word more } }";
    assert_eq!(refusal(&lists::large(), &format!("{{ {loud} }}")).await, None);
    let message = refusal(&lists::large(), &format!("{{ {loud} sold {{ lines {{ goodId }} }} }}")).await.unwrap();
    assert!(message.contains("26 backend calls; 25 are allowed"), "{message}");
}
