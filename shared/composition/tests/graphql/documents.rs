//! Documents that do not do: refused before anything runs.

use crate::shop::{ask, ask_with, asked, kit, well};

#[tokio::test(start_paused = true)]
async fn an_invalid_document_runs_nothing_and_says_where_it_is_wrong() {
    for query in [
        "",
        "{",
        "{ home }",
        "{ home { nothing } }",
        "{ home { profile } }",
        "{ home { footer { x } } }",
        "{ nothing }",
        "{ home { ...F } }",
        "{ home { banner } } fragment F on Home { footer }",
        "{ home { ... on Profile { name } } }",
        "{ home { ...F } } fragment F on Home { ...F }",
        "{ home { banner @nothing } }",
        "{ home { banner @skip } }",
        "{ __typename @nothing }",
        "{ __typename @skip }",
        "{ __typename @skip(if: 1) }",
        "{ __typename @skip(if: true) @skip(if: true) }",
        "{ home { banner ...F } } fragment F on Home { __typename @nothing }",
        "{ __schema { __typename @nothing } }",
        "{ __typename @skip(if: $a) }",
        "{ __typename(a: 1) }",
        "{ __typename { a } }",
        "query @nothing { home { banner } }",
        "query ($a: Boolean! @nothing) { home { banner @skip(if: $a) } }",
        "{ home { orders { labels { a } } } }",
        "query ($a: [Nothing] = [1]) { home { banner } }",
        "query ($a: [[Nothing!]!] = [[1]]) { home { banner } }",
        "query ($a: Home = {}) { home { banner } }",
        "subscription { home { banner } }",
        "mutation { home { banner } }",
        "query { placeOrder(sku: \"a\") { order { id } } }",
        "query A { home { banner } } query B { home { banner } }",
        "query A { home { banner } } query A { home { banner } }",
    ] {
        let backends = well();
        let json = ask(&backends, query).await.json();
        assert_eq!(json.get("data"), None, "{query}: {json}");
        assert_eq!(json["errors"][0]["extensions"]["code"], "invalid-input", "{query}: {json}");
        assert_eq!(asked(&backends), [""; 0], "{query}");
        // Each is at its place, but for what is about the document as a whole.
        for error in json["errors"].as_array().unwrap() {
            let message = error["message"].as_str().unwrap();
            assert!(error["locations"].is_array() || message.contains("perat"), "{query}: {json}");
            assert!(!message.contains('\n'), "{query}: {json}");
        }
    }
    let json = ask(&well(), "{ home {").await.json();
    assert_eq!(json["errors"][0]["message"], "the document cannot be read: expected selection");
    assert_eq!(json["errors"][0]["locations"], serde_json::json!([{ "line": 1, "column": 9 }]));
    let json = ask(&well(), "{\n  home { nothing } }").await.json();
    assert_eq!(json["errors"][0]["locations"], serde_json::json!([{ "line": 2, "column": 10 }]));
}

#[tokio::test(start_paused = true)]
async fn each_error_is_said_once() {
    for query in [
        "subscription { x }",
        "mutation { x }",
        "query ($a: Nothing) { home { banner } }",
        "query ($a: [Nothing] = [1]) { home { banner } }",
        "query ($a: Home!) { home { banner @skip(if: $a) } }",
        "{ home { banner @nothing } }",
        "{ nothing }",
    ] {
        let json = ask(&well(), query).await.json();
        let mut said: Vec<String> = json["errors"].as_array().unwrap().iter().map(ToString::to_string).collect();
        let all = said.len();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), all, "{query}: {json}");
    }
}

#[tokio::test(start_paused = true)]
async fn conditions_hold_on_a_type_name_too() {
    let query = "query ($a: Boolean!) { __typename @skip(if: $a) home { banner kind: __typename @include(if: $a) } }";
    for (shown, expected) in [
        (true, r#"{"data":{"home":{"banner":"sale","kind":"Home"}}}"#),
        (false, r#"{"data":{"__typename":"Query","home":{"banner":"sale"}}}"#),
    ] {
        let answer = ask_with(&kit(&well()), query, serde_json::json!({ "a": shown })).await;
        assert_eq!(answer.text(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn two_fields_of_one_response_key_must_be_the_same() {
    for query in [
        "{ home { a: banner a: footer } }",
        "{ home { profile { a: name } } home { profile { a: segment } } }",
        "{ home { ...F profile { a: name } } } fragment F on Home { profile { a: segment } }",
        "{ search(shelfId: 1) { found } search(shelfId: 2) { found } }",
        "{ home { a: banner @skip(if: true) a: footer } }",
    ] {
        let json = ask(&well(), query).await.json();
        assert_eq!(json.get("data"), None, "{query}: {json}");
    }
    let json =
        ask(&well(), "{ search(shelfId: 1, all: true) { found } search(all: true, shelfId: 1) { found } }").await;
    assert_eq!(json.text(), r#"{"data":{"search":{"found":["lamp","rug"]}}}"#);
}

#[tokio::test(start_paused = true)]
async fn the_named_operation_runs() {
    let backends = well();
    let document = "query A { home { banner } } query B { home { footer } }";
    for (name, expected) in
        [("A", r#"{"data":{"home":{"banner":"sale"}}}"#), ("B", r#"{"data":{"home":{"footer":"(c)"}}}"#)]
    {
        let body = serde_json::json!({ "query": document, "operationName": name });
        assert_eq!(kit(&backends).post("/graphql", &body.to_string()).await.text(), expected);
    }
    let body = serde_json::json!({ "query": document, "operationName": "C" });
    let json = kit(&backends).post("/graphql", &body.to_string()).await.json();
    assert_eq!(json.get("data"), None, "{json}");
}

#[tokio::test(start_paused = true)]
async fn documents_have_limits() {
    let many_roots: String = (0..11).map(|n| format!("a{n}: status {{ door }} ")).collect();
    let many_fields: String = (0..501).map(|n| format!("a{n}: door ")).collect();
    let deep = "inner { ".repeat(14);
    for (query, named) in [
        (format!("{{ {many_roots} }}"), "10 root fields"),
        (format!("{{ status {{ {many_fields} }} }}"), "500 fields"),
        (format!("{{ status {{ shelves {{ {deep} name {} }} }} }}", "}".repeat(14)), "15 fields"),
        (format!("{{ status {{ door }} }} # {}", "x".repeat(32 * 1024)), "32768"),
        ("{ status ".repeat(1_000), "brackets"),
        (format!("{{ status {{ door{} }} }}", " @include(if: true)".repeat(6)), "directive"),
    ] {
        let backends = well();
        let json = ask(&backends, &query).await.json();
        assert_eq!(json.get("data"), None, "{named}: {json}");
        let message = json["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(named), "{named}: {message}");
        assert_eq!(asked(&backends), [""; 0]);
    }
    let ten = format!("{{ {} }}", many_roots.rsplit_once("a10").unwrap().0);
    assert_eq!(ask(&well(), &ten).await.json()["data"]["a9"]["door"], "open");
}
