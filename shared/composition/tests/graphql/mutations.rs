//! What is not read is a mutation; mutations run one after another.

use serde_json::json;
use trefoil_composition::{Bff, StandardCaller};
use trefoil_testing::Kit;

use crate::shop::{Write, ask, ask_with, well};

#[tokio::test(start_paused = true)]
async fn a_write_is_a_mutation() {
    let backends = well();
    let answer =
        ask(&backends, r#"mutation { placeOrder(sku: "a b") { order { id total } __typename } __typename }"#).await;
    let expected =
        r#"{"data":{"placeOrder":{"order":{"id":7,"total":2.50},"__typename":"PlaceOrder"},"__typename":"Mutation"}}"#;
    assert_eq!(answer.text(), expected);
    assert_eq!(backends.calls("orders")[0].path, "/orders?sku=a%20b");
}

#[tokio::test(start_paused = true)]
async fn mutations_run_one_after_another_in_their_order() {
    let backends = well();
    for (sku, millis) in [("c", 10), ("a", 50), ("b", 30)] {
        let json = r#"{"id":1,"placed_at":"now","total":1,"lines":[],"labels":{}}"#;
        backends.on("orders", &format!("/orders?sku={sku}")).slow(millis).json(json);
    }
    let started = tokio::time::Instant::now();
    let query = r#"mutation { c: placeOrder(sku: "c") { order { id } } a: placeOrder(sku: "a") { order { id } } b: placeOrder(sku: "b") { order { id } } }"#;
    let answer = ask(&backends, query).await;
    assert_eq!(answer.text(), r#"{"data":{"c":{"order":{"id":1}},"a":{"order":{"id":1}},"b":{"order":{"id":1}}}}"#);
    assert_eq!(started.elapsed().as_millis(), 90);
    let paths: Vec<String> = backends.all_calls().into_iter().map(|call| call.path).collect();
    assert_eq!(paths, ["/orders?sku=c", "/orders?sku=a", "/orders?sku=b"]);
}

#[tokio::test(start_paused = true)]
async fn a_mutation_that_fails_does_not_stop_the_next() {
    let backends = well();
    backends.on("orders", "/orders?sku=a").status(500);
    let query = r#"mutation { a: placeOrder(sku: "a") { order { id } } b: placeOrder(sku: "b") { order { id } } }"#;
    let json = ask(&backends, query).await.json();
    assert_eq!(json["data"], serde_json::json!({ "a": null, "b": { "order": { "id": 7 } } }));
    assert_eq!(json["errors"][0]["path"], serde_json::json!(["a", "order"]));
}

#[tokio::test(start_paused = true)]
async fn a_bff_that_reads_nothing_has_its_mutations() {
    let backends = well();
    let bff = Bff::new("shop").caller::<StandardCaller>().endpoint::<Write>();
    let schema = bff.compile().unwrap().graphql();
    assert!(schema.contains("_empty: Boolean\n") && schema.contains("mutation: Mutation"), "{schema}");
    let kit = Kit::new(&bff, &backends).caller("u-1", &[]);
    let answer = ask_with(&kit, r#"mutation { placeOrder(sku: "a") { order { id } } }"#, json!({})).await;
    assert_eq!(answer.text(), r#"{"data":{"placeOrder":{"order":{"id":7}}}}"#);
    let answer = ask_with(&kit, "{ e: _empty __typename __schema { queryType { name } } }", json!({})).await;
    let expected = r#"{"data":{"e":null,"__typename":"Query","__schema":{"queryType":{"name":"Query"}}}}"#;
    assert_eq!(answer.text(), expected);
    assert_eq!(ask_with(&kit, "mutation { _empty }", json!({})).await.json().get("data"), None);
    let explorer = kit.header("accept", "text/html").get("/graphql").await;
    assert_eq!(explorer.status, 200);
}
