//! A call begins with its backend.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(get = "/a")]
    a: String,
    #[call("/b")]
    b: String,
    #[call]
    c: String,
}

fn main() {}
