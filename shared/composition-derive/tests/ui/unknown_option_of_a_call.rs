//! A call has no such option.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", wihin = "80ms")]
    a: String,
    #[call(Users, get = "/b", retry = 2)]
    b: String,
    #[call(Users, get = "/c", timeout = "1s")]
    c: String,
    #[call(Users, get = "/d" within = "80ms")]
    d: String,
}

fn main() {}
