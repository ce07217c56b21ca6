//! Some headers are the gateway's own.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Shop;


#[composition(get = "/a", header("content-type" = "text/html"))]
struct EndpointA {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/b", header("Set-Cookie" = a))]
struct EndpointB {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/c", header("location" = a))]
struct EndpointC {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/d", header("trefoil-caller" = a))]
struct EndpointD {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/e", header("access-control-allow-origin" = "*"))]
struct EndpointE {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/f", header("etag" = a))]
struct EndpointF {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/g", header("x-a" = a, "X-A" = a))]
struct EndpointG {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/h", header("x-frame-options" = "ALLOW"))]
struct EndpointH {
    #[call(Shop, get = "/a")]
    a: String,
}

fn main() {}
