//! Two inputs cannot share a name.

extern crate trefoil_composition as trefoil;

use trefoil::input;
pub use trefoil::StandardCaller as Caller;

#[input]
struct HomeInput {
    #[query(name = "page[size]")]
    a: u32,
    #[query(name = "page[size]")]
    b: u32,
    #[header("x-a")]
    c: String,
    #[header("X-A")]
    d: String,
}

fn main() {}
