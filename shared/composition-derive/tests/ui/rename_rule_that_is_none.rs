//! serde has no such rule, and the client's rule is the BFF's.

extern crate trefoil_composition as trefoil;

use trefoil::view;
pub use trefoil::StandardCaller as Caller;

#[view]
#[serde(rename_all = "camelcase")]
struct A {
    a: String,
}

#[view]
#[serde(rename_all(serialize = "camelCase"))]
struct B {
    b: String,
}

#[view]
#[serde(rename_all = "wild")]
enum C {
    D,
}

fn main() {}
