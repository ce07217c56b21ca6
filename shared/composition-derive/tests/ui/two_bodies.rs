//! A request has one body.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, input, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Orders;

#[view]
struct Basket {
    lines: Vec<String>,
    address: Option<Address>,
}

#[view]
struct Address {
    city: String,
}

#[input]
struct BasketInput {
    #[query]
    times: Option<u32>,
    #[body]
    basket: Basket,
}

#[input]
struct TwoInput {
    #[body]
    one: Basket,
    #[body(max = 1)]
    other: Basket,
}

fn main() {}
