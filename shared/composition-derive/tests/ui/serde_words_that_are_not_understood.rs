//! Of serde's attributes a view understands some.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[view]
#[serde(deny_unknown_fields, tag = "kind")]
struct Profile {
    #[serde(skip)]
    a: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<String>,
    #[serde(with = "x")]
    c: String,
    #[serde(flatten)]
    d: String,
    #[serde(renam = "x")]
    e: String,
}

#[view]
enum Tier {
    #[serde(other)]
    Other,
    #[serde(rename(serialize = "g", deserialize = "G"))]
    Gold,
}

#[composition(get = "/home")]
#[serde(rename_all = "camelCase")]
struct Home {
    #[serde(rename = "userProfile")]
    #[call(Users, get = "/a")]
    profile: Profile,
    #[serde(default)]
    #[call(Users, get = "/b")]
    tier: Tier,
}

fn main() {}
