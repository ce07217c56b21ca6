//! Only GET is there.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(post = "/home")]
struct Home {
    #[call(Users, put = "/a")]
    a: String,
}

fn main() {}
