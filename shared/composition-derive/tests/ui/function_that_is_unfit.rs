//! A function is called with references.

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
    profile: Profile,
    #[computed(shout)]
    not_called: String,
    #[computed(shout("a"))]
    of_a_literal: String,
    #[computed(shout(profile.fist))]
    of_an_unknown_part: String,
    #[computed(shout(prof.first))]
    of_an_unknown_field: String,
    #[computed(shout(circle))]
    circle: String,
    #[call(Users, get = "/profile")]
    #[computed(shout(profile.first))]
    filled_twice: String,
}

fn main() {}
