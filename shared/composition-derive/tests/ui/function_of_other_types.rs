//! A function takes references to the types of its arguments, and returns the field's type.

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

fn full_name(first: &String, last: &Option<String>) -> String {
    format!("{first} {last:?}")
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/profile")]
    profile: Profile,
    #[computed(full_name(profile.last, profile.first))]
    swapped: String,
    #[computed(full_name(profile.first))]
    too_few: String,
    #[computed(full_name(profile.first, profile.last))]
    another_type: u64,
    #[computed(fullname(profile.first, profile.last))]
    unknown: String,
}

fn main() {}
