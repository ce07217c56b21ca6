//! A call's path is a path.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a?limit=5")]
    a: String,
    #[call(Users, get = "{caller.id}")]
    b: String,
    #[call(Users, get = "/a b")]
    c: String,
    #[call(Users, get = "https://users/b")]
    d: String,
    #[call(Users, get = "/a/../b")]
    e: String,
}

fn main() {}
