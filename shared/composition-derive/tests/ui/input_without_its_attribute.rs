//! What an endpoint takes is a struct with `#[input]`.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[derive(Debug)]
struct HomeInput {
    limit: u32,
}

#[composition(get = "/home", input = HomeInput)]
struct Home {
    #[call(Users, get = "/users", query(limit = query.limit))]
    users: Vec<String>,
}

fn main() {}
