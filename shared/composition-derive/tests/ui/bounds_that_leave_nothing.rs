//! The least is not more than the most.

extern crate trefoil_composition as trefoil;

use trefoil::input;
pub use trefoil::StandardCaller as Caller;

#[input]
struct HomeInput {
    #[query(min = 20, max = 1)]
    limit: u32,
    #[query(min_length = 9, max_length = 3)]
    word: String,
    #[query(min = 0.5)]
    share: f64,
    #[query(min_length = -1)]
    other: String,
    #[query(minimum = 1)]
    more: u32,
}

fn main() {}
