//! There is one method.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home", post = "/home")]
struct Home {
    #[call(Users, get = "/a", get = "/b")]
    a: String,
    #[call(Users, post = "/a", put = "/b")]
    b: String,
}

fn main() {}
