//! The calls of a view only read, once for each object or for all of them.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[view]
struct Named {
    id: u64,
    name: String,
}

#[view]
struct Line {
    id: u64,
    #[call(Users, post = "/a/{id}", each(at_once = 2))]
    a: String,
    #[call(Users, post = "/b", batch(ids = id, by = id))]
    b: Named,
}

fn main() {}
