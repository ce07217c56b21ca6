//! The contract does not depend on the build.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[view]
struct Profile {
    id: String,
    #[cfg(test)]
    secret: String,
}

fn main() {}
