//! A body is a value or an object of values.

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
    #[call(Orders, post = "/a", body(id = 1, id = 2, more(x = 1, x = 2)))]
    a: String,
    #[call(Orders, get = "/b", query(a = query.times), body)]
    b: Option<String>,
    #[call(Orders, get = "/c", body(a, b = , c = 1 + 1, d = 1., e = [1]))]
    c: Option<String>,
}

fn main() {}
