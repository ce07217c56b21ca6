//! An answer that is the value of one call: a list, a map, or an object as it is.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;

#[view]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[view]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id), within = "100ms")]
    pub(crate) product: Option<Product>,
}

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) placed_at: String,
    pub(crate) lines: Vec<Line>,
}

/// The caller's orders, newest first.
#[composition(get = "/orders", deadline = "300ms")]
pub(crate) struct OrderList(#[call(Orders, get = "/users/{caller.id}/orders", pass = [404])] pub(crate) Vec<Order>);

/// The newest order, if there is one.
#[composition(get = "/latest", deadline = "300ms")]
pub(crate) struct Latest(
    #[call(Orders, get = "/users/{caller.id}/latest", absent = [404], within = "100ms")] pub(crate) Option<Order>,
);

/// How many there are, by state.
#[composition(get = "/counts", deadline = "300ms")]
pub(crate) struct Counts(
    #[call(Orders, get = "/users/{caller.id}/counts", or = BTreeMap::new())] pub(crate) BTreeMap<String, u32>,
);

/// A number.
#[composition(get = "/count", deadline = "300ms")]
pub(crate) struct Count(#[call(Orders, get = "/users/{caller.id}/count")] pub(crate) u64);

#[view]
pub(crate) struct Shelf {
    pub(crate) code: String,
}

/// What is in the caller's shelf.
#[composition(get = "/shelf", deadline = "300ms")]
pub(crate) struct ShelfList {
    /// Nobody sees it.
    #[hidden]
    #[call(Orders, get = "/shelf", within = "100ms")]
    pub(crate) shelf: Shelf,
    #[root]
    #[call(Catalog, get = "/shelves/{shelf.code}")]
    pub(crate) products: Vec<Product>,
}

const ORDERS: &str = r#"[{"lines":[{"product_id":7},{"product_id":8}],"id":1,"placed_at":"today","margin":1},{"id":2,"placed_at":"x","lines":[]}]"#;
const LIST: &str = r#"[{"id":1,"placedAt":"today","lines":[{"productId":7,"product":{"id":7,"name":"P"}},{"productId":8,"product":{"id":8,"name":"Q"}}]},{"id":2,"placedAt":"x","lines":[]}]"#;

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("orders", "/users/u-1/orders").json(ORDERS);
    backends
        .on("orders", "/users/u-1/latest")
        .json(r#"{"id":1,"placed_at":"today","lines":[{"product_id":7}],"margin":1}"#);
    backends.on("orders", "/users/u-1/counts").json(r#"{"open":2,"sent":1}"#);
    backends.on("orders", "/users/u-1/count").json("9007199254740993");
    backends.on("orders", "/shelf").json(r#"{"code":"s-1"}"#);
    backends.on("catalog", "/shelves/s-1").json(r#"[{"name":"P","id":7}]"#);
    backends.on("catalog", "/products").json(r#"[{"name":"Q","id":8},{"id":7,"name":"P"}]"#);
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web")
        .caller::<StandardCaller>()
        .endpoint::<OrderList>()
        .endpoint::<Latest>()
        .endpoint::<Counts>()
        .endpoint::<Count>()
        .endpoint::<ShelfList>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

async fn graphql(backends: &FakeBackends, query: &str) -> Answer {
    kit(backends).post("/graphql", &json!({ "query": query }).to_string()).await
}

#[tokio::test]
async fn a_list_is_the_answer_itself_and_calls_inside_it_are_made() {
    let backends = well();
    let answer = kit(&backends).get("/orders").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, LIST));
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert!(answer.header("server-timing").unwrap().starts_with("orderList;dur="));
    assert_eq!(backends.calls("catalog").len(), 1);
}

#[tokio::test]
async fn an_object_a_map_and_a_number_are_answers_too() {
    let backends = well();
    let latest = kit(&backends).get("/latest").await;
    assert_eq!(latest.text(), r#"{"id":1,"placedAt":"today","lines":[{"productId":7,"product":{"id":7,"name":"P"}}]}"#);
    assert_eq!(kit(&backends).get("/counts").await.text(), r#"{"open":2,"sent":1}"#);
    assert_eq!(kit(&backends).get("/count").await.text(), "9007199254740993");
}

#[tokio::test]
async fn what_is_missing_in_a_list_is_named_from_its_items_on() {
    let backends = well();
    backends.on("catalog", "/products").status(500);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("trefoil-degraded"), Some("lines.product;reason=status;count=2"));
    assert_eq!(answer.json()[0]["lines"][1], json!({"productId": 8, "product": null}));
}

#[tokio::test]
async fn the_failure_of_the_one_call_is_a_problem_that_names_the_endpoint() {
    let backends = well();
    backends.on("orders", "/users/u-1/orders").status(500);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["field"]), (502, &json!("orderList")));
    backends.on("orders", "/users/u-1/orders").status(404);
    assert_eq!(kit(&backends).get("/orders").await.status, 404);
    backends.on("orders", "/users/u-1/orders").json("{}");
    assert_eq!(kit(&backends).get("/orders").await.json()["code"], "backend-shape");
}

#[tokio::test]
async fn an_optional_answer_is_null_and_named_by_an_empty_path() {
    let backends = well();
    backends.on("orders", "/users/u-1/latest").status(500);
    let answer = kit(&backends).get("/latest").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "null"));
    assert_eq!(answer.header("trefoil-degraded"), Some("\"\";reason=status"));
    backends.on("orders", "/users/u-1/latest").status(404);
    let answer = kit(&backends).get("/latest").await;
    assert_eq!((answer.text(), answer.header("trefoil-degraded")), ("null", None));
}

#[tokio::test]
async fn a_default_stands_in_for_a_whole_answer() {
    let backends = well();
    backends.on("orders", "/users/u-1/counts").refused();
    let answer = kit(&backends).get("/counts").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "{}"));
    assert_eq!(answer.header("trefoil-degraded"), Some("\"\";reason=connect;default"));
}

#[tokio::test]
async fn a_stream_sends_the_whole_answer_as_one_field_with_an_empty_path() {
    let backends = well();
    backends.on("catalog", "/products").status(500);
    let events = kit(&backends).header("accept", "application/x-ndjson").get("/orders").await;
    let lines: Vec<Value> = events.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["event"], &lines[0]["path"]), (&json!("field"), &json!("")));
    assert_eq!(lines[0]["value"][0]["placedAt"], "today");
    assert_eq!(
        lines[1],
        json!({"event": "end", "degraded": [{"path": "lines.product", "reason": "status", "count": 2}]})
    );
}

#[tokio::test]
async fn graphql_has_a_field_whose_type_is_the_list() {
    let backends = well();
    let all = "{ orderList { id placedAt lines { productId product { id name } } } count counts }";
    assert_eq!(
        graphql(&backends, all).await.text(),
        format!(r#"{{"data":{{"orderList":{LIST},"count":9007199254740993,"counts":{{"open":2,"sent":1}}}}}}"#)
    );
    let schema = kit(&backends).get("/graphql/schema.graphql").await;
    for field in ["orderList: [Order!]\n", "latest: Order\n", "counts: JSON\n", "count: UInt64\n"] {
        assert!(schema.text().contains(field), "{field} is not in {}", schema.text());
    }
}

#[tokio::test]
async fn graphql_calls_what_is_selected_of_a_list_and_no_more() {
    let backends = well();
    let answer = graphql(&backends, "{ mine: orderList { __typename lines { productId } } }").await;
    assert_eq!(
        answer.text(),
        r#"{"data":{"mine":[{"__typename":"Order","lines":[{"productId":7},{"productId":8}]},{"__typename":"Order","lines":[]}]}}"#
    );
    assert_eq!(backends.calls("catalog").len(), 0);
}

#[tokio::test]
async fn graphql_names_places_in_a_list_from_its_key_on() {
    let backends = well();
    backends.on("catalog", "/products").status(500);
    backends.on("orders", "/users/u-1/latest").status(500);
    let answer = graphql(&backends, "{ a: orderList { lines { product { id } } } latest { id } }").await.json();
    assert_eq!(answer["errors"][0]["path"], json!(["a", 0, "lines", 0, "product"]));
    assert_eq!(answer["errors"][2]["path"], json!(["latest"]));
    assert_eq!(
        answer["extensions"]["degraded"],
        json!([{"path": "a.lines.product", "reason": "status", "count": 2}, {"path": "latest", "reason": "status"}])
    );
    backends.on("orders", "/users/u-1/orders").status(500);
    let answer = graphql(&backends, "{ a: orderList { id } }").await.json();
    assert_eq!((&answer["data"]["a"], &answer["errors"][0]["path"]), (&Value::Null, &json!(["a"])));
}

#[tokio::test]
async fn the_documents_know_the_answer_as_a_list() {
    let backends = well();
    let document = kit(&backends).get("/openapi.json").await.json();
    let schema = |path: &str| {
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"].clone()
    };
    assert_eq!(schema("/web/orders"), json!({"type": "array", "items": {"$ref": "#/components/schemas/Order"}}));
    assert_eq!(schema("/web/latest")["oneOf"][0], json!({"$ref": "#/components/schemas/Order"}));
    assert_eq!(schema("/web/counts")["additionalProperties"]["type"], "integer");
    // The struct around it is nobody's concern.
    assert!(document["components"]["schemas"].get("OrderList").is_none());
}

#[tokio::test]
async fn a_picture_calls_it_by_the_endpoint() {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<OrderList>().compile().unwrap();
    let picture = bff.plan("orderList").unwrap().draw();
    assert!(picture.contains("└─ orderList "), "{picture}");
    assert!(picture.contains("└─ lines.product "), "{picture}");
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_a_list_is_answered_as_declared() {
    let backends = well();
    for path in ["/orders", "/latest", "/counts", "/count", "/shelf"] {
        kit(&backends).matrix(path).await.assert_semantics();
    }
}

#[tokio::test]
async fn a_whole_answer_may_have_hidden_fields_beside_it() {
    let backends = well();
    let list = r#"[{"id":7,"name":"P"}]"#;
    assert_eq!(kit(&backends).get("/shelf").await.text(), list);
    let stream = kit(&backends).header("accept", "application/x-ndjson").get("/shelf").await;
    assert!(
        stream.text().starts_with(&format!(r#"{{"event":"field","path":"","value":{list}}}"#)),
        "{}",
        stream.text()
    );
    let answer = graphql(&backends, "{ shelfList { name } }").await;
    assert_eq!(answer.text(), r#"{"data":{"shelfList":[{"name":"P"}]}}"#);
    backends.on("orders", "/shelf").status(500);
    assert_eq!(kit(&backends).get("/shelf").await.json()["field"], "shelf");
}
