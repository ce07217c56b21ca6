//! A type that cannot stand in an answer.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

struct Bare;

#[view]
struct Profile {
    big: u128,
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a")]
    a: std::rc::Rc<str>,
}

fn main() {}
