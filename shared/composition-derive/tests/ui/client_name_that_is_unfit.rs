//! A client's name is one in GraphQL, too.

extern crate trefoil_composition as trefoil;

use trefoil::view;
pub use trefoil::StandardCaller as Caller;

#[view]
struct Profile {
    #[serde(rename(serialize = "placed-at"))]
    a: String,
    #[serde(rename(serialize = "__b"))]
    b: String,
    #[serde(rename(client = "c"))]
    c: String,
    #[serde(rename)]
    d: String,
}

fn main() {}
