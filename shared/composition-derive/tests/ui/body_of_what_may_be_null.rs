//! A write is made of what is there.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Orders;

#[view]
struct Cart {
    lines: Vec<String>,
    address: Option<Address>,
}

#[view]
struct Address {
    lines: Vec<String>,
}

#[composition(post = "/home")]
struct Home {
    #[call(Orders, get = "/cart")]
    cart: Cart,
    #[call(Orders, get = "/cart")]
    maybe: Option<Vec<String>>,
    #[call(Orders, post = "/a", body(a = cart.lines, b = cart.address, c = cart.address.lines, d = maybe))]
    placed: (),
}

fn main() {}
