//! The deadline ends the call first.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home", deadline = "300ms")]
struct Home {
    #[call(Users, get = "/a", within = "300ms")]
    a: String,
}

#[composition(get = "/other")]
struct Other {
    #[call(Users, get = "/a", within = "2s")]
    a: String,
}

fn main() {}
