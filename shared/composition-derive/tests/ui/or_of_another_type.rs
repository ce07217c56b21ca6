//! A default has the field's type.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", or = 5)]
    a: Vec<String>,
    #[call(Users, get = "/b", or = "x")]
    b: u32,
}

fn main() {}
