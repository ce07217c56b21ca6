//! Calls inside a view are not there yet.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[view]
struct Order {
    id: String,
    #[call(Users, get = "/users/{id}")]
    owner: String,
    #[query]
    limit: u32,
}

fn main() {}
