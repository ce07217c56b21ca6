//! A parameter of an endpoint's path is a whole segment, once.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, input};
pub use trefoil::StandardCaller as Caller;

#[input]
struct Id {
    #[path]
    id: String,
}

#[backend]
struct Users;

#[composition(get = "/orders/{id}.json", input = Id)]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/orders/{*id}", input = Id)]
struct EndpointB {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/a/{id}/b/{id}", input = Id)]
struct EndpointC {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
