//! A composition's calls are made once.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Catalog;

#[view]
struct Product {
    id: u64,
    price: f64,
    ean: Option<String>,
    supplier: Option<Supplier>,
    tags: Vec<String>,
    tag_list: Vec<Supplier>,
}

#[view]
struct Supplier {
    id: u64,
}

#[composition(get = "/home")]
struct Home {
    #[call(Catalog, get = "/supplier")]
    supplier: Supplier,
    #[call(Catalog, get = "/products", batch(ids = supplier.id, by = id))]
    product: Option<Product>,
    #[call(Catalog, get = "/products/{supplier.id}", each(at_once = 8))]
    other: Option<Product>,
}

fn main() {}
