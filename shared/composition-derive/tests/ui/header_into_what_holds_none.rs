//! A header's value is one value, and may be missing where its call may.

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

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/profile")]
    profile: Option<Profile>,
    #[from(profile, header = "x-tags")]
    tags: Option<Vec<String>>,
    #[from(profile, header = "x-total")]
    total: u64,
}

fn main() {}
