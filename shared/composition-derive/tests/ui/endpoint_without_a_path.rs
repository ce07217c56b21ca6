//! An endpoint is somewhere.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(deadline = "300ms")]
struct Home {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
