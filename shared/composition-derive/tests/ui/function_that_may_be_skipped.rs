//! A required field is made of what is there.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[view]
struct Profile {
    first: String,
    last: Option<String>,
}

fn shout(first: &String) -> String {
    first.to_uppercase()
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/profile")]
    profile: Option<Profile>,
    #[computed(shout(profile.first))]
    name: String,
}

fn main() {}
