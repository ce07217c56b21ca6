//! A value is a literal or a reference.

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
    #[call(Users, get = "/a", query(a = query.limit + 1, b = f(), c = 1.5, d = [1, 2], e, f = 'x'))]
    a: String,
}

fn main() {}
