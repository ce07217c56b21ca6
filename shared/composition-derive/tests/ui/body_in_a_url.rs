//! A list or an object cannot stand in a URL.

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
    #[call(Orders, get = "/a", query(basket = body))]
    a: String,
    #[call(Orders, post = "/c/{body.address.city}", body(note = "for {body.lines}"))]
    c: String,
}

fn main() {}
