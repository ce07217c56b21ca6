//! A view cannot stand in a URL.

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
    #[call(Users, get = "/picks", query(profile = profile))]
    picks: Vec<String>,
}

fn main() {}
