//! A reference names no field of the input.

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
    #[call(Users, get = "/picks", query(limit = query.limt))]
    picks: Vec<String>,
    #[call(Users, get = "/x/{path.id}")]
    more: Vec<String>,
}

fn main() {}
