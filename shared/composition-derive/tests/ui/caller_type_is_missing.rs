//! The crate has no `Caller` at its root.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/picks/{caller.id}")]
    picks: Vec<String>,
}

fn main() {}
