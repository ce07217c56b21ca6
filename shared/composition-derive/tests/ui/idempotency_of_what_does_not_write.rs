//! A key is one caller's, for one write.
extern crate trefoil_composition as trefoil;
use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

/// The one backend.
#[backend]
pub struct Orders;

/// It only reads.
#[composition(post = "/a", idempotency(required))]
pub struct A {
    #[call(Orders, get = "/a")]
    pub a: String,
}

/// It knows no caller.
#[composition(post = "/b", public, idempotency(required, keep = "24h"))]
pub struct B {
    #[call(Orders, post = "/b")]
    pub b: String,
}

/// It does not say enough, or too much.
#[composition(post = "/c", idempotency(keep = "30s", finish = "5ms"))]
pub struct C {
    #[call(Orders, post = "/c")]
    pub c: String,
}

#[composition(post = "/d", idempotency(keep = "8d"))]
pub struct D {
    #[call(Orders, post = "/d")]
    pub d: String,
}

#[composition(post = "/e", idempotency())]
pub struct E {
    #[call(Orders, post = "/e")]
    pub e: String,
}

#[composition(post = "/f", idempotency(required, optional, kept = "1d"))]
pub struct F {
    #[call(Orders, post = "/f")]
    pub f: String,
}

fn main() {}
