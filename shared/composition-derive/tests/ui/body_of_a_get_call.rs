//! A GET and a DELETE have no body that servers heed.

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

#[composition(delete = "/home")]
struct Home {
    #[call(Orders, get = "/a", body(id = 1))]
    a: String,
    #[call(Orders, delete = "/b", body(id = 1))]
    b: String,
}

fn main() {}
