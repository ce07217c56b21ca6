//! A batch is matched by what is no key.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, view};
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

#[view]
struct OrderLine {
    product_id: u64,
    code: Option<String>,
    path: String,
    active: bool,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = tags))]
    product: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = price))]
    other: Option<Product>,
}

fn main() {}
