//! The schema is made from the declarations, and introspection tells it.

use serde_json::json;

use crate::shop::{ask, ask_with, bff, kit, well};

#[test]
fn the_definition_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/graphql/shop.graphql");
    let text = bff().compile().unwrap().graphql();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "the schema changed; look at it, then rewrite {path} with UPDATE_GOLDEN=1");
}

#[tokio::test(start_paused = true)]
async fn introspection_mixes_with_data() {
    let query = "query ($name: String!, $off: Boolean!) {
        kind: __typename
        one: __type(name: $name) { name fields { name @skip(if: $off) type { kind ofType { name } } } }
        home { banner }
        __schema { queryType { ...N } mutationType { ...N } subscriptionType { ...N } }
        two: __type(name: \"Tier\") { enumValues { name description } }
    } fragment N on __Type { name }";
    let backends = well();
    let answer = ask_with(&kit(&backends), query, json!({ "name": "Note", "off": false })).await;
    let expected = r#"{"data":{"kind":"Query","one":{"name":"Note","fields":[{"name":"text","type":{"kind":"NON_NULL","ofType":{"name":"String"}}}]},"home":{"banner":"sale"},"__schema":{"queryType":{"name":"Query"},"mutationType":{"name":"Mutation"},"subscriptionType":null},"two":{"enumValues":[{"name":"gold","description":"Buys often."},{"name":"ON_THE_WAY","description":"Is about to."}]}}}"#;
    assert_eq!(answer.text(), expected);
    assert_eq!(backends.all_calls().len(), 1);
    let answer = ask_with(&kit(&backends), query, json!({ "name": "Nothing", "off": true })).await;
    assert_eq!(answer.json()["data"]["one"], json!(null));
}

#[tokio::test(start_paused = true)]
async fn the_standard_introspection_passes_the_limits() {
    let query = include_str!("../../src/explorer/assets/introspection.graphql");
    let json = ask(&well(), query).await.json();
    assert_eq!(json.get("errors"), None, "{json}");
    let types = json["data"]["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|one| one["name"] == "Shelf"));
}

#[tokio::test(start_paused = true)]
async fn introspection_asks_no_backend() {
    let backends = well();
    ask(&backends, "{ __schema { types { name } } }").await;
    assert_eq!(backends.all_calls().len(), 0);
}
