//! A name means one field.

extern crate trefoil_composition as trefoil;

use trefoil::view;
pub use trefoil::StandardCaller as Caller;

#[view]
struct Profile {
    id: String,
    #[serde(rename = "id")]
    other: String,
    #[serde(alias = "other", alias = "more", rename(deserialize = "x"))]
    third: String,
    #[serde(rename(serialize = "y"))]
    fourth: String,
    #[serde(rename(serialize = "y"), alias = "more")]
    fifth: String,
}

#[view]
#[serde(rename_all = "lowercase")]
enum Tier {
    Gold,
    #[serde(rename = "gold")]
    Golden,
}

fn main() {}
