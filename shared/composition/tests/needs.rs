//! Views that say what they need, and what supplies it: an input, the caller, an earlier call, or an object on the way.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use trefoil_composition::{Bff, StandardCaller as Caller, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit};

#[backend]
pub(crate) struct Users;
#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;
#[backend]
pub(crate) struct Prices;

/// A product, priced in the currency of whoever asks.
#[view(needs(currency: String, warehouse: Option<String>))]
pub(crate) struct Product {
    pub(crate) id: String,
    /// Its price: those of all products are one call.
    #[call(Prices, get = "/prices", query(in_currency = needs.currency), batch(ids = id, by = id), within = "200ms")]
    pub(crate) price: Option<Price>,
    /// How many there are, where a warehouse is named.
    #[call(Catalog, get = "/stock/{needs.warehouse}/{id}", each(at_once = 4), within = "200ms")]
    pub(crate) stock: Option<Level>,
    /// What it is called there.
    #[computed(label(id, needs.currency))]
    pub(crate) label: String,
}

fn label(id: &str, currency: &str) -> String {
    format!("{id} in {currency}")
}

#[view]
pub(crate) struct Price {
    pub(crate) id: String,
    pub(crate) amount: f64,
}

#[view]
pub(crate) struct Level {
    pub(crate) available: u32,
}

/// A line: it passes on what its product needs.
#[view(needs(currency: String, warehouse: Option<String>))]
pub(crate) struct Line {
    pub(crate) product: Product,
    pub(crate) quantity: u32,
}

#[view(needs(currency: String, warehouse: Option<String>))]
pub(crate) struct Order {
    pub(crate) id: u32,
    pub(crate) lines: Vec<Line>,
}

#[view]
pub(crate) struct Profile {
    pub(crate) currency: String,
    pub(crate) home: Option<Home>,
}

#[view]
pub(crate) struct Home {
    pub(crate) warehouse: String,
}

#[input]
pub(crate) struct ListInput {
    #[query]
    pub(crate) currency: String,
    #[query]
    pub(crate) warehouse: Option<String>,
}

/// Orders, priced as the client says.
#[composition(get = "/asked", deadline = "1s", input = ListInput, supply(currency = query.currency, warehouse = query.warehouse))]
pub(crate) struct Asked {
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
}

/// Orders and wishes, priced as the profile says.
#[composition(get = "/mine", deadline = "1s", supply(currency = profile.currency, warehouse = profile.home.warehouse))]
pub(crate) struct Mine {
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
    #[call(Orders, get = "/wishes")]
    pub(crate) wishes: Option<Vec<Line>>,
    #[call(Users, get = "/users/{caller.id}")]
    pub(crate) profile: Profile,
}

/// The same, and nobody sees the profile.
#[composition(get = "/quiet", deadline = "1s", supply(currency = profile.currency))]
pub(crate) struct Quiet {
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Option<Vec<Order>>,
    #[hidden]
    #[call(Users, get = "/users/{caller.id}", pass = [404])]
    pub(crate) profile: Profile,
}

/// Orders of those who have a profile, and of those who have none.
#[composition(get = "/maybe", deadline = "1s", supply(place = profile.currency))]
pub(crate) struct Perhaps {
    #[call(Orders, get = "/places")]
    pub(crate) places: Vec<Place>,
    #[call(Users, get = "/users/{caller.id}", absent = [404])]
    pub(crate) profile: Option<Profile>,
}

/// It does with nothing, too.
#[view(needs(place: Option<String>))]
pub(crate) struct Place {
    pub(crate) id: u32,
    #[call(Catalog, get = "/notes/{id}", query(of = needs.place), each(at_once = 4))]
    pub(crate) note: Option<Level>,
}

/// A comment, translated for its readers, and so are its replies.
#[view(needs(currency: String))]
pub(crate) struct Comment {
    pub(crate) id: String,
    pub(crate) replies: Vec<Comment>,
    #[call(Prices, get = "/words", query(to = needs.currency), batch(ids = id, by = id))]
    pub(crate) words: Option<Price>,
}

/// A thread.
#[composition(get = "/thread", deadline = "1s", input = ListInput, supply(currency = query.currency))]
pub(crate) struct Thread {
    #[call(Orders, get = "/comments")]
    pub(crate) comments: Vec<Comment>,
}

fn bff() -> Bff {
    Bff::new("web")
        .caller::<Caller>()
        .endpoint::<Asked>()
        .endpoint::<Mine>()
        .endpoint::<Quiet>()
        .endpoint::<Perhaps>()
        .endpoint::<Thread>()
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

fn line(product: &str) -> String {
    format!(r#"{{"product":{{"id":"{product}"}},"quantity":1}}"#)
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    let orders = format!(r#"[{{"id":1,"lines":[{},{}]}},{{"id":2,"lines":[{}]}}]"#, line("a"), line("b"), line("a"));
    backends.on("orders", "/orders").json(&orders);
    backends.on("orders", "/wishes").json(&format!("[{}]", line("c")));
    backends.on("users", "/users/u-1").json(r#"{"currency":"CHF","home":{"warehouse":"ZRH"}}"#);
    backends.on("prices", "/prices").asked(|call| {
        let ids = call.path.split("ids=").nth(1).unwrap();
        let price = |id: &str| format!(r#"{{"id":"{id}","amount":{}.5}}"#, id.len());
        trefoil_testing::Reply::json(&format!("[{}]", ids.split(',').map(price).collect::<Vec<_>>().join(",")))
    });
    backends.on("catalog", "/stock/").json(r#"{"available":3}"#);
    backends
}

fn paths(backends: &FakeBackends, backend: &str) -> Vec<String> {
    let mut paths: Vec<String> = backends.calls(backend).into_iter().map(|call| call.path).collect();
    paths.sort();
    paths
}

#[tokio::test(start_paused = true)]
async fn an_input_is_supplied_to_views_at_any_depth() {
    let backends = well();
    let answer = kit(&backends).get("/asked?currency=EUR&warehouse=BER").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("trefoil-degraded"), None);
    // One batch for all products, and each stock once.
    assert_eq!(paths(&backends, "prices"), ["/prices?in_currency=EUR&ids=a,b"]);
    assert_eq!(paths(&backends, "catalog"), ["/stock/BER/a", "/stock/BER/b"]);
    let json = answer.json();
    assert_eq!(
        json["orders"][1]["lines"][0]["product"],
        json!({"id": "a", "price": {"id": "a", "amount": 1.5}, "stock": {"available": 3}, "label": "a in EUR"})
    );
}

#[tokio::test(start_paused = true)]
async fn an_optional_need_that_is_null_skips_the_call_and_is_complete() {
    let backends = well();
    let answer = kit(&backends).get("/asked?currency=EUR").await;
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert!(backends.calls("catalog").is_empty());
    assert!(answer.json()["orders"][0]["lines"][0]["product"]["stock"].is_null());
    // One that is left unsupplied, likewise.
    let answer = kit(&backends).get("/quiet").await;
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert!(backends.calls("catalog").is_empty());
    assert_eq!(answer.json()["orders"][0]["lines"][0]["product"]["price"]["amount"], 1.5);
}

#[tokio::test(start_paused = true)]
async fn one_view_is_supplied_differently_by_two_endpoints() {
    let backends = well();
    let asked = kit(&backends).get("/asked?currency=EUR").await;
    let mine = kit(&backends).get("/mine").await;
    assert_eq!(asked.json()["orders"][0]["lines"][0]["product"]["label"], "a in EUR");
    assert_eq!(mine.json()["orders"][0]["lines"][0]["product"]["label"], "a in CHF");
    assert_eq!(
        paths(&backends, "prices"),
        // Orders have lines a level above the wishes, which are lines.
        ["/prices?in_currency=CHF&ids=a,b,c", "/prices?in_currency=EUR&ids=a,b"]
    );
}

#[tokio::test(start_paused = true)]
async fn only_what_needs_it_waits_for_the_call_that_supplies_it() {
    let backends = well();
    let orders = format!(r#"[{{"id":1,"lines":[{}]}}]"#, line("a"));
    backends.on("orders", "/orders").slow(100).json(&orders);
    backends.on("users", "/users/u-1").slow(150).json(r#"{"currency":"CHF","home":null}"#);
    let started = Instant::now();
    let answer = kit(&backends).get("/mine").await;
    assert!(started.elapsed() >= Duration::from_millis(150) && started.elapsed() < Duration::from_millis(155));
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(answer.json()["orders"][0]["lines"][0]["product"]["label"], "a in CHF");
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_call_that_failed_is_missing_for_dependency() {
    let backends = well();
    backends.on("orders", "/places").json(r#"[{"id":1},{"id":2}]"#);
    backends.on("users", "/users/u-1").status(500);
    let answer = kit(&backends).get("/maybe").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("trefoil-degraded"), Some("profile;reason=status, places.note;reason=dependency;count=2"));
    assert!(backends.calls("catalog").is_empty());
    // That there is none is no failure.
    backends.on("users", "/users/u-1").status(404);
    let answer = kit(&backends).get("/maybe").await;
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(answer.json(), json!({"places": [{"id": 1, "note": null}, {"id": 2, "note": null}], "profile": null}));
    // A required call that supplies others fails the answer as any other.
    backends.on("users", "/users/u-1").status(500);
    assert_eq!(kit(&backends).get("/mine").await.status, 502);
}

#[tokio::test(start_paused = true)]
async fn a_hidden_call_can_supply_and_is_made_only_where_it_is_asked_for() {
    let backends = well();
    let answer = kit(&backends).get("/quiet").await;
    assert_eq!(answer.json()["orders"][0]["lines"][1]["product"]["label"], "b in CHF");
    assert!(answer.json().get("profile").is_none());
    // What it passes on is the answer's status, also of a stream.
    backends.on("users", "/users/u-1").slow(50).status(404);
    assert_eq!(kit(&backends).get("/quiet").await.status, 404);
    assert_eq!(kit(&backends).header("accept", "text/event-stream").get("/quiet").await.status, 404);
    let before = backends.calls("users").len();
    let answer =
        kit(&backends).post("/graphql", json!({"query": "{ quiet { orders { id } } }"}).to_string().as_str()).await;
    assert_eq!(answer.json()["data"]["quiet"]["orders"][1]["id"], 2, "{}", answer.text());
    assert_eq!(backends.calls("users").len(), before);
}

#[tokio::test(start_paused = true)]
async fn a_selection_makes_the_call_that_supplies_it_without_selecting_it() {
    let backends = well();
    let query = "{ mine { orders { lines { product { id price { amount } } } } } }";
    let answer = kit(&backends).post("/graphql", json!({"query": query}).to_string().as_str()).await;
    assert_eq!(
        answer.json(),
        json!({"data": {"mine": {"orders": [
            {"lines": [{"product": {"id": "a", "price": {"amount": 1.5}}}, {"product": {"id": "b", "price": {"amount": 1.5}}}]},
            {"lines": [{"product": {"id": "a", "price": {"amount": 1.5}}}]}
        ]}}}),
        "{}",
        answer.text()
    );
    assert_eq!(backends.calls("users").len(), 1);
    assert!(backends.calls("catalog").is_empty());
    // Nothing that needs it is selected: it is not made.
    let query = "{ mine { orders { id } wishes { quantity } } }";
    kit(&backends).post("/graphql", json!({"query": query}).to_string().as_str()).await;
    assert_eq!(backends.calls("users").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_what_is_supplied_late() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(50).json(r#"{"currency":"CHF","home":null}"#);
    let answer = kit(&backends).header("accept", "application/x-ndjson").get("/mine").await;
    let lines: Vec<serde_json::Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let orders = lines.iter().find(|line| line["path"] == "orders").unwrap();
    assert_eq!(orders["value"], kit(&backends).get("/mine").await.json()["orders"]);
    assert_eq!(lines.last().unwrap(), &json!({"event": "end", "degraded": []}));
}

#[tokio::test(start_paused = true)]
async fn a_view_that_contains_itself_passes_on_what_it_needs() {
    let backends = well();
    backends.on("orders", "/comments").json(r#"[{"id":"a","replies":[{"id":"b","replies":[]}]}]"#);
    backends.on("prices", "/words").json(r#"[{"id":"b","amount":2},{"id":"a","amount":1}]"#);
    let answer = kit(&backends).get("/thread?currency=fr").await;
    assert_eq!(answer.json()["comments"][0]["replies"][0]["words"]["amount"], 2, "{}", answer.text());
    assert_eq!(paths(&backends, "prices"), ["/words?to=fr&ids=a,b"]);
}

#[test]
fn the_plan_shows_what_supplies_a_need_and_what_waits_for_it() {
    let compiled = bff().compile().unwrap();
    let plan = compiled.plan("mine").unwrap().draw();
    assert!(plan.contains("/prices?in_currency={needs.currency = profile.currency}&ids=…"), "{plan}");
    assert!(plan.contains("label(id, needs.currency = profile.currency)"), "{plan}");
    assert!(plan.contains("2 in a row"), "{plan}");
}
