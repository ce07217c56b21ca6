//! A reserved name alone is no value.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, input};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[input]
struct HomeInput {
    #[query(default = 6)]
    limit: u32,
    #[query]
    after: Option<String>,
}

#[composition(get = "/home", input = HomeInput)]
struct Home {
    #[call(Users, get = "/picks/{caller}", query(limit = query))]
    picks: Vec<String>,
}

fn main() {}
