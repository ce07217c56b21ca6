//! A default and a status exclude each other.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", pass = [404], or = "none")]
    a: String,
}

fn main() {}
