//! What may be null passes no status on.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", pass = [404])]
    a: Option<String>,
}

fn main() {}
