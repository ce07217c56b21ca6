//! A path has one spelling.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "home")]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/")]
struct EndpointB {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/home/")]
struct EndpointC {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/a//b")]
struct EndpointD {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/a/../b")]
struct EndpointE {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/home?x=1")]
struct EndpointF {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/home#top")]
struct EndpointG {
    #[call(Users, get = "/a")]
    a: String,
}

#[composition(get = "/für")]
struct EndpointH {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
