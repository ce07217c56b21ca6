//! Clients repeat a GET as they like.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, post = "/a")]
    a: String,
}

fn main() {}
