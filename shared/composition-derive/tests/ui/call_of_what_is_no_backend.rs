//! Only a backend can be called.

extern crate trefoil_composition as trefoil;

use trefoil::composition;
pub use trefoil::StandardCaller as Caller;

struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a")]
    a: String,
    #[call(users, get = "/b")]
    b: String,
}

fn main() {}
