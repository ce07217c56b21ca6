//! `at` needs the names that lead to the value.
extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};

#[backend]
struct Catalog;

/// Products.
#[composition(get = "/products", public)]
struct Products {
    /// The names.
    #[call(Catalog, get = "/names", at = "data..items")]
    names: Vec<String>,
}

fn main() {}
