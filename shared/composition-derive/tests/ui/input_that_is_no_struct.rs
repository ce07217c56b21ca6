//! An input has named fields.

extern crate trefoil_composition as trefoil;

use trefoil::input;
pub use trefoil::StandardCaller as Caller;

#[input]
struct A(u32);

#[input]
enum B {
    C,
}

fn main() {}
