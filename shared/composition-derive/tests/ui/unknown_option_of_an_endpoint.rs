//! An endpoint has no such option.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/a", deadlin = "300ms")]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/b", timeout = "300ms")]
struct EndpointB {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/c", get = "/d")]
struct EndpointC {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(GET = "/e")]
struct EndpointE {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
