//! A call that may be skipped has an Option, or a default.

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

fn is_ada(first: &String) -> bool {
    first == "Ada"
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/profile")]
    profile: Profile,
    #[call(Users, get = "/a", when = is_ada(profile.first))]
    required: String,
    #[call(Users, get = "/b", when = profile.first)]
    of_a_text: Option<String>,
    #[call(Users, get = "/c", when = true)]
    of_a_literal: Option<String>,
}

fn main() {}
