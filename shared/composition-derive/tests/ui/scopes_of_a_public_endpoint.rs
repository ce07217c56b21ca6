//! Who needs no token has no scopes.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/a", public, scopes("a:read"))]
struct EndpointA {
    #[call(Users, get = "/a")]
    a: String,
}

fn main() {}
