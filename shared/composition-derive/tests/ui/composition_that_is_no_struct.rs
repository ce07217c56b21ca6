//! A composition has named fields.

extern crate trefoil_composition as trefoil;

use trefoil::composition;
pub use trefoil::StandardCaller as Caller;

#[composition(get = "/a")]
enum A {
    B,
}

#[composition(get = "/c")]
struct C(String, String);

#[composition(get = "/d")]
struct D;

#[composition(get = "/e")]
fn e() {}

#[composition(get = "/f")]
struct F {}

fn main() {}
