//! A URL of the head has one spelling, and says itself where clients are sent.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Shop;


#[composition(get = "/a", location = "{a}")]
struct EndpointA {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/b", location = "//{a}/x")]
struct EndpointB {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/c", location = "https://{a}/x")]
struct EndpointC {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/d", location = "/web/../{a}")]
struct EndpointD {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/e", link(Next = "/web"))]
struct EndpointE {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/f", location = "/a b")]
struct EndpointF {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/g", location = "/a", location = "/b")]
struct EndpointG {
    #[call(Shop, get = "/a")]
    a: String,
}

fn main() {}
