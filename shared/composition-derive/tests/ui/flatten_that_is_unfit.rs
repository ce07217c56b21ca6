//! `flatten` on what is no view itself, beside a name, beside a default, and on a call.

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;

use trefoil::{Raw, backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
pub struct Users;

#[view]
pub struct Address {
    pub city: String,
}

#[view]
pub struct Maybe {
    #[serde(flatten)]
    pub address: Option<Address>,
}

#[view]
pub struct Map {
    #[serde(flatten)]
    pub rest: BTreeMap<String, String>,
}

#[view]
pub struct AsItCame {
    #[serde(flatten)]
    pub rest: Raw<Address>,
}

#[view]
pub struct Named {
    #[serde(flatten, rename = "home")]
    pub address: Address,
}

#[view]
pub struct Defaulted {
    #[serde(flatten, default)]
    pub address: Address,
}

#[composition(get = "/profile")]
pub struct Profile {
    #[call(Users, get = "/users")]
    #[serde(flatten)]
    pub address: Address,
}

fn main() {}
