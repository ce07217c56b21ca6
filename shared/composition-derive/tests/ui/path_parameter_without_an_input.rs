//! A path has a parameter, and nobody says of which type.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/orders/{id}")]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
