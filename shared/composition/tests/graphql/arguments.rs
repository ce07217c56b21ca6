//! Arguments: literals and variables, checked against their types, also in a remembered document.

use serde_json::{Value, json};

use crate::shop::{ask, ask_with, asked, kit, well};

/// The path that the search calls.
async fn searched(arguments: &str) -> Result<String, Value> {
    let backends = well();
    let answer = ask(&backends, &format!("{{ search({arguments}) {{ found }} }}")).await;
    asked(&backends).pop().ok_or_else(|| answer.json()["errors"].clone())
}

#[tokio::test(start_paused = true)]
async fn literals_reach_the_backend_as_they_are_meant() {
    for (arguments, path) in [
        ("shelfId: 1", "/search/1?limit=6&all=false"),
        ("shelfId: 18446744073709551615, limit: 20", "/search/18446744073709551615?limit=20&all=false"),
        ("shelfId: 1, offset: -3, word: \"a&b\"", "/search/1?limit=6&offset=-3&word=a%26b&all=false"),
        ("shelfId: 1, fuzz: 0.5, all: true", "/search/1?limit=6&fuzz=0.5&all=true"),
        ("shelfId: 1, fuzz: 2", "/search/1?limit=6&fuzz=2&all=false"),
        ("shelfId: 1, tier: gold", "/search/1?limit=6&tier=gold&all=false"),
        ("shelfId: 1, tier: ON_THE_WAY", "/search/1?limit=6&tier=on-the-way&all=false"),
        ("shelfId: 1, least: -9007199254740993", "/search/1?limit=6&all=false&least=-9007199254740993"),
        // Null is a value of what is optional.
        ("shelfId: 1, word: null, tier: null", "/search/1?limit=6&all=false"),
    ] {
        assert_eq!(searched(arguments).await.as_deref(), Ok(path), "{arguments}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_header_is_an_argument() {
    let backends = well();
    ask(&backends, "{ search(shelfId: 1, language: \"fr\") { found } }").await;
    assert_eq!(backends.calls("catalog")[0].header("accept-language"), Some("fr"));
}

#[tokio::test(start_paused = true)]
async fn literals_of_a_wrong_type_are_refused_before_anything_runs() {
    for arguments in [
        "",
        "limit: 1",
        "shelfId: null",
        "shelfId: 1, limit: null",
        "shelfId: 1, all: null",
        "shelfId: -1",
        "shelfId: 18446744073709551616",
        "shelfId: \"1\"",
        "shelfId: 1.5",
        "shelfId: 7.0",
        "shelfId: 1e1",
        "shelfId: 1, offset: 2.0",
        "shelfId: 1, least: 1e1",
        "shelfId: 1, offset: 2147483648",
        "shelfId: 1, offset: 1.5",
        "shelfId: 1, offset: true",
        "shelfId: 1, word: 1",
        "shelfId: 1, word: gold",
        "shelfId: 1, fuzz: \"1\"",
        "shelfId: 1, tier: \"gold\"",
        "shelfId: 1, tier: GOLD",
        "shelfId: 1, tier: [gold]",
        "shelfId: 1, all: \"true\"",
        "shelfId: 1, all: 1",
        "shelfId: 1, least: 9223372036854775808",
        "shelfId: 1, nothing: 1",
        "shelfId: 1, shelfId: 2",
    ] {
        let Err(errors) = searched(arguments).await else { panic!("{arguments} was accepted") };
        assert_eq!(errors[0]["extensions"]["code"], "invalid-input", "{arguments}: {errors}");
        assert_eq!(errors[0].get("path"), None, "{arguments}: {errors}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_whole_number_is_written_as_in_rest() {
    for number in ["7", "-0", "7.0", "1e1", "-1", "18446744073709551616"] {
        let rest = kit(&well()).get(&format!("/shelves/{number}/search")).await.status.is_success();
        assert_eq!(searched(&format!("shelfId: {number}")).await.is_ok(), rest, "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn bounds_that_types_cannot_say_are_held_before_anything_runs_with_every_fault_named() {
    let backends = well();
    let query = "query ($w: String) { a: search(shelfId: 1, limit: 21, word: $w) { found } status { door } b: search(shelfId: 1, limit: 0) { found } }";
    let json = ask_with(&kit(&backends), query, json!({ "w": "x" })).await.json();
    assert_eq!((json.get("data"), asked(&backends)), (None, Vec::<String>::new()), "{json}");
    let error = &json["errors"][0];
    assert_eq!((error.get("path"), &error["extensions"]["code"]), (None, &json!("invalid-input")));
    assert_eq!(
        error["message"],
        "argument `limit`: expected a whole number from 1 to 20; variable \"$w\": expected text of 2 to 20 characters"
    );
    assert_eq!(error["locations"], json!([{ "line": 1, "column": 51 }, { "line": 1, "column": 61 }]));
    let faults = &error["extensions"]["errors"];
    assert_eq!(faults[0], json!({ "argument": "limit", "detail": "expected a whole number from 1 to 20" }));
    assert_eq!(faults[1]["argument"], "word");
    assert_eq!(json["errors"].as_array().unwrap().len(), 2, "{json}");
}

#[tokio::test(start_paused = true)]
async fn no_mutation_writes_where_an_argument_of_a_later_one_is_out_of_bounds() {
    let backends = well();
    let long = "x".repeat(1_025);
    for query in [
        format!(r#"mutation {{ a: placeOrder(sku: "a") {{ order {{ id }} }} b: placeOrder(sku: "{long}") {{ order {{ id }} }} }}"#),
        r#"mutation ($long: String!) { a: placeOrder(sku: "a") { order { id } } b: placeOrder(sku: $long) { order { id } } }"#
            .to_owned(),
    ] {
        let json = ask_with(&kit(&backends), &query, json!({ "long": long })).await.json();
        assert_eq!((json.get("data"), asked(&backends)), (None, Vec::<String>::new()), "{json}");
        assert_eq!(json["errors"][0]["extensions"]["code"], "invalid-input", "{json}");
    }
}

#[tokio::test(start_paused = true)]
async fn null_is_no_value_of_what_has_a_default_and_is_not_optional() {
    let backends = well();
    let query = "query ($l: Int64, $a: Boolean) { search(shelfId: 1, limit: $l, all: $a) { found } }";
    // A variable that may be null stands there, since the place has a default: left out, that is taken.
    ask_with(&kit(&backends), query, json!({})).await;
    assert_eq!(asked(&backends), ["/search/1?limit=6&all=false"]);
    for (variables, named) in [(json!({ "l": null }), "$l"), (json!({ "a": null }), "$a")] {
        let json = ask_with(&kit(&backends), query, variables).await.json();
        assert_eq!(json.get("data"), None, "{json}");
        let message = json["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(named) && message.contains("is null; expected"), "{json}");
    }
    assert_eq!(asked(&backends).len(), 1);
}

const SEARCH: &str = "query (
    $shelf: UInt64!, $limit: Int64 = 3, $offset: Int, $word: String, $fuzz: Float, $tier: Tier = gold, $all: Boolean, $least: Int64
) {
    search(shelfId: $shelf, limit: $limit, offset: $offset, word: $word, fuzz: $fuzz, tier: $tier, all: $all, least: $least) { found }
}";

#[tokio::test(start_paused = true)]
async fn variables_reach_the_backend_and_a_remembered_document_takes_others() {
    let backends = well();
    let kit = kit(&backends);
    for (number, (variables, path)) in [
        (json!({ "shelf": 1 }), "/search/1?limit=3&tier=gold&all=false"),
        (
            json!({ "shelf": 18446744073709551615u64, "limit": 4 }),
            "/search/18446744073709551615?limit=4&tier=gold&all=false",
        ),
        (json!({ "shelf": 1, "tier": null }), "/search/1?limit=3&all=false"),
        (json!({ "shelf": 1, "tier": "ON_THE_WAY", "all": true }), "/search/1?limit=3&tier=on-the-way&all=true"),
        (
            json!({ "shelf": 1, "word": "ab", "fuzz": 1, "unknown": [] }),
            "/search/1?limit=3&word=ab&fuzz=1&tier=gold&all=false",
        ),
        (
            json!({ "shelf": 1, "least": -9007199254740993i64 }),
            "/search/1?limit=3&tier=gold&all=false&least=-9007199254740993",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = ask_with(&kit, SEARCH, variables.clone()).await;
        assert_eq!(answer.json()["errors"], Value::Null, "{variables}");
        assert_eq!(backends.all_calls()[number].path, path, "{variables}");
    }
}

#[tokio::test(start_paused = true)]
async fn variables_of_a_wrong_type_are_refused_also_when_the_document_is_remembered() {
    let backends = well();
    let kit = kit(&backends);
    // The first is refused while the document is new, the rest when it is known.
    for (variables, named) in [
        (json!({}), "shelf"),
        (json!({ "shelf": null }), "shelf"),
        (json!({ "shelf": "1" }), "shelf"),
        (json!({ "shelf": -1 }), "shelf"),
        (json!({ "shelf": 1.5 }), "shelf"),
        (json!({ "shelf": 7.0 }), "shelf"),
        (json!({ "shelf": 1e30 }), "shelf"),
        (json!({ "shelf": 1, "offset": 2.0 }), "offset"),
        (json!({ "shelf": 1, "limit": "2" }), "limit"),
        (json!({ "shelf": 1, "offset": 2147483648i64 }), "offset"),
        (json!({ "shelf": 1, "offset": -2147483649i64 }), "offset"),
        (json!({ "shelf": 1, "offset": true }), "offset"),
        (json!({ "shelf": 1, "word": 1 }), "word"),
        (json!({ "shelf": 1, "word": ["a"] }), "word"),
        (json!({ "shelf": 1, "fuzz": "1" }), "fuzz"),
        (json!({ "shelf": 1, "tier": "on-the-way" }), "tier"),
        (json!({ "shelf": 1, "tier": 1 }), "tier"),
        (json!({ "shelf": 1, "all": "true" }), "all"),
        (json!({ "shelf": 1, "all": 0 }), "all"),
        (json!({ "shelf": 1, "least": 9223372036854775808u64 }), "least"),
    ] {
        let json = ask_with(&kit, SEARCH, variables.clone()).await.json();
        assert_eq!(json.get("data"), None, "{variables}: {json}");
        let message = json["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(&format!("`${named}`")), "{variables}: {message}");
        assert_eq!(json["errors"][0]["extensions"]["code"], "invalid-input");
    }
    // All of them at once.
    let json = ask_with(&kit, SEARCH, json!({ "offset": "1", "all": 1 })).await.json();
    assert_eq!(json["errors"].as_array().unwrap().len(), 3);
    assert_eq!(asked(&backends), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_variable_stands_only_where_its_type_fits() {
    for query in [
        "query ($s: UInt64) { search(shelfId: $s) { found } }",
        "query ($s: String!) { search(shelfId: $s) { found } }",
        "query ($s: UInt64!) { search(shelfId: $s, offset: $s) { found } }",
        "query { search(shelfId: $s) { found } }",
        "query ($s: UInt64!, $t: Int) { search(shelfId: $s) { found } }",
        "query ($s: Home) { search(shelfId: $s) { found } }",
        "query ($s: Boolean) { home @skip(if: $s) { banner } }",
        "query ($s: Boolean) { home { ...F } } fragment F on Home { banner ... @include(if: $s) { footer } }",
        "query ($s: Int) { __type(name: $s) { name } }",
        "query ($s: [UInt64!]!) { search(shelfId: $s) { found } }",
        "query ($s: UInt64!) { search(shelfId: [$s]) { found } }",
    ] {
        let json = ask_with(&kit(&well()), query, json!({ "s": 1 })).await.json();
        assert_eq!(json.get("data"), None, "{query}: {json}");
    }
}
