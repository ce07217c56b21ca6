//! What did not happen has no default.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(post = "/home")]
struct Home {
    #[call(Users, post = "/a", or = "done")]
    a: String,
}

fn main() {}
