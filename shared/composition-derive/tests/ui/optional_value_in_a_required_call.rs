//! A required call refers to a value that may be null.

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

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/users/{caller.id}")]
    profile: Profile,
    #[call(Users, get = "/picks/{profile.nickname}")]
    picks: Vec<String>,
}

fn main() {}
