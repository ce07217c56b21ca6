//! The parts of a body are its view's.

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

#[composition(post = "/home", input = BasketInput)]
struct Home {
    #[call(Orders, get = "/a/{body.lins}")]
    a: String,
    #[call(Orders, get = "/b", query(city = body.address.town))]
    b: String,
    #[call(Orders, post = "/c", body(lines = body.lnes, city = body.lines.first))]
    c: String,
}

fn main() {}
