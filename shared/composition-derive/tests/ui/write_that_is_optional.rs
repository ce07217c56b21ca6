//! Whether a write happened is no part that an answer can leave out.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(post = "/home")]
struct Home {
    #[call(Users, post = "/a")]
    a: Option<String>,
}

fn main() {}
