//! An answer of success has a status of success.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Shop;


#[composition(get = "/a", status = 404)]
struct EndpointA {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/b", status = 302)]
struct EndpointB {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/c", status = 204)]
struct EndpointC {
    #[call(Shop, get = "/a")]
    a: String,
    #[call(Shop, get = "/a")]
    hidden: (),
    #[call(Shop, get = "/a")]
    maybe: Option<()>,
}

#[composition(get = "/d", status = 206)]
struct EndpointD {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/e", status = 201, status = 200)]
struct EndpointE {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/f", status = "201")]
struct EndpointF {
    #[call(Shop, get = "/a")]
    a: String,
}

fn main() {}
