//! A deadline has a unit and bounds.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/a", deadline = "300")]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/b", deadline = "1.5s")]
struct EndpointB {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/c", deadline = "0ms")]
struct EndpointC {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/d", deadline = "2m")]
struct EndpointD {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/e", deadline = 300)]
struct EndpointE {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/f", deadline = "61s")]
struct EndpointF {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
