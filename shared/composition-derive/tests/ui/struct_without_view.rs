//! A struct of one's own has no shape without `#[view]`.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

struct Order {
    id: String,
}

#[view]
struct Profile {
    id: String,
    orders: Vec<Order>,
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a")]
    a: Profile,
}

fn main() {}
