//! No document brings the gateway down: documents that were valid once, with words taken out, put in and exchanged.

use serde_json::json;

use crate::shop::{ask_with, kit, well};

const VALID: [&str; 3] = [
    "query Q ( $a : Boolean! = true , $s : UInt64! = 1 ) { home @skip ( if : $a ) { ...F profile { name } } search ( shelfId : $s , tier : gold ) { found } } fragment F on Home { banner ... on Home @include ( if : $a ) { footer } }",
    "query ( $n : String! = \"x\" , $l : [Int] = [1] ) { __type ( name : $n ) { fields ( includeDeprecated : true ) { name } } __schema { types { name } } status { door } }",
    "mutation ( $s : String! ) { placeOrder ( sku : $s ) { order { id lines { sku } } } }",
];

const WORDS: [&str; 40] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "$",
    "@",
    "...",
    "on",
    "query",
    "fragment",
    "subscription",
    "home",
    "name",
    "a",
    "1e400",
    "-1",
    "99999999999999999999999",
    "\"x\"",
    "\"\"\"y\"\"\"",
    "\"\\ud800\"",
    "true",
    "null",
    "gold",
    "Home",
    "[Home]",
    "[Nothing]",
    "[[Tier!]!]",
    "Query",
    "skip",
    "__typename",
    "__schema",
    "=",
    "#",
    "\u{feff}",
    "é",
    "[1, $s, {a: 1}]",
];

#[tokio::test(start_paused = true)]
async fn no_document_brings_it_down() {
    let kit = kit(&well());
    let mut state = 7u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut ran = 0;
    for _ in 0..3_000 {
        let mut words: Vec<&str> = VALID[below(3)].split(' ').collect();
        for _ in 0..below(4) {
            let at = below(words.len());
            match below(3) {
                0 => drop(words.remove(at)),
                1 => words[at] = WORDS[below(WORDS.len())],
                _ => words.insert(at, WORDS[below(WORDS.len())]),
            }
        }
        let answer = ask_with(&kit, &words.join(" "), json!({ "s": 1, "a": false })).await.json();
        ran += usize::from(answer.get("data").is_some());
    }
    // Most are refused, and enough are not.
    assert!((100..2_000).contains(&ran), "{ran}");
}
