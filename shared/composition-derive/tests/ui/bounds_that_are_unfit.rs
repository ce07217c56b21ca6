//! Bounds leave something, and are for what a request says.

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

#[view]
struct Line {
    #[bounds(min = 2, max = 1)]
    a: u32,
    #[bounds(min_items = 2, max_items = 1)]
    b: Vec<u32>,
    #[bounds(maximum = 1)]
    c: u32,
    #[bounds]
    d: u32,
}

#[composition(get = "/home")]
struct Home {
    #[bounds(min = 1)]
    #[call(Orders, get = "/a")]
    a: u32,
}

fn main() {}
