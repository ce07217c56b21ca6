//! `Raw<T>` passes a value on as it came.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trefoil_composition::{Bff, Raw, StandardCaller, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

#[backend]
pub(crate) struct Catalog;

/// How large it is.
#[view]
pub(crate) struct Size {
    /// In millimetres.
    pub(crate) width_mm: u32,
    #[serde(rename = "heightMillimetres")]
    pub(crate) height_mm: Option<u32>,
    pub(crate) unit: Option<Unit>,
}

#[view]
pub(crate) enum Unit {
    Metric,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: u64,
    /// Whatever there is to say of it.
    pub(crate) attributes: Raw<BTreeMap<String, String>>,
    pub(crate) size: Option<Raw<Size>>,
    pub(crate) sizes: Vec<Raw<Size>>,
}

#[composition(get = "/products", deadline = "300ms")]
pub(crate) struct Products {
    #[call(Catalog, get = "/products/1", within = "100ms")]
    pub(crate) product: Option<Product>,
    #[call(Catalog, get = "/layout", at = "layout", within = "100ms")]
    pub(crate) layout: Option<Raw<Vec<String>>>,
}

/// A document of somebody else's.
#[composition(get = "/layout", deadline = "300ms")]
pub(crate) struct Layout(#[call(Catalog, get = "/layout")] pub(crate) Raw<BTreeMap<String, String>>);

fn backends(attributes: &str) -> FakeBackends {
    let backends = FakeBackends::new();
    backends
        .on("catalog", "/products/1")
        .json(&format!(r#"{{"sizes":[{{"b":1}}],"attributes":{attributes},"id":1,"secret":2}}"#));
    backends.on("catalog", "/layout").json(r#"{"layout":["x",{"y":[]}],"secret":1}"#);
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Products>().endpoint::<Layout>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

async fn attributes(json: &str) -> Answer {
    kit(&backends(json)).get("/products").await
}

#[tokio::test]
async fn a_value_is_passed_on_with_its_names_and_literals_and_without_blanks() {
    let came = "{ \"b_b\" : 1.10,\n \"a\":[9007199254740993 , 1e400,\"x\\u0041 \\\" {\" ],\t\"b_b\":null, \"\":{} }";
    let answer = attributes(came).await;
    assert_eq!(
        answer.text(),
        r#"{"product":{"id":1,"attributes":{"b_b":1.10,"a":[9007199254740993,1e400,"x\u0041 \" {"],"b_b":null,"":{}},"size":null,"sizes":[{"b":1}]},"layout":["x",{"y":[]}]}"#
    );
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn any_kind_of_value_is_passed_on() {
    for json in ["true", "7", "\"text\"", "[]", "{}", "[[null]]"] {
        let answer = attributes(json).await;
        assert!(answer.text().contains(&format!("\"attributes\":{json},")), "{json}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_is_no_json_or_null_or_too_deep_is_a_shape_failure() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(attributes(&deep(64)).await.header("trefoil-degraded"), None);
    for json in ["null", "{", "[1,]", "{\"a\" 1}", "\"a\nb\"", "01", "[}", &deep(65), &"[".repeat(100_000)] {
        let answer = attributes(json).await;
        let named = answer.header("trefoil-degraded");
        assert_eq!(named, Some("product;reason=shape"), "{}", &json[..json.len().min(20)]);
        assert!(answer.json()["product"].is_null());
    }
}

#[tokio::test]
async fn an_optional_one_may_be_null_or_left_out() {
    let backends = backends("{}");
    for size in ["null", "{\"z\":null}"] {
        backends
            .on("catalog", "/products/1")
            .json(&format!(r#"{{"sizes":[],"size":{size},"attributes":{{}},"id":1}}"#));
        let answer = kit(&backends).get("/products").await;
        assert!(answer.text().contains(&format!("\"size\":{size},")), "{}", answer.text());
    }
}

#[tokio::test]
async fn an_answer_can_be_one() {
    let backends = backends("{}");
    assert_eq!(kit(&backends).get("/layout").await.text(), r#"{"layout":["x",{"y":[]}],"secret":1}"#);
}

#[tokio::test]
async fn a_stream_stays_one_line_an_event() {
    let backends = backends("{\n\"a\":\n1}");
    let events = kit(&backends).header("accept", "application/x-ndjson").get("/products").await;
    let lines: Vec<Value> = events.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().any(|line| line["value"]["attributes"] == json!({"a": 1})), "{}", events.text());
}

#[tokio::test]
async fn graphql_has_a_json_scalar_that_comes_whole() {
    let backends = backends(r#"{"a_b": [ {"c":1.10} ]}"#);
    let ask = |query: &str| {
        let kit = kit(&backends);
        let body = json!({ "query": query }).to_string();
        async move { kit.post("/graphql", &body).await.text().to_owned() }
    };
    assert_eq!(
        ask("{ products { product { again: attributes attributes size sizes } } layout }").await,
        r#"{"data":{"products":{"product":{"again":{"a_b":[{"c":1.10}]},"attributes":{"a_b":[{"c":1.10}]},"size":null,"sizes":[{"b":1}]}},"layout":{"layout":["x",{"y":[]}],"secret":1}}}"#
    );
    assert!(ask("{ products { product { attributes { a } } } }").await.contains("\"errors\""));
    let schema = kit(&backends).get("/graphql/schema.graphql").await;
    for line in ["attributes: JSON!\n", "size: JSON\n", "sizes: [JSON!]!\n", "layout: JSON\n"] {
        assert!(schema.text().contains(line), "{line} is not in {}", schema.text());
    }
    assert!(!schema.text().contains("type Size"));
}

#[tokio::test]
async fn the_documents_say_what_is_expected_in_the_backends_names() {
    let document = kit(&backends("{}")).get("/openapi.json").await.json();
    let schemas = &document["components"]["schemas"];
    let about = "Passed on as it comes, unchecked: this is what is expected of it.";
    let product = &schemas["Product"]["properties"];
    assert_eq!(
        product["attributes"],
        json!({"type": "object", "additionalProperties": {"type": "string"}, "description": format!("Whatever there is to say of it.\n\n{about}")})
    );
    assert_eq!(product["size"]["oneOf"][0], json!({"$ref": "#/components/schemas/RawSize", "description": about}));
    assert_eq!(product["size"]["oneOf"][1], json!({"type": "null"}));
    // Nothing is required of what nobody checks.
    assert_eq!(
        schemas["RawSize"],
        json!({"type": "object", "description": "How large it is.", "properties": {
            "width_mm": {"type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX, "description": "In millimetres."},
            "heightMillimetres": {"type": ["integer", "null"], "format": "int64", "minimum": 0, "maximum": u32::MAX},
            "unit": {"oneOf": [{"$ref": "#/components/schemas/RawUnit"}, {"type": "null"}]},
        }})
    );
    assert_eq!(schemas["RawUnit"]["enum"], json!(["Metric"]));
    assert!(schemas.get("Size").is_none());
}

#[test]
fn a_typed_value_is_its_json() {
    let product: Product = serde_json::from_str(r#"{"id":1,"attributes":{"a":1.10},"sizes":[]}"#).unwrap();
    assert_eq!(product.attributes.json(), r#"{"a":1.10}"#);
    assert_eq!(serde_json::to_string(&product).unwrap(), r#"{"id":1,"attributes":{"a":1.10},"size":null,"sizes":[]}"#);
    assert_eq!(format!("{:?}", product.attributes.clone()), r#"Raw("{\"a\":1.10}")"#);
}

#[view]
pub(crate) struct Calling {
    pub(crate) id: u64,
    #[call(Catalog, get = "/products", batch(ids = id, by = id))]
    pub(crate) other: Option<Size2>,
}

#[view]
pub(crate) struct Size2 {
    pub(crate) id: u64,
}

#[view]
pub(crate) struct RawSize2 {
    pub(crate) size: Raw<Size2>,
}

#[composition(get = "/calling")]
pub(crate) struct CallingPage {
    #[call(Catalog, get = "/calling")]
    pub(crate) raw: Raw<Vec<Calling>>,
    #[call(Catalog, get = "/calling")]
    pub(crate) map: BTreeMap<String, Calling>,
    #[call(Catalog, get = "/calling")]
    pub(crate) size: RawSize2,
}

#[test]
fn what_would_never_be_called_is_refused_at_start_and_so_are_two_schemas_of_one_name() {
    let errors = Bff::new("web").caller::<StandardCaller>().endpoint::<CallingPage>().compile().unwrap_err();
    let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    for one in [
        "CallingPage: `raw` is a raw view with calls, and calls in it would not be made; use a list",
        "CallingPage: `map` is a map of views with calls, and calls in it would not be made; use a list",
        "RawSize2: documents have this name for a view in a `Raw`; rename one of the two",
    ] {
        assert!(said.iter().any(|said| said == one), "{one} is not in {said:#?}");
    }
}
