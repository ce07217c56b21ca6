//! One call fills a field.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a")]
    #[call(Users, get = "/b")]
    profile: String,
}

fn main() {}
