//! A claim has a name of its own.

extern crate trefoil_composition as trefoil;

use trefoil::caller;

#[caller]
pub struct Caller {
    id: String,
    #[claim("sub")]
    subject: String,
    #[claim("partner")]
    a: String,
    partner: String,
    roles: Vec<String>,
    #[claim]
    b: String,
    #[serde(rename = "x")]
    c: String,
}

#[caller]
struct Other;

fn main() {}
