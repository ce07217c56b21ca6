//! Two calls wait for each other.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a/{picks}")]
    profile: String,
    #[call(Users, get = "/b", query(of = profile))]
    picks: String,
}

fn main() {}
