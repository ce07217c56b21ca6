//! A view is a struct with named fields, or an enum of bare variants.

extern crate trefoil_composition as trefoil;

use trefoil::view;
pub use trefoil::StandardCaller as Caller;

#[view]
struct Pair(String, String);

#[view]
struct Nothing;

#[view]
struct Empty {}

#[view]
enum Never {}

#[view]
enum Payment {
    Card { number: String },
    Cash,
}

#[view(rename = "x")]
struct Named {
    a: String,
}

fn main() {}
