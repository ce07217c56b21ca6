//! A reference names no claim of the caller.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, caller};

#[backend]
struct Users;

#[caller]
pub struct Caller {
    partner: String,
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/partners/{caller.partnr}")]
    picks: Vec<String>,
}

fn main() {}
