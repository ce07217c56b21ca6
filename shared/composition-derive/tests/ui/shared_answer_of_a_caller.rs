//! A shared answer is the same for every caller.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/users/{caller.id}", cache("60s", shared))]
    profile: Vec<String>,
    #[call(Users, get = "/orders", query(of = caller.id), cache("60s", shared, tags("user-{caller.id}")))]
    orders: Vec<String>,
}

fn main() {}
