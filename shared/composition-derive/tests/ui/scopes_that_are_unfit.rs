//! A scope is a word.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/a", scopes("a b"))]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/b", scopes())]
struct EndpointB {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/c", scopes("x", "x"))]
struct EndpointC {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/d", scopes = "x")]
struct EndpointD {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/e", scopes(x))]
struct EndpointE {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
