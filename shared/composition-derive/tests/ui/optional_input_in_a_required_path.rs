//! The path of a required call refers to an input that need not be given.

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
    #[call(Users, get = "/picks/{query.after}")]
    picks: Vec<String>,
}

fn main() {}
