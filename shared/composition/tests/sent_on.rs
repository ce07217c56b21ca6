//! Whole objects and lists of what one backend answered are sent on to another: what their views name, in its names.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;

use http::Method;
use serde_json::json;
use trefoil_composition::{Bff, Raw, StandardCaller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Carts;
#[backend]
pub(crate) struct Orders;

#[view]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Cart {
    #[serde(rename(deserialize = "cart_no", serialize = "number"), alias = "no")]
    pub(crate) id: u64,
    pub(crate) all_lines: Vec<Line>,
    #[serde(flatten)]
    pub(crate) buyer: Buyer,
    pub(crate) labels: BTreeMap<String, f64>,
    pub(crate) payment: Payment,
    #[serde(default)]
    pub(crate) gift: bool,
    pub(crate) parent: Option<Box<Cart>>,
}

#[view]
pub(crate) struct Line {
    #[serde(rename = "productId")]
    pub(crate) product_id: u64,
    pub(crate) unit_price: f64,
    pub(crate) note: Option<String>,
}

#[view]
pub(crate) struct Buyer {
    pub(crate) buyer_name: String,
}

#[view]
#[serde(tag = "pay_by", rename_all = "snake_case")]
pub(crate) enum Payment {
    CreditCard(Card),
    OnAccount(Account),
}

#[view]
pub(crate) struct Card {
    pub(crate) last_digits: String,
}

#[view]
pub(crate) struct Account {
    pub(crate) account_no: u32,
}

#[view]
pub(crate) struct Placed {
    pub(crate) id: u64,
}

pub(crate) fn dear(lines: &[Line]) -> Vec<Line> {
    lines.iter().filter(|line| line.unit_price > 10.0).cloned().collect()
}

/// Orders what is in the cart.
#[composition(post = "/orders")]
pub(crate) struct OrderCart {
    /// The cart.
    #[call(Carts, get = "/carts/{caller.id}")]
    pub(crate) cart: Cart,
    /// What may be missing.
    #[hidden]
    #[call(Carts, get = "/extras", or = Vec::new())]
    pub(crate) extras: Vec<Line>,
    /// What is dear in it.
    #[hidden]
    #[computed(dear(cart.all_lines))]
    pub(crate) dear: Vec<Line>,
    /// The order.
    #[call(
        Orders,
        post = "/orders",
        body(lines = cart.all_lines, whole(cart = cart), by = cart.payment, dear = dear, extras = extras, who = cart.buyer.buyer_name)
    )]
    pub(crate) order: Placed,
}

/// Copies the cart.
#[composition(put = "/copy")]
pub(crate) struct CopyCart {
    /// The cart.
    #[hidden]
    #[call(Carts, get = "/carts/{caller.id}")]
    pub(crate) cart: Cart,
    /// The copy.
    #[call(Orders, put = "/copy", body = cart)]
    pub(crate) copied: (),
}

const CART: &str = r#"{"secret":{"a":[1]}, "gift":true,"labels":{"b c":1.10,"a":2e1},"no":9007199254740993,
    "payment":{"last_digits":"4242","pay_by":"credit_card","cvc":"123"},"buyer_name":"Ad\u00e1","parent":{"cart_no":1,"all-lines":[],
    "labels":{},"buyer_name":"B","payment":{"pay_by":"on_account","account_no":3},"secret":1},
    "all-lines":[{"unit_price":19.90,"productId":7,"margin":5},{"productId":8,"unit_price":1.0,"note":"n"}]}"#;
const LINES: &str = r#"[{"productId":7,"unit_price":19.90,"note":null},{"productId":8,"unit_price":1.0,"note":"n"}]"#;
const SENT: &str = r#"{"cart_no":9007199254740993,"all-lines":[{"productId":7,"unit_price":19.90,"note":null},{"productId":8,"unit_price":1.0,"note":"n"}],"buyer_name":"Ad\u00e1","labels":{"b c":1.10,"a":2e1},"payment":{"pay_by":"credit_card","last_digits":"4242"},"gift":true,"parent":{"cart_no":1,"all-lines":[],"buyer_name":"B","labels":{},"payment":{"pay_by":"on_account","account_no":3},"gift":false,"parent":null}}"#;

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("carts", "/carts/u-1").json(CART);
    backends.on("carts", "/extras").json(r#"[{"productId":9,"unit_price":0,"margin":1}]"#);
    backends.on("orders", "/orders").answer(201, "application/json", r#"{"id":1}"#);
    backends.on("orders", "/copy").answer(204, "", "");
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<OrderCart>().endpoint::<CopyCart>();
    Kit::new(&bff.endpoint::<Banner>(), backends).caller("u-1", &[])
}

/// GraphQL has a `Query`, so it needs something to read.
#[composition(get = "/banner")]
pub(crate) struct Banner {
    /// The banner.
    #[call(Carts, get = "/banner")]
    pub(crate) banner: String,
}

fn order_of(extras: &str) -> String {
    format!(
        r#"{{"lines":{LINES},"whole":{{"cart":{SENT}}},"by":{{"pay_by":"credit_card","last_digits":"4242"}},"dear":[{{"productId":7,"unit_price":19.9,"note":null}}],"extras":{extras},"who":"Ad\u00e1"}}"#
    )
}

#[tokio::test(start_paused = true)]
async fn what_a_view_names_is_sent_on_in_the_backends_names_and_nothing_else() {
    let backends = well();
    let answer = kit(&backends).post("/orders", "").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = order_of(r#"[{"productId":9,"unit_price":0,"note":null}]"#);
    assert_eq!(backends.calls("orders")[0].body, expected);
    // A client reads it in its own names.
    assert!(answer.text().contains(r#""number":9007199254740993,"allLines":[{"productId":7,"unitPrice":19.90"#));
}

#[tokio::test(start_paused = true)]
async fn a_default_is_sent_on_as_what_it_stands_for() {
    let backends = well();
    backends.on("carts", "/extras").status(500);
    let answer = kit(&backends).post("/orders", "").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("extras;reason=status;default"));
    assert_eq!(backends.calls("orders")[0].body, order_of("[]"));
}

#[tokio::test(start_paused = true)]
async fn a_whole_answer_can_be_the_whole_body() {
    let backends = well();
    let answer = kit(&backends).send(Method::PUT, "/copy", "".into()).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(backends.calls("orders")[0].body, SENT);
    assert_eq!(backends.calls("orders")[0].header("content-type"), Some("application/json"));
}

#[tokio::test(start_paused = true)]
async fn a_selection_sends_the_same() {
    let backends = well();
    let query = json!({"query": "mutation { orderCart { order { id } } copyCart }"}).to_string();
    let answer = kit(&backends).post("/graphql", &query).await;
    assert_eq!(answer.text(), r#"{"data":{"orderCart":{"order":{"id":1}},"copyCart":true}}"#);
    let sent: Vec<_> = backends.calls("orders").into_iter().map(|call| call.body).collect();
    assert_eq!(sent, [order_of(r#"[{"productId":9,"unit_price":0,"note":null}]"#), SENT.to_owned()]);
}

#[view]
pub(crate) struct Part {
    pub(crate) id: u64,
    #[hidden]
    pub(crate) secret: u64,
    #[call(Carts, get = "/parts/{secret}", each(at_once = 2))]
    pub(crate) name: Option<String>,
}

#[view]
pub(crate) struct Masked {
    pub(crate) id: u64,
    #[hidden]
    pub(crate) secret: u64,
    #[computed(twice(secret))]
    pub(crate) shown: u64,
}

pub(crate) fn twice(number: &u64) -> u64 {
    number * 2
}

#[view]
pub(crate) struct Odd {
    #[serde(flatten)]
    pub(crate) buyer: Buyer,
    pub(crate) parts: Vec<Part>,
    pub(crate) masked: Masked,
    pub(crate) covered: Covered,
    pub(crate) raw: Vec<Raw<Line>>,
}

#[view]
pub(crate) struct Covered {
    pub(crate) raw: Option<Raw<Line>>,
}

/// Sends what cannot be sent.
#[composition(post = "/odd")]
pub(crate) struct SendOdd {
    /// The source.
    #[call(Carts, get = "/odd")]
    pub(crate) odd: Odd,
    /// The guard.
    #[call(Carts, get = "/guard")]
    pub(crate) guard: (),
    /// The target.
    #[call(
        Orders,
        post = "/odd",
        body(a = odd.parts, b = odd.masked, c = odd.covered, d = odd.raw, e = guard, f = odd, g = odd.masked.id, h = odd.buyer)
    )]
    pub(crate) sent: (),
}

#[test]
fn what_cannot_be_sent_on_is_refused_at_start_with_what_to_do() {
    let errors = Bff::new("web").caller::<StandardCaller>().endpoint::<SendOdd>().compile().unwrap_err();
    let errors: Vec<String> = errors.iter().map(|error| error.reason.clone()).collect();
    let filled = |what: &str| {
        format!(
            "`{what}` is not there as a whole when what it is in is: calls fill it, or a part of it; refer to parts that none fill"
        )
    };
    let expected = [
        filled("odd.parts"),
        filled("odd.masked"),
        "`odd.covered` cannot be sent on: `Covered.raw`: `Raw` is not looked at, so what would be sent is anybody's guess: write the type itself".to_owned(),
        "`odd.raw` cannot be sent on: `Raw` is not looked at, so what would be sent is anybody's guess: write the type itself".to_owned(),
        "`guard` cannot be sent on: `()` is no value that could be sent: drop the member".to_owned(),
        filled("odd"),
        "`odd.buyer` has no value of its own: its members stand in what it is flattened into; refer to one of them, or to the whole".to_owned(),
    ];
    assert_eq!(errors, expected);
}
