//! The items of a list have no names.

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
    #[call(Users, get = "/users")]
    profiles: Vec<Profile>,
    #[call(Users, get = "/picks/{profiles.id}")]
    picks: Vec<String>,
}

fn main() {}
