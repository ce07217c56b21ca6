//! A header is named as it is sent.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, input};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[input]
struct HomeInput {
    #[header]
    accept_language: String,
    #[header(name = "x-b")]
    b: String,
    #[query("page[size]")]
    c: u32,
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", header(accept_language = "de"))]
    a: String,
}

fn main() {}
