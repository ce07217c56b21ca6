//! An option and a required field exclude each other.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", pass = [404], absent = [410])]
    a: Option<String>,
}

fn main() {}
