//! A default has the input's type.

extern crate trefoil_composition as trefoil;

use trefoil::input;
pub use trefoil::StandardCaller as Caller;

#[input]
struct HomeInput {
    #[query(default = "six")]
    limit: u32,
    #[query(default = 5)]
    word: String,
}

fn main() {}
