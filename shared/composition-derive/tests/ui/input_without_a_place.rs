//! An input stands in one place.

extern crate trefoil_composition as trefoil;

use trefoil::input;
pub use trefoil::StandardCaller as Caller;

#[input]
struct HomeInput {
    limit: u32,
    #[query]
    #[header("x-a")]
    a: String,
    #[claim("x")]
    b: String,
    #[serde(rename = "x")]
    #[query]
    c: String,
}

fn main() {}
