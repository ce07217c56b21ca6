//! A list cannot be an input.

extern crate trefoil_composition as trefoil;

use trefoil::input;
pub use trefoil::StandardCaller as Caller;

#[input]
struct HomeInput {
    #[query]
    ids: Vec<String>,
}

fn main() {}
