//! An endpoint makes one write.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(post = "/home")]
struct Home {
    #[call(Users, put = "/a")]
    a: String,
    #[call(Users, get = "/b")]
    b: String,
    #[call(Users, delete = "/c")]
    c: String,
}

fn main() {}
