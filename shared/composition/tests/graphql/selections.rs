//! What is selected is what is answered, in its order, with REST's bytes, by the calls that it needs.

use serde_json::json;

use crate::shop::{ask, ask_with, asked, kit, well};

#[tokio::test(start_paused = true)]
async fn a_whole_screen_is_the_same_bytes_as_rest() {
    let backends = well();
    let rest = kit(&backends).get("/home").await;
    let query = "{ home {
        profile { name segment nickName tier }
        orders { id total placedAt lines { sku quantity note { text } } labels parcels }
        picks translation banner footer
    } }";
    // The one word that GraphQL spells in another way is not among them.
    assert_eq!(ask(&backends, query).await.text(), format!(r#"{{"data":{{"home":{}}}}}"#, rest.text()));
    for part in
        [r#"{"id":9007199254740993,"total":1.10,"#, r#""parcels":{"x-1":[{"sentAt":"now","by":"on-the-way"}],"y":[]}"#]
    {
        assert!(rest.text().contains(part), "{}", rest.text());
    }
}

#[tokio::test(start_paused = true)]
async fn fields_stand_in_the_order_of_the_selection() {
    let answer = ask(&well(), "{ home { footer orders { placedAt total id } profile { tier name } } }").await;
    let expected = r#"{"data":{"home":{"footer":"(c)","orders":[{"placedAt":"now","total":1.10,"id":9007199254740993},{"placedAt":"then","total":1e2,"id":18446744073709551615}],"profile":{"tier":"gold","name":"Ada"}}}}"#;
    assert_eq!(answer.text(), expected);
}

#[tokio::test(start_paused = true)]
async fn only_the_calls_of_the_selection_are_made() {
    for (query, calls) in [
        ("{ home { banner } }", vec!["/banner"]),
        ("{ home { profile { name } } }", vec!["/users/u-1"]),
        // `picks` waits for the profile, which is not shown.
        ("{ home { picks } }", vec!["/segments/home/picks", "/users/u-1"]),
        ("{ home { a: banner b: banner } }", vec!["/banner"]),
        ("{ home { __typename } }", vec![]),
        ("{ home { banner @skip(if: true) } }", vec![]),
        ("{ __typename }", vec![]),
    ] {
        let backends = well();
        let answer = ask(&backends, query).await;
        assert!(!answer.text().contains("errors"), "{query}: {}", answer.text());
        assert_eq!(asked(&backends), calls, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_shown_is_not_answered() {
    let answer = ask(&well(), "{ home { picks } }").await;
    assert_eq!(answer.text(), r#"{"data":{"home":{"picks":["lamp"]}}}"#);
}

#[tokio::test(start_paused = true)]
async fn aliases_fragments_and_merged_fields_make_one_selection() {
    let query = "
        query { start: home { ...A who: profile { name } ... on Home { profile { tier } } ... { profile { name } } } ...Root }
        fragment A on Home { kind: __typename profile { ...B } }
        fragment B on Profile { segment ... on Profile { __typename } }
        fragment Root on Query { start: home { banner } root: __typename }";
    let answer = ask(&well(), query).await;
    let expected = r#"{"data":{"start":{"kind":"Home","profile":{"segment":"home","__typename":"Profile","tier":"gold","name":"Ada"},"who":{"name":"Ada"},"banner":"sale"},"root":"Query"}}"#;
    assert_eq!(answer.text(), expected);
}

#[tokio::test(start_paused = true)]
async fn one_field_may_be_shown_under_several_names() {
    let query = "{ home { a: orders { id } b: orders { x: id y: id lines { note { text } } } } }";
    let expected = r#"{"data":{"home":{"a":[{"id":9007199254740993},{"id":18446744073709551615}],"b":[{"x":9007199254740993,"y":9007199254740993,"lines":[{"note":null},{"note":{"text":"x"}}]},{"x":18446744073709551615,"y":18446744073709551615,"lines":[]}]}}}"#;
    assert_eq!(ask(&well(), query).await.text(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_view_may_contain_itself() {
    let answer = ask(&well(), "{ status { shelves { name inner { name inner { name } } } } }").await;
    let expected = r#"{"data":{"status":{"shelves":[{"name":"a","inner":[{"name":"b","inner":[]}]}]}}}"#;
    assert_eq!(answer.text(), expected);
}

#[tokio::test(start_paused = true)]
async fn skip_and_include_decide_by_their_variables_in_a_remembered_document_too() {
    let backends = well();
    let kit = kit(&backends);
    let query = "query ($a: Boolean!, $b: Boolean = true) {
        home { banner @include(if: $a) ...F @skip(if: $b) profile @skip(if: true) { name } }
    } fragment F on Home { footer }";
    for (variables, home) in [
        (json!({ "a": true }), r#"{"banner":"sale"}"#),
        (json!({ "a": false }), "{}"),
        (json!({ "a": false, "b": false }), r#"{"footer":"(c)"}"#),
        (json!({ "a": true, "b": false }), r#"{"banner":"sale","footer":"(c)"}"#),
        (json!({ "a": true }), r#"{"banner":"sale"}"#),
    ] {
        let answer = ask_with(&kit, query, variables.clone()).await;
        assert_eq!(answer.text(), format!(r#"{{"data":{{"home":{home}}}}}"#), "{variables}");
    }
    let answer = ask_with(&kit, query, json!({ "a": null })).await;
    assert!(answer.json().get("data").is_none(), "{}", answer.text());
}

#[tokio::test(start_paused = true)]
async fn root_fields_of_a_query_run_at_the_same_time() {
    let backends = well();
    for path in ["/banner", "/door", "/search/1"] {
        backends.on("catalog", path).slow(60).json(if path == "/search/1" { r#"["x"]"# } else { r#""x""# });
    }
    let started = tokio::time::Instant::now();
    let answer = ask(&backends, "{ home { banner } status { door } search(shelfId: 1) { found } }").await;
    let expected = r#"{"data":{"home":{"banner":"x"},"status":{"door":"x"},"search":{"found":["x"]}}}"#;
    assert_eq!(answer.text(), expected);
    assert_eq!(started.elapsed().as_millis(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_word_that_graphql_cannot_spell_has_another_name() {
    let backends = well();
    backends.on("users", "/users/u-1").json(r#"{"name":"on-the-way","segment_code":"home","tier":"on-the-way"}"#);
    let answer = ask(&backends, "{ home { profile { name tier } again: profile { tier } } }").await;
    let expected =
        r#"{"data":{"home":{"profile":{"name":"on-the-way","tier":"ON_THE_WAY"},"again":{"tier":"ON_THE_WAY"}}}}"#;
    assert_eq!(answer.text(), expected);
}

#[tokio::test(start_paused = true)]
async fn another_name_is_found_in_lists_and_behind_nulls_and_escapes() {
    let query = "{ status { popular { forTier } shelves { forTier inner { forTier name } } } }";
    let inner =
        r#"[{"name":"on-the-way","for_tier":"on\u002dthe-way","inner":[]},{"name":"c","for_tier":"gold","inner":[]}]"#;
    for (body, shelves) in [
        ("null".to_owned(), "null".to_owned()),
        ("[]".to_owned(), "[]".to_owned()),
        (
            format!(r#"[{{"name":"a","for_tier":null,"inner":{inner}}}]"#),
            r#"[{"forTier":null,"inner":[{"forTier":"ON_THE_WAY","name":"on-the-way"},{"forTier":"gold","name":"c"}]}]"#
                .to_owned(),
        ),
    ] {
        let backends = well();
        backends.on("catalog", "/shelves").json(&body);
        let answer = ask(&backends, query).await;
        assert_eq!(answer.text(), format!(r#"{{"data":{{"status":{{"popular":null,"shelves":{shelves}}}}}}}"#));
    }
}
