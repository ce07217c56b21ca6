//! A backend is a bare struct with a name in kebab-case.

extern crate trefoil_composition as trefoil;

use trefoil::backend;
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users {
    url: String,
}

#[backend(name = "Order History")]
struct Orders;

#[backend(url = "http://localhost")]
struct Catalog;

#[backend]
enum Reviews {}

fn main() {}
