//! Braces with nothing in them.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/picks/{}")]
    picks: Vec<String>,
}

fn main() {}
