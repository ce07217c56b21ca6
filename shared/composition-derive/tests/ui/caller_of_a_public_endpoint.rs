//! A public endpoint has no caller.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[view]
struct Profile {
    id: String,
    segment: String,
    nickname: Option<String>,
    tags: Vec<String>,
}

#[composition(get = "/home", public)]
struct Home {
    #[call(Users, get = "/users/{caller.id}")]
    profile: Profile,
}

fn main() {}
