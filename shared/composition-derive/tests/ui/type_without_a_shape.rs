//! A type that cannot stand in an answer.

extern crate trefoil_composition as trefoil;

use trefoil::view;
pub use trefoil::StandardCaller as Caller;

#[view]
struct Profile {
    big: u128,
}

fn main() {}
