//! A number has a range, a text a length, a list a number of elements; what is inside an `Option`, a list or a map counts.

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;

use trefoil::{input, view};
pub use trefoil::StandardCaller as Caller;

#[view]
enum Size {
    Small,
    Large,
}

#[input]
struct HomeInput {
    #[query(min_length = 2)]
    limit: u32,
    #[query(min = 1, max = 9)]
    word: Option<String>,
    #[query(max = 1)]
    flag: bool,
    #[query(min_length = 1)]
    size: Size,
    // These are right.
    #[query(min = 1)]
    share: Option<f64>,
}

#[view]
struct Line {
    #[bounds(min_items = 1)]
    quantity: u32,
    #[bounds(max = 3)]
    sizes: Vec<Size>,
    // These are right.
    #[bounds(max_items = 3, max_length = 9)]
    words: Option<Vec<String>>,
    #[bounds(min = 0)]
    counts: BTreeMap<String, Option<i64>>,
}

fn main() {}
