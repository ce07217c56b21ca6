//! Maps, boxes, and lists and options inside one another.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Level {
    pub(crate) in_stock: u32,
}

#[view]
pub(crate) struct Stock {
    /// By warehouse.
    pub(crate) levels: BTreeMap<String, Level>,
    pub(crate) notes: HashMap<String, Option<String>>,
    pub(crate) sums: Option<BTreeMap<String, Vec<u64>>>,
    pub(crate) boxed: Box<Level>,
    pub(crate) grid: Vec<Vec<u8>>,
    pub(crate) holes: Option<Vec<Option<Level>>>,
    pub(crate) inner: Option<Box<Stock>>,
}

#[composition(get = "/stock", deadline = "300ms")]
pub(crate) struct StockPage {
    #[call(Shop, get = "/stock", within = "100ms")]
    pub(crate) stock: Option<Stock>,
}

const STOCK: &str = r#"{"levels":{"b c":{"x":1,"in_stock":2},"a":{"in_stock":3}},"notes":{"n":null,"m":"M"},"sums":{"s":[1,2]},"boxed":{"in_stock":4,"y":0},"grid":[[1],[],[2,3]],"holes":[null,{"in_stock":5}],"inner":null}"#;
const ANSWER: &str = r#"{"levels":{"b c":{"inStock":2},"a":{"inStock":3}},"notes":{"n":null,"m":"M"},"sums":{"s":[1,2]},"boxed":{"inStock":4},"grid":[[1],[],[2,3]],"holes":[null,{"inStock":5}],"inner":null}"#;

fn kit(stock: &str) -> Kit {
    let backends = FakeBackends::new();
    backends.on("shop", "/stock").json(stock);
    Kit::new(&Bff::new("web").caller::<StandardCaller>().endpoint::<StockPage>(), &backends).caller("u-1", &[])
}

/// The body with one thing in it another.
async fn with(was: &str, is: &str) -> Answer {
    assert!(STOCK.contains(was));
    kit(&STOCK.replacen(was, is, 1)).get("/stock").await
}

#[tokio::test]
async fn keys_are_kept_in_their_order_and_values_are_projected() {
    let answer = kit(STOCK).get("/stock").await;
    assert_eq!(answer.text(), format!(r#"{{"stock":{ANSWER}}}"#));
}

#[tokio::test]
async fn a_key_that_stands_twice_is_a_shape_failure_however_it_is_spelt() {
    for (was, is) in [
        (r#""a":{"in_stock":3}"#, r#""b c":{"in_stock":3}"#),
        (r#""a":{"in_stock":3}"#, r#""b\u0020c":{"in_stock":3}"#),
        (r#""m":"M""#, r#""n":null"#),
        (r#""s":[1,2]"#, r#""s":[],"t":[],"s":[]"#),
    ] {
        assert_eq!(with(was, is).await.header("trefoil-degraded"), Some("stock;reason=shape"), "{is}");
    }
}

#[tokio::test]
async fn what_is_not_of_its_kind_inside_is_a_shape_failure() {
    for (was, is) in [
        (r#""a":{"in_stock":3}"#, r#""a":null"#),
        (r#""a":{"in_stock":3}"#, r#""a":{}"#),
        (r#""m":"M""#, r#""m":1"#),
        ("[1,2]", "[1,-2]"),
        ("[[1],[],[2,3]]", "[[1],null]"),
        ("[[1],[],[2,3]]", "[1]"),
        ("[null,", "[[],"),
        (r#""boxed":{"in_stock":4,"y":0}"#, r#""boxed":null"#),
        (r#"{"b c""#, r#"[],"l":{"b c""#),
    ] {
        assert_eq!(with(was, is).await.header("trefoil-degraded"), Some("stock;reason=shape"), "{is}");
    }
    assert_eq!(with(r#""sums":{"s":[1,2]}"#, r#""sums":null"#).await.json()["stock"]["sums"], Value::Null);
}

#[tokio::test]
async fn a_stream_has_the_same() {
    let events = kit(STOCK).header("accept", "application/x-ndjson").get("/stock").await;
    assert!(events.text().contains(&format!(r#""path":"stock","value":{ANSWER}"#)), "{}", events.text());
}

#[tokio::test]
async fn graphql_has_maps_whole_and_selects_through_lists() {
    let query = "{ stockPage { stock { levels notes sums boxed { inStock } grid holes { n: inStock } } } }";
    let answer = kit(STOCK).post("/graphql", &json!({ "query": query }).to_string()).await;
    let expected = ANSWER.replace(r#"{"inStock":5}"#, r#"{"n":5}"#).replace(r#","inner":null"#, "");
    assert_eq!(answer.text(), format!(r#"{{"data":{{"stockPage":{{"stock":{expected}}}}}}}"#));
    let schema = kit(STOCK).get("/graphql/schema.graphql").await;
    for line in ["levels: JSON!\n", "sums: JSON\n", "boxed: Level!\n", "grid: [[Int!]!]!\n", "holes: [Level]\n"] {
        assert!(schema.text().contains(line), "{line} is not in {}", schema.text());
    }
}

#[tokio::test]
async fn the_documents_know_them() {
    let document = kit(STOCK).get("/openapi.json").await.json();
    let stock = &document["components"]["schemas"]["Stock"]["properties"];
    let level = json!({"$ref": "#/components/schemas/Level"});
    assert_eq!(
        stock["levels"],
        json!({"type": "object", "additionalProperties": level, "description": "By warehouse."})
    );
    assert_eq!(stock["notes"]["additionalProperties"], json!({"type": ["string", "null"]}));
    assert_eq!(stock["sums"]["type"], json!(["object", "null"]));
    assert_eq!(stock["boxed"], level);
    assert_eq!(stock["grid"]["items"]["type"], "array");
    assert_eq!(stock["holes"]["items"]["oneOf"][0], level);
}
