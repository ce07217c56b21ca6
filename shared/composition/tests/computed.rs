//! A computed field is what an ordinary function makes of other values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]
#![allow(
    clippy::ptr_arg,
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "arguments come as references to what is declared"
)]

extern crate trefoil_composition as trefoil;

use serde_json::json;
use trefoil_composition::{Bff, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Name {
    #[serde(rename = "first_name")]
    pub(crate) first: String,
    pub(crate) last: Option<String>,
}

#[view]
pub(crate) struct Profile {
    pub(crate) name: Name,
    pub(crate) age: u32,
}

#[view]
pub(crate) struct Badge {
    #[serde(rename = "badge_text")]
    pub(crate) text: String,
}

/// A line of an order.
#[view]
pub(crate) struct Line {
    #[hidden]
    pub(crate) unit_cents: u64,
    pub(crate) quantity: u32,
    /// What it costs.
    #[computed(times(unit_cents, quantity))]
    pub(crate) cents: u64,
}

#[input]
pub(crate) struct HomeInput {
    #[query]
    pub(crate) greeting: Option<String>,
}

fn times(unit: &u64, quantity: &u32) -> u64 {
    unit * u64::from(*quantity)
}

fn sum(lines: &Vec<Price>) -> u64 {
    lines.iter().map(|line| line.unit_cents * u64::from(line.quantity)).sum()
}

/// What is noted of a line, without what is computed of it.
#[view]
pub(crate) struct Price {
    pub(crate) unit_cents: u64,
    pub(crate) quantity: u32,
}

mod words {
    use super::{Badge, Name, Profile};

    pub(crate) fn full_name(name: &Name) -> String {
        format!("{} {}", name.first, name.last.as_deref().unwrap_or("-"))
    }

    pub(crate) fn greet(greeting: &Option<String>, name: &Option<String>, id: &str) -> String {
        let (greeting, name) = (greeting.as_deref().unwrap_or("Hello"), name.as_deref().unwrap_or("you"));
        format!("{greeting}, {name} ({id})")
    }

    pub(crate) fn badge(profile: &Option<Profile>) -> Badge {
        let text = profile.as_ref().map_or_else(|| "guest".to_owned(), |profile| profile.name.first.clone());
        Badge { text }
    }

    pub(crate) fn adult(age: &u32) -> bool {
        assert!(*age < 150, "nobody is that old");
        *age >= 18
    }
}

/// The landing screen.
#[composition(get = "/home", input = HomeInput)]
pub(crate) struct Home {
    /// Both names.
    #[computed(words::full_name(profile.name))]
    pub(crate) full_name: Option<String>,
    /// Who asks.
    #[call(Shop, get = "/profile")]
    pub(crate) profile: Option<Profile>,
    /// A greeting.
    #[computed(words::greet(query.greeting, full_name, caller.id))]
    pub(crate) greeting: String,
    /// Always there.
    #[computed(words::badge(profile))]
    pub(crate) badge: Badge,
    /// Whether of age.
    #[computed(words::adult(profile.age))]
    pub(crate) adult: Option<bool>,
    /// What there is for them.
    #[call(Shop, get = "/hints/{badge.text}")]
    pub(crate) hints: Option<Vec<String>>,
}

/// What is ordered.
#[view]
pub(crate) struct Basket {
    #[serde(rename = "number_of_pieces")]
    pub(crate) pieces: u32,
    pub(crate) note: Option<String>,
}

#[input]
pub(crate) struct OrderInput {
    #[body]
    pub(crate) basket: Basket,
}

#[view]
pub(crate) struct Placed {
    pub(crate) id: u64,
}

fn thanks(basket: &Basket, id: &u64, note: &Option<String>) -> String {
    format!("{} pieces, order {id}, {}", basket.pieces, note.as_deref().unwrap_or("no note"))
}

fn has_a_note(note: &Option<String>) -> bool {
    note.is_some()
}

/// Places an order.
#[composition(post = "/orders", input = OrderInput)]
pub(crate) struct PlaceOrder {
    /// The order.
    #[hidden]
    #[call(Shop, post = "/orders", body = body)]
    pub(crate) order: Placed,
    /// What to say to whoever ordered.
    #[computed(thanks(body, order.id, body.note))]
    pub(crate) thanks: String,
    /// Whoever reads it.
    #[call(Shop, get = "/readers/{order.id}", when = has_a_note(body.note))]
    pub(crate) reader: Option<String>,
}

/// A cart.
#[composition(get = "/cart")]
pub(crate) struct Cart {
    /// The lines.
    #[call(Shop, get = "/lines")]
    pub(crate) lines: Vec<Line>,
    /// The same lines, for their prices.
    #[hidden]
    #[call(Shop, get = "/lines")]
    pub(crate) prices: Vec<Price>,
    /// What they cost together.
    #[computed(sum(prices))]
    pub(crate) total: u64,
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<Caller>().endpoint::<Home>().endpoint::<Cart>().endpoint::<PlaceOrder>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn with(profile: &str) -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("shop", "/profile").json(profile);
    backends.on("shop", "/hints/").json(r#"["a"]"#);
    backends
}

const ADA: &str = r#"{"age":36,"name":{"extra":1,"last":"L","first_name":"Ada"}}"#;

#[tokio::test(start_paused = true)]
async fn a_function_of_parts_inputs_and_computed_fields_fills_a_field() {
    let backends = with(ADA);
    let answer = kit(&backends).get("/home?greeting=Ahoy").await;
    assert_eq!(
        answer.text(),
        r#"{"fullName":"Ada L","profile":{"name":{"first":"Ada","last":"L"},"age":36},"greeting":"Ahoy, Ada L (u-1)","badge":{"text":"Ada"},"adult":true,"hints":["a"]}"#
    );
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(backends.calls("shop")[1].path, "/hints/Ada");
}

#[tokio::test(start_paused = true)]
async fn an_argument_that_is_null_skips_the_function_and_one_that_may_be_is_none() {
    let answer = kit(&with("null")).get("/home").await;
    assert_eq!(
        answer.text(),
        r#"{"fullName":null,"profile":null,"greeting":"Hello, you (u-1)","badge":{"text":"guest"},"adult":null,"hints":["a"]}"#
    );
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test(start_paused = true)]
async fn what_is_made_of_a_failed_call_depends_on_it() {
    let backends = with(ADA);
    backends.on("shop", "/profile").status(500);
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.json()["badge"], json!({ "text": "guest" }));
    // What takes an `Option` is made without it, and is not missing.
    assert_eq!(
        answer.header("trefoil-degraded"),
        Some("profile;reason=status, fullName;reason=dependency, adult;reason=dependency")
    );
    assert_eq!(answer.json()["greeting"], "Hello, you (u-1)");
}

#[tokio::test(start_paused = true)]
async fn a_panic_costs_its_field_alone() {
    let answer = kit(&with(r#"{"age":150,"name":{"first_name":"Ada"}}"#)).get("/home").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["adult"]), (200, &json!(null)));
    assert_eq!(answer.header("trefoil-degraded"), Some("adult;reason=shape"));
}

#[tokio::test(start_paused = true)]
async fn an_argument_that_is_not_its_type_is_a_shape_failure() {
    // What no output shows is read by the function alone.
    let query = json!({ "query": "{ home { fullName } }" }).to_string();
    let answer = kit(&with(r#"{"age":1,"name":{"first_name":7}}"#)).post("/graphql", &query).await.json();
    assert_eq!(answer["data"], json!({ "home": { "fullName": null } }));
    assert_eq!(answer["extensions"]["degraded"][0], json!({ "path": "home.fullName", "reason": "shape" }));
}

#[tokio::test(start_paused = true)]
async fn each_item_of_a_list_and_a_whole_list_can_be_computed_of() {
    let backends = FakeBackends::new();
    backends.on("shop", "/lines").json(r#"[{"quantity":2,"unit_cents":150},{"unit_cents":7,"quantity":1}]"#);
    let answer = kit(&backends).get("/cart").await;
    assert_eq!(answer.text(), r#"{"lines":[{"quantity":2,"cents":300},{"quantity":1,"cents":7}],"total":307}"#);

    let query = json!({ "query": "{ cart { lines { c: cents } } }" }).to_string();
    let answer = kit(&backends).post("/graphql", &query).await.json();
    assert_eq!(answer, json!({ "data": { "cart": { "lines": [{ "c": 300 }, { "c": 7 }] } } }));
}

#[tokio::test(start_paused = true)]
async fn a_computed_field_is_documented_as_its_type_and_drawn_as_its_function() {
    let backends = FakeBackends::new();
    let openapi = kit(&backends).get("/openapi.json").await.json();
    assert_eq!(openapi["components"]["schemas"]["Line"]["properties"]["cents"]["type"], "integer");
    let plan = Bff::new("web").caller::<Caller>().endpoint::<Cart>().compile().unwrap();
    let plan = plan.plan("cart").unwrap();
    assert!(
        plan.draw().contains("sum(prices)") && plan.draw().contains("times(unit_cents, quantity)"),
        "{}",
        plan.draw()
    );
    assert!(plan.findings().iter().all(|finding| finding.field != "total" && finding.field != "lines.cents"));
    assert_eq!(plan.requested().count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_body_and_its_parts_can_be_computed_of_and_decide() {
    for (note, said, reader) in [("\"hi\"", "hi", json!("Bob")), ("null", "no note", json!(null))] {
        let backends = FakeBackends::new();
        backends.on("shop", "/orders").json(r#"{"id":9}"#);
        backends.on("shop", "/readers/9").json(r#""Bob""#);
        let answer = kit(&backends).post("/orders", &format!(r#"{{"note":{note},"pieces":2}}"#)).await;
        assert_eq!(answer.json(), json!({ "thanks": format!("2 pieces, order 9, {said}"), "reader": reader }));
        assert_eq!(backends.calls("shop").len(), if reader.is_null() { 1 } else { 2 });
    }
}
