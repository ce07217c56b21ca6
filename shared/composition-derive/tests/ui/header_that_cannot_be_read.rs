//! Some headers are the gateway's, and some are none.

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
    profile: Profile,
    #[from(profile, header = "set-cookie")]
    session: Option<String>,
    #[from(profile, header = "x total")]
    total: Option<u64>,
    #[from(profile)]
    without_a_name: Option<u64>,
}

fn main() {}
