//! What an answer's head refers to is there, and can stand in a header.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Shop;


#[composition(get = "/a", header("x-a" = b))]
struct EndpointA {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/b", location = "/web/{a.id}")]
struct EndpointB {
    #[call(Shop, get = "/a")]
    a: String,
}

#[composition(get = "/c", cookie("a" = a))]
struct EndpointC {
    #[call(Shop, get = "/a")]
    a: Vec<String>,
}

#[composition(get = "/d", location = "/web/{query.id}")]
struct EndpointD {
    #[call(Shop, get = "/a")]
    a: String,
}

fn main() {}
