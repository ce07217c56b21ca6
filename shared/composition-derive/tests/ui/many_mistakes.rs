//! All mistakes are shown at once.

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

#[composition(get = "home", deadline = "5x", foo)]
struct Home {
    #[call(Users, get = "/users/{caller.id}")]
    profile: Profile,
    #[call(Users, get = "/segments/{profil.segment}/picks", within = "5s", pass = [500])]
    picks: Vec<String>,
    #[call(Users, get = "/x/{profile.segmnt}")]
    more: Option<String>,
}

fn main() {}
