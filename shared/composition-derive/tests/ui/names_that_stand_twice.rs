//! A query parameter and a header have one value.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", query(x = 1, y = 2, x = 3), header("x-a" = "1", "X-A" = "2"))]
    a: String,
}

fn main() {}
