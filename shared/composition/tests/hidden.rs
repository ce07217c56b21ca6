//! A hidden field feeds others and is in no answer and no document; a hidden call that feeds nothing guards the answer.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Profile {
    pub(crate) segment: String,
    pub(crate) secret: String,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// A line: clients see the product, not its number.
#[view]
pub(crate) struct Line {
    #[hidden]
    pub(crate) product_id: u64,
    /// How many.
    pub(crate) quantity: u32,
    /// The product.
    #[call(Shop, get = "/products", batch(ids = product_id, by = id))]
    pub(crate) product: Option<Product>,
}

/// A parcel, shown to whom it belongs only.
#[view]
pub(crate) struct Parcel {
    /// Its number.
    pub(crate) id: u64,
    /// Fails for whom may not see it.
    #[hidden]
    #[call(Shop, get = "/permits/{id}", each(at_once = 4))]
    pub(crate) permit: Permit,
}

#[view]
pub(crate) struct Permit {
    /// What for.
    pub(crate) granted: bool,
}

/// The landing screen.
#[composition(get = "/home")]
pub(crate) struct Home {
    /// Who asks.
    #[hidden]
    #[call(Shop, get = "/users/{caller.id}", pass = [404])]
    pub(crate) profile: Profile,
    /// Suggestions.
    #[call(Shop, get = "/segments/{profile.segment}/picks")]
    pub(crate) picks: Option<Vec<String>>,
    /// Lines.
    #[call(Shop, get = "/lines")]
    pub(crate) lines: Vec<Line>,
    /// Whether the caller may see this at all.
    #[hidden]
    #[call(Shop, get = "/permits/home", pass = [403])]
    pub(crate) permit: Permit,
}

/// Parcels.
#[composition(get = "/parcels")]
pub(crate) struct Parcels {
    /// Those that are on their way.
    #[call(Shop, get = "/parcels")]
    pub(crate) parcels: Vec<Option<Parcel>>,
}

const HOME: &str = r#"{"picks":["a"],"lines":[{"quantity":2,"product":{"id":7,"name":"P"}}]}"#;

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("shop", "/users/u-1").json(r#"{"secret":"s","segment":"tea"}"#);
    backends.on("shop", "/segments/tea/picks").json(r#"["a"]"#);
    backends.on("shop", "/lines").json(r#"[{"quantity":2,"product_id":7}]"#);
    backends.on("shop", "/products").json(r#"[{"id":7,"name":"P"}]"#);
    backends.on("shop", "/permits/").json(r#"{"granted":true}"#);
    backends.on("shop", "/parcels").json(r#"[{"id":1},{"id":2}]"#);
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Home>().endpoint::<Parcels>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

async fn graphql(backends: &FakeBackends, query: &str) -> Value {
    kit(backends).post("/graphql", &json!({ "query": query }).to_string()).await.json()
}

fn paths(backends: &FakeBackends) -> Vec<String> {
    let mut paths: Vec<String> = backends.calls("shop").into_iter().map(|call| call.path).collect();
    paths.sort();
    paths
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["field"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_hidden_field_feeds_others_and_is_not_in_the_answer() {
    let backends = well();
    let answer = kit(&backends).get("/home").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, HOME));
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn a_hidden_field_is_in_no_document() {
    let backends = well();
    let openapi = kit(&backends).get("/openapi.json").await.json();
    let members = |view: &str| {
        let schema = openapi["components"]["schemas"][view]["properties"].as_object().unwrap();
        schema.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        (members("Home"), members("Line")),
        (vec!["lines".into(), "picks".into()], vec!["product".into(), "quantity".into()])
    );
    assert!(openapi["components"]["schemas"].get("Profile").is_none(), "nothing shown leads to it");
    for query in
        ["{ home { profile { segment } } }", "{ home { permit { granted } } }", "{ home { lines { productId } } }"]
    {
        let answer = graphql(&backends, query).await;
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains("Unknown field"), "{answer}");
    }
}

#[tokio::test]
async fn a_hidden_required_call_that_fails_fails_the_answer() {
    for (path, status) in [("/users/u-1", 404), ("/permits/home", 403)] {
        let backends = well();
        backends.on("shop", path).status(status);
        let field = if status == 404 { "profile" } else { "permit" };
        assert_eq!(code(&kit(&backends).get("/home").await), (status, field.to_owned()));
    }
}

#[tokio::test]
async fn a_selection_makes_a_hidden_call_when_it_feeds_it_and_a_guard_always() {
    let backends = well();
    let answer = graphql(&backends, "{ home { lines { quantity } } }").await;
    assert_eq!(answer, json!({ "data": { "home": { "lines": [{ "quantity": 2 }] } } }));
    assert_eq!(paths(&backends), ["/lines", "/permits/home"]);

    let backends = well();
    let answer = graphql(&backends, "{ home { picks } }").await;
    assert_eq!(answer, json!({ "data": { "home": { "picks": ["a"] } } }));
    assert_eq!(paths(&backends), ["/permits/home", "/segments/tea/picks", "/users/u-1"]);

    let backends = well();
    backends.on("shop", "/permits/home").status(403);
    let answer = graphql(&backends, "{ home { __typename } }").await;
    assert_eq!(answer["data"], json!({ "home": null }));
}

#[tokio::test]
async fn a_guard_of_an_item_takes_the_item_with_it() {
    let backends = well();
    backends.on("shop", "/permits/2").status(403);
    let answer = kit(&backends).get("/parcels").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, r#"{"parcels":[{"id":1},null]}"#));
    assert_eq!(answer.header("trefoil-degraded"), Some("parcels.permit;reason=status"));

    let answer = graphql(&backends, "{ parcels { parcels { number: id } } }").await;
    assert_eq!(answer["data"], json!({ "parcels": { "parcels": [{ "number": 1 }, null] } }));
    assert_eq!(answer["errors"][0]["path"], json!(["parcels", "parcels", 1]));
}

#[tokio::test(start_paused = true)]
async fn a_stream_says_nothing_of_a_hidden_field_and_nothing_before_its_guard() {
    let backends = well();
    backends.on("shop", "/permits/home").slow(300).json(r#"{"granted":true}"#);
    let answer = kit(&backends).header("accept", "application/x-ndjson").get("/home").await;
    let events: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let paths: Vec<&str> = events.iter().filter_map(|event| event["path"].as_str()).collect();
    assert_eq!((paths.len(), events.last().unwrap()), (2, &json!({ "event": "end", "degraded": [] })), "{events:?}");
    assert!(!paths.contains(&"profile") && !paths.contains(&"permit"));

    backends.on("shop", "/permits/home").slow(300).status(500);
    let answer = kit(&backends).header("accept", "application/x-ndjson").get("/home").await;
    assert_eq!(code(&answer), (502, "permit".to_owned()), "it is refused by status: no field was sent");
}
