//! Needs that a view on the way supplies, from its own fields or from its own calls: each object is given what the one around it has.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller as Caller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit, Received, Reply};

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;
#[backend]
pub(crate) struct Prices;

/// An order in a currency of its own.
#[view(supply(currency = currency, country = address.country))]
pub(crate) struct Order {
    pub(crate) lines: Vec<Line>,
    pub(crate) id: u32,
    /// Where it goes.
    #[call(Orders, get = "/addresses/{id}", each(at_once = 8), within = "200ms")]
    pub(crate) address: Option<Address>,
    pub(crate) currency: String,
}

#[view]
pub(crate) struct Address {
    pub(crate) country: String,
}

/// A line, whose product is another call.
#[view(needs(currency: String, country: Option<String>))]
pub(crate) struct Line {
    pub(crate) product_id: String,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id), within = "200ms")]
    pub(crate) product: Option<Product>,
}

/// One product may be in many orders, and each wants its price in another currency.
#[view(needs(currency: String, country: Option<String>))]
pub(crate) struct Product {
    pub(crate) id: String,
    #[call(Prices, get = "/prices", query(to = needs.currency), batch(ids = id, by = id), within = "200ms")]
    pub(crate) price: Option<Price>,
    #[call(Prices, get = "/taxes/{needs.country}", each(at_once = 8), within = "200ms")]
    pub(crate) tax: Option<Price>,
}

#[view]
pub(crate) struct Price {
    pub(crate) id: String,
}

/// Orders, each in its own currency.
#[composition(get = "/orders", deadline = "1s")]
pub(crate) struct OrderList {
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<Caller>().endpoint::<OrderList>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn of_keys(call: &Received, element: impl Fn(&str) -> Value) -> Reply {
    let keys = call.path.split("ids=").nth(1).unwrap();
    Reply::json(&keys.split(',').map(element).collect::<Value>().to_string())
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(
        r#"[{"id":1,"currency":"EUR","lines":[{"product_id":"a"},{"product_id":"b"},{"product_id":"a"}]},
            {"lines":[{"product_id":"a"}],"id":2,"currency":"CHF"},
            {"lines":[{"product_id":"b"},{"product_id":"c"}],"id":3,"currency":"EUR"}]"#,
    );
    backends.on("orders", "/addresses/").asked(|call| {
        let country = if call.path.ends_with('2') { "CH" } else { "DE" };
        Reply::json(&json!({ "country": country }).to_string())
    });
    backends.on("catalog", "/products").asked(|call| of_keys(call, |id| json!({ "id": id })));
    // An id that says what was asked for: in which currency, which product.
    backends.on("prices", "/prices").asked(|call| of_keys(call, |id| json!({ "id": id })));
    backends.on("prices", "/taxes/").asked(|call| Reply::json(&json!({ "id": call.path }).to_string()));
    backends
}

fn paths(backends: &FakeBackends, backend: &str) -> Vec<String> {
    let mut paths: Vec<String> = backends.calls(backend).into_iter().map(|call| call.path).collect();
    paths.sort();
    paths
}

fn product(country: &str, id: &str) -> Value {
    json!({"productId": id, "product": {"id": id, "price": {"id": id}, "tax": {"id": format!("/taxes/{country}")}}})
}

#[tokio::test(start_paused = true)]
async fn each_object_is_given_what_the_one_around_it_has() {
    let backends = well();
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(
        answer.json(),
        json!({"orders": [
            {"lines": [product("DE", "a"), product("DE", "b"), product("DE", "a")], "id": 1, "address": {"country": "DE"}, "currency": "EUR"},
            {"lines": [product("CH", "a")], "id": 2, "address": {"country": "CH"}, "currency": "CHF"},
            {"lines": [product("DE", "b"), product("DE", "c")], "id": 3, "address": {"country": "DE"}, "currency": "EUR"}
        ]})
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_one_call_for_all_that_are_given_the_same() {
    let backends = well();
    kit(&backends).get("/orders").await;
    // One call for all products, one for the prices of each currency, one for each country.
    assert_eq!(paths(&backends, "catalog"), ["/products?ids=a,b,c"]);
    assert_eq!(
        paths(&backends, "prices"),
        ["/prices?to=CHF&ids=a", "/prices?to=EUR&ids=a,b,c", "/taxes/CH", "/taxes/DE"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_an_object_further_out_lacks_is_missing_for_its_own_alone() {
    let backends = well();
    backends.on("orders", "/addresses/2").status(500);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(
        answer.header("trefoil-degraded"),
        Some("orders.address;reason=status, orders.lines.product.tax;reason=dependency"),
        "{}",
        answer.text()
    );
    let json = answer.json();
    assert!(json["orders"][1]["lines"][0]["product"]["tax"].is_null());
    assert_eq!(json["orders"][2]["lines"][1], product("DE", "c"));
}

#[tokio::test(start_paused = true)]
async fn a_selection_gives_what_it_does_not_show() {
    let backends = well();
    let query = "{ orderList { orders { lines { product { t: tax { id } price { id } } } } } }";
    let answer = kit(&backends).post("/graphql", &json!({ "query": query }).to_string()).await;
    let product =
        |country: &str, id: &str| json!({"product": {"t": {"id": format!("/taxes/{country}")}, "price": {"id": id}}});
    assert_eq!(
        answer.json(),
        json!({"data": {"orderList": {"orders": [
            {"lines": [product("DE", "a"), product("DE", "b"), product("DE", "a")]},
            {"lines": [product("CH", "a")]},
            {"lines": [product("DE", "b"), product("DE", "c")]}
        ]}}}),
    );
    // What nothing selected needs is not called for.
    let before = backends.calls("orders").len();
    let query = "{ orderList { orders { lines { product { price { id } } } } } }";
    kit(&backends).post("/graphql", &json!({ "query": query }).to_string()).await;
    assert_eq!(backends.calls("orders").len(), before + 1);
}
