//! The path and the input name different parameters.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, input};
pub use trefoil::StandardCaller as Caller;

#[input]
struct OrderInput {
    #[path]
    order: String,
}

#[backend]
struct Users;

#[composition(get = "/orders/{id}", input = OrderInput)]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
