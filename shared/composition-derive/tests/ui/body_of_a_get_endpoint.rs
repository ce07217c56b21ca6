//! A GET has no body that servers heed.

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

#[composition(get = "/home", input = BasketInput)]
struct Home {
    #[call(Orders, get = "/a")]
    a: String,
}

fn main() {}
