//! A header comes with a call of the same struct, as a whole.

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
    #[from(profile, header = "x-total")]
    total: Option<u64>,
    #[from(total, header = "x-next")]
    of_a_field_without_a_call: Option<String>,
    #[from(profil, header = "x-next")]
    of_an_unknown_field: Option<String>,
    #[from(profile.first, header = "x-next")]
    of_a_part: Option<String>,
    #[from(caller, header = "x-next")]
    of_the_caller: Option<String>,
}

fn main() {}
