//! The shop's orders and shelves: what is written, what is sent on, and what fills a field besides a call.

use std::collections::BTreeMap;

use trefoil_composition::{Raw, backend, composition, input, view};

use super::Tier;

#[backend]
pub struct SecretOrders;

/// A cart, as it is sent on.
#[view]
pub struct Cart {
    /// What is in it.
    #[bounds(min_items = 1, max_items = 20)]
    pub lines: Vec<Line>,
    /// Where it goes.
    #[serde(flatten)]
    pub place: Place,
}

/// A line of a cart.
#[view]
pub struct Line {
    #[serde(rename = "hidden_sku")]
    pub sku: String,
    #[bounds(min = 1, max = 99)]
    pub quantity: u32,
}

/// A place.
#[view]
pub struct Place {
    /// The city.
    pub city: String,
    #[serde(rename = "hidden_zip", alias = "hidden_postcode")]
    pub postal_code: Option<String>,
}

/// How something is paid.
#[view]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Payment {
    /// With a card.
    CreditCard(Card),
    /// Later.
    OnAccount(Account),
}

/// A card.
#[view]
pub struct Card {
    pub last_digits: String,
}

/// An account.
#[view]
pub struct Account {
    pub number: u32,
}

/// An order that was placed.
#[view]
pub struct Placed {
    pub id: u64,
    /// How it is paid.
    pub payment: Payment,
    /// What the carrier says of it.
    pub words: Option<Raw<BTreeMap<String, f64>>>,
}

/// What to order.
#[input]
pub struct PlaceInput {
    /// The cart.
    #[body]
    pub cart: Cart,
    /// For whom.
    #[query]
    pub tier: Option<Tier>,
}

/// Orders what is in the cart, once.
#[composition(post = "/orders", deadline = "2s", input = PlaceInput, scopes("orders:write"), idempotency(required, keep = "1h"), status = 201,
    location = "/shop/orders/{placed.id}", link("up" = "/shop/orders"), cookie("seen" = "{placed.id}", path = "/"), header("x-order" = placed.id))]
pub struct PlaceOrder {
    /// Whether the caller may: nobody sees it.
    #[hidden]
    #[call(SecretOrders, get = "/hidden-permits/{caller.id}", pass = [403])]
    pub hidden_permit: (),
    /// The order.
    #[call(SecretOrders, post = "/hidden-orders", body(who = caller.id, what = body.lines, all = body), pass = [409], retry(attempts = 3))]
    pub placed: Placed,
    /// Who is told of it.
    #[call(SecretOrders, get = "/hidden-mail/{placed.id}", within = "200ms")]
    pub told: Option<()>,
}

/// Which order.
#[input]
pub struct CancelInput {
    /// The order's number.
    #[path]
    pub id: u64,
}

/// Takes an order back.
#[composition(delete = "/orders/{id}", input = CancelInput)]
pub struct CancelOrder(
    /// That it is done.
    #[call(SecretOrders, delete = "/hidden-orders/{path.id}", pass = [404])]
    pub (),
);

/// Which part.
#[input]
pub struct PagesInput {
    /// Which of them, as `items=0-24`.
    #[header("range")]
    pub range: Option<String>,
    /// The currency of all prices.
    #[query(default = "EUR")]
    pub currency: String,
    /// Whether prices are shown.
    #[query]
    pub prices: Option<bool>,
}

/// A thing on a shelf, with a price in the currency of whoever asks.
#[view(needs(currency: String, prices: Option<bool>))]
pub struct Thing {
    pub id: u64,
    /// Its price, where prices are wanted.
    #[call(SecretOrders, get = "/hidden-prices", query(in = needs.currency), batch(ids = id, by = id), when = needs.prices, within = "90ms", hedge)]
    pub price: Option<Price>,
    /// Where it comes from.
    #[call(SecretOrders, get = "/hidden-origins/{id}", each(at_once = 4), absent = [404], within = "90ms")]
    pub origin: Option<Place>,
    /// What it is called in the window.
    #[computed(label(id, needs.currency))]
    pub label: String,
}

fn label(id: &u64, currency: &str) -> String {
    format!("{id} {currency}")
}

/// A price.
#[view]
pub struct Price {
    pub id: u64,
    pub amount: f64,
}

/// What is on the shelf: a list.
#[composition(get = "/shelf", input = PagesInput, public, supply(currency = query.currency, prices = query.prices), header("x-range" = of))]
pub struct Shelf {
    /// The things.
    #[root]
    #[call(SecretOrders, get = "/hidden-shelf", header("range" = header.range), pass = [416], cache("60s", shared, tags("shelf")))]
    pub things: Vec<Thing>,
    /// Which of how many they are.
    #[hidden]
    #[from(things, header = "content-range")]
    pub of: Option<String>,
}

/// Somebody who makes things.
#[view]
pub struct Maker {
    pub id: u64,
    /// Where they are.
    #[call(SecretOrders, get = "/hidden-places", batch(ids = id, by = id))]
    pub at: Workshop,
}

/// A workshop.
#[view]
pub struct Workshop {
    pub id: u64,
    pub city: String,
}

/// The window: two things in the shop's own currency.
#[composition(get = "/window", supply(currency = "CHF", prices = true))]
pub struct Window {
    /// On the left.
    #[call(SecretOrders, get = "/hidden-left")]
    pub left: Thing,
    /// On the right, if there is one.
    #[call(SecretOrders, get = "/hidden-right", within = "100ms", absent = [404])]
    pub right: Option<Thing>,
    /// Who made them. Who has no name is left out, and named as missing.
    #[call(SecretOrders, get = "/hidden-makers", within = "100ms")]
    pub makers: Option<Vec<Option<Maker>>>,
    /// How many there were in all.
    #[from(left, header = "x-total")]
    pub total: Option<u32>,
}
