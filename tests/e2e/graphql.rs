//! The GraphQL face serves the same declaration, and calls only for what is selected.

use serde_json::{Value, json};

use crate::harness::Demo;

const HOME: &str = "{ home { profile { id name email segment memberSince city loyalty { tier points } } \
    orders { id number placedAt status currency total lines { productId quantity unitPrice } } \
    picks { id name price currency imageUrl } } }";

#[tokio::test]
async fn the_whole_screen_is_the_same_data_as_rest() {
    let demo = Demo::start().await;
    let rest = demo.get("/web/home").await;
    let graphql = demo.graphql("web", HOME, json!({})).await;
    assert_eq!(graphql.status, 200, "{}", graphql.text);
    assert_eq!(graphql.json()["errors"], Value::Null, "{}", graphql.text);
    // Enum values are words of their own in GraphQL.
    let upper = |text: &str| {
        ["placed", "paid", "shipped", "delivered", "cancelled"].iter().fold(text.to_owned(), |text, word| {
            text.replace(&format!("\"{word}\""), &format!("\"{}\"", word.to_uppercase()))
        })
    };
    assert_eq!(upper(&graphql.json()["data"]["home"].to_string()), upper(&rest.json().to_string()));
    assert!(upper(&graphql.text).contains(&upper(&rest.text)), "not the same bytes:\n{}\n{}", rest.text, graphql.text);
}

#[tokio::test]
async fn what_is_not_selected_is_not_called() {
    let demo = Demo::start().await;
    let answer = demo.graphql("web", "{ home { profile { name } } }", json!({})).await;
    assert!(answer.json()["data"]["home"]["profile"]["name"].is_string(), "{}", answer.text);
    assert_eq!((demo.calls("users").await, demo.calls("orders").await, demo.calls("recommendations").await), (1, 0, 0));
    // Suggestions need the profile's segment: it is called, and not shown.
    let answer = demo.graphql("web", "{ home { picks { id } } }", json!({})).await;
    assert_eq!(answer.json()["data"]["home"].as_object().unwrap().len(), 1, "{}", answer.text);
    assert_eq!((demo.calls("users").await, demo.calls("orders").await, demo.calls("recommendations").await), (2, 0, 1));
}

#[tokio::test]
async fn arguments_and_variables_are_checked_as_in_rest() {
    let demo = Demo::start().await;
    let query =
        "query Page($id: UInt64!, $n: Int64) { productPage(id: $id, reviews: $n) { product { name } reviews { id } } }";
    let answer = demo.graphql("web", query, json!({ "id": 7, "n": 1 })).await;
    assert!(answer.json()["data"]["productPage"]["product"]["name"].is_string(), "{}", answer.text);
    let answer = demo.graphql("web", "{ productPage(id: 7, reviews: 21) { product { name } } }", json!({})).await;
    assert!(answer.json()["data"]["productPage"].is_null(), "{}", answer.text);
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "invalid-input", "{}", answer.text);
}

#[tokio::test]
async fn a_missing_part_is_null_with_an_error_at_its_path() {
    let demo = Demo::start().await;
    demo.control("recommendations", json!({ "down": true })).await;
    let answer = demo.graphql("web", "{ home { profile { id } picks { id } } }", json!({})).await.json();
    assert!(answer["data"]["home"]["picks"].is_null());
    assert_eq!(answer["data"]["home"]["profile"]["id"], "u-1001");
    assert_eq!(answer["errors"][0]["path"], json!(["home", "picks"]), "{answer}");
    assert_eq!(answer["extensions"]["degraded"][0]["reason"], "connect", "{answer}");
    demo.control("users", json!({ "down": true })).await;
    let answer = demo.graphql("web", "{ home { profile { id } } }", json!({})).await.json();
    assert!(answer["data"]["home"].is_null());
    assert_eq!(answer["errors"][0]["extensions"]["code"], "backend-unreachable", "{answer}");
}

#[tokio::test]
async fn without_a_token_there_is_no_data() {
    let demo = Demo::start().await;
    let body = json!({ "query": "{ home { profile { id } } }" }).to_string();
    let request = demo.client().post(demo.url("/web/graphql")).header("content-type", "application/json").body(body);
    crate::harness::Answer::of(request).await.is_problem(401, "unauthenticated");
    assert_eq!(demo.calls("users").await, 0);
}
