//! The input has a path field, and the path no parameter.

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

#[composition(get = "/orders", input = OrderInput)]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
