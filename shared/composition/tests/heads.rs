//! A field may be read from a header of the answer to another field's call: a total count, the next cursor.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::{Value, json};
use trefoil_composition::{Bff, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit, Reply};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Shop;

#[view]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Freshness {
    /// Just made.
    New,
    /// Kept for a while.
    OfToday,
}

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
}

/// A line and its product.
#[view]
pub(crate) struct Line {
    #[hidden]
    pub(crate) product_id: u64,
    /// The product.
    #[call(Shop, get = "/products", batch(ids = product_id, by = id, most = 2))]
    pub(crate) product: Option<Order>,
    /// Which version of the catalogue it is from.
    #[from(product, header = "X-Version")]
    pub(crate) version: Option<u32>,
}

/// Orders, page by page.
#[composition(get = "/orders")]
pub(crate) struct Orders {
    /// How many there are.
    #[from(orders, header = "x-total-count")]
    pub(crate) total: Option<u64>,
    /// This page.
    #[call(Shop, get = "/orders")]
    pub(crate) orders: Vec<Order>,
    /// Where the next page begins.
    #[hidden]
    #[from(orders, header = "x-next")]
    pub(crate) next: Option<String>,
    /// The next page.
    #[call(Shop, get = "/more", query(after = next))]
    pub(crate) more: Option<Vec<Order>>,
    /// How fresh it is.
    #[from(orders, header = "x-freshness")]
    pub(crate) freshness: Option<Freshness>,
}

/// A count that the answer cannot do without.
#[composition(get = "/count")]
pub(crate) struct Count {
    /// The orders.
    #[hidden]
    #[call(Shop, get = "/orders", pass = [404])]
    pub(crate) orders: Vec<Order>,
    /// How many there are.
    #[from(orders, header = "x-total-count")]
    pub(crate) total: u64,
}

/// Lines.
#[composition(get = "/lines")]
pub(crate) struct Lines {
    /// The lines.
    #[call(Shop, get = "/lines")]
    pub(crate) lines: Vec<Line>,
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<Caller>().endpoint::<Orders>().endpoint::<Count>().endpoint::<Lines>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn with(headers: &[(&str, &str)]) -> FakeBackends {
    let backends = FakeBackends::new();
    let reply = Reply::json(r#"[{"id":1}]"#);
    let reply = headers.iter().fold(reply, |reply, (name, value)| reply.with_header(name, value));
    backends.on("shop", "/orders").reply(reply);
    backends.on("shop", "/more").json(r#"[{"id":2}]"#);
    backends
}

#[tokio::test]
async fn a_header_becomes_a_field_and_feeds_a_call() {
    let backends = with(&[("x-total-count", "41"), ("x-next", "a/b"), ("x-freshness", "of-today")]);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(answer.text(), r#"{"total":41,"orders":[{"id":1}],"more":[{"id":2}],"freshness":"of-today"}"#);
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(backends.calls("shop")[1].path, "/more?after=a%2Fb");
}

#[tokio::test]
async fn without_the_header_an_optional_field_is_null_and_complete() {
    let backends = with(&[]);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(answer.text(), r#"{"total":null,"orders":[{"id":1}],"more":null,"freshness":null}"#);
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn a_header_that_is_not_what_the_type_says_is_a_shape_failure() {
    for value in ["many", "-1", "1.5", "1, 2", "null", "\"7\"", "99999999999999999999"] {
        let answer = kit(&with(&[("x-total-count", value)])).get("/orders").await;
        assert_eq!(answer.header("trefoil-degraded"), Some("total;reason=shape"), "{value}");
        assert!(answer.json()["total"].is_null());
    }
    let answer = kit(&with(&[("x-freshness", "stale")])).get("/orders").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("freshness;reason=shape"));
}

#[tokio::test]
async fn a_required_field_needs_its_header() {
    assert_eq!(kit(&with(&[("x-total-count", "0")])).get("/count").await.text(), r#"{"total":0}"#);
    let answer = kit(&with(&[])).get("/count").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["field"]), (502, &json!("total")));
    let backends = with(&[]);
    backends.on("shop", "/orders").status(404);
    assert_eq!(kit(&backends).get("/count").await.status, 404, "the call's own failure comes first");
}

#[tokio::test]
async fn the_elements_of_a_batch_share_the_head_of_their_request() {
    let backends = FakeBackends::new();
    backends.on("shop", "/lines").json(r#"[{"product_id":1},{"product_id":2},{"product_id":3},{"product_id":4}]"#);
    backends.on("shop", "/products?ids=1%2C2").reply(Reply::json("[]"));
    backends.on("shop", "/products?ids=1,2").reply(Reply::json(r#"[{"id":2},{"id":1}]"#).with_header("x-version", "5"));
    backends.on("shop", "/products?ids=3,4").reply(Reply::json(r#"[{"id":3}]"#).with_header("x-version", "6"));
    let answer = kit(&backends).get("/lines").await;
    assert_eq!(
        answer.text(),
        r#"{"lines":[{"product":{"id":1},"version":5},{"product":{"id":2},"version":5},{"product":{"id":3},"version":6},{"product":null,"version":null}]}"#
    );
    assert_eq!(answer.header("trefoil-degraded"), Some("lines.product;reason=status, lines.version;reason=dependency"));
}

#[tokio::test]
async fn a_stream_and_a_selection_have_the_same_fields() {
    let headers = [("x-total-count", "41"), ("x-next", "n")];
    let answer = kit(&with(&headers)).header("accept", "application/x-ndjson").get("/orders").await;
    let events: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let total = events.iter().find(|event| event["path"] == "total").unwrap();
    assert_eq!((&total["value"], events.len()), (&json!(41), 5));

    let backends = with(&headers);
    let query = json!({ "query": "{ orders { count: total } }" }).to_string();
    let answer = kit(&backends).post("/graphql", &query).await.json();
    assert_eq!(answer, json!({ "data": { "orders": { "count": 41 } } }));
    assert_eq!(backends.calls("shop").len(), 1, "only the call that the header comes with");
}
