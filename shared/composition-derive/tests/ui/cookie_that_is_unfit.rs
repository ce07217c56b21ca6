//! A cookie is one that browsers take.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Shop;


#[composition(get = "/a", cookie("a" = a, maxage = "1h"))]
struct EndpointA {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/b", cookie("a" = a, max_age = "1w"))]
struct EndpointB {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/c", cookie("a" = a, same_site = "none", secure = false))]
struct EndpointC {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/d", cookie("__Host-a" = a))]
struct EndpointD {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/e", cookie("a b" = a))]
struct EndpointE {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/f", cookie("a" = "x;{a}"))]
struct EndpointF {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/g", cookie("a" = a, path = "web", domain = ".example.com"))]
struct EndpointG {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/h", cookie("a" = a), cookie("a" = a))]
struct EndpointH {
    #[call(Shop, get = "/a")]
    a: String,
}

fn main() {}
