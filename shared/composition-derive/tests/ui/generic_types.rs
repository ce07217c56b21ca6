//! What clients see has one name.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/a")]
struct A<T> {
    #[call(Users, get = "/a")]
    a: T,
}

#[view]
struct Page<T> {
    items: Vec<T>,
}

fn main() {}
