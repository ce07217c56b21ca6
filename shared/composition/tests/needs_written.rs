//! What is supplied may be written where it is: `supply(currency = "EUR")`, numbers and flags.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::json;
use trefoil_composition::{Bff, StandardCaller as Caller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Shop;
#[backend]
pub(crate) struct Prices;

/// Something with a price.
#[view(needs(currency: String, most: Option<u8>, factor: f64, sale: bool))]
pub(crate) struct Card {
    pub(crate) id: String,
    #[call(Prices, get = "/prices", query(currency = needs.currency, most = needs.most, factor = needs.factor), batch(ids = id, by = id), when = needs.sale, within = "200ms")]
    pub(crate) price: Option<Price>,
    #[computed(label(id, needs.currency, needs.most))]
    pub(crate) label: String,
}

fn label(id: &str, currency: &str, most: &Option<u8>) -> String {
    format!("{id} {currency} {most:?}")
}

#[view]
pub(crate) struct Price {
    pub(crate) id: String,
}

/// A shelf in Swiss francs, whose card's members are its own.
#[view(needs(factor: f64), supply(currency = "CHF \"{{new}}\"", most = 255, sale = true))]
pub(crate) struct Shelf {
    #[serde(flatten)]
    pub(crate) card: Card,
    pub(crate) others: Vec<Card>,
}

/// Two shelves, and a card in euros without a price.
#[composition(get = "/page", deadline = "1s", supply(currency = "EUR", factor = -1.50, sale = false))]
pub(crate) struct Page {
    #[call(Shop, get = "/shelf")]
    pub(crate) shelf: Shelf,
    #[call(Shop, get = "/card")]
    pub(crate) card: Card,
}

/// An order is made, then read with what is written.
#[composition(post = "/orders", deadline = "1s", supply(currency = made.currency, factor = 2, sale = true))]
pub(crate) struct Order {
    #[call(Shop, post = "/orders")]
    pub(crate) made: Made,
    #[call(Shop, get = "/card", within = "300ms")]
    pub(crate) card: Option<Card>,
}

#[view]
pub(crate) struct Made {
    pub(crate) currency: String,
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<Caller>().endpoint::<Page>().endpoint::<Order>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("shop", "/shelf").json(&json!({"id": "a", "others": [{"id": "b"}]}).to_string());
    backends.on("shop", "/card").json(r#"{"id":"c"}"#);
    backends.on("shop", "/orders").slow(30).json(r#"{"currency":"SEK"}"#);
    let price = |id: &str| json!({ "id": id });
    let all: Vec<serde_json::Value> = ["a", "b", "c"].into_iter().map(price).collect();
    backends.on("prices", "/prices").reply(Reply::json(&json!(all).to_string()));
    backends
}

#[tokio::test(start_paused = true)]
async fn what_is_written_is_supplied_as_its_own_type() {
    let backends = well();
    let answer = kit(&backends).get("/page").await;
    let card = |id: &str| json!({"id": id, "price": {"id": id}, "label": format!("{id} CHF \"{{new}}\" Some(255)")});
    let mut shelf = card("a");
    shelf["others"] = json!([card("b")]);
    assert_eq!(
        answer.json(),
        json!({"shelf": shelf, "card": {"id": "c", "price": null, "label": "c EUR None"}}),
        "{}",
        answer.text()
    );
    assert_eq!(answer.header("trefoil-degraded"), None);
    let asked: Vec<String> = backends.calls("prices").into_iter().map(|call| call.path).collect();
    let beside = "currency=CHF%20%22%7Bnew%7D%22&most=255&factor=-1.50";
    assert_eq!(asked, [format!("/prices?{beside}&ids=a"), format!("/prices?{beside}&ids=b")]);
}

#[tokio::test(start_paused = true)]
async fn what_a_write_answers_is_supplied_to_what_is_read_after_it() {
    let backends = well();
    let answer = kit(&backends).post("/orders", "").await;
    assert_eq!(
        answer.json(),
        json!({"made": {"currency": "SEK"}, "card": {"id": "c", "price": null, "label": "c SEK None"}})
    );
    let calls = backends.all_calls();
    let paths: Vec<&str> = calls.iter().map(|call| call.path.as_str()).collect();
    // `most` is null, and skips the call that refers to it.
    assert_eq!(paths, ["/orders", "/card"]);
    assert_eq!((calls[1].at - calls[0].at).as_millis(), 30);
}

#[tokio::test(start_paused = true)]
async fn graphql_supplies_what_is_written_too() {
    let query = json!({"query": "{ page { shelf { price { id } label } } }"});
    let answer = kit(&well()).post("/graphql", &query.to_string()).await;
    assert_eq!(
        answer.json(),
        json!({"data": {"page": {"shelf": {"price": {"id": "a"}, "label": "a CHF \"{new}\" Some(255)"}}}})
    );
}

#[test]
fn a_plan_shows_what_is_written() {
    let compiled = Bff::new("web").caller::<Caller>().endpoint::<Page>().compile().unwrap();
    let drawn = compiled.plans()[0].draw();
    assert!(drawn.contains(r#"needs.currency = "EUR""#), "{drawn}");
    assert!(drawn.contains("needs.factor = -1.50"), "{drawn}");
}
