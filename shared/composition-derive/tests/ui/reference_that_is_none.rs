//! What stands in the braces is not a reference.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/picks/{caller.id + 1}")]
    picks: Vec<String>,
}

fn main() {}
