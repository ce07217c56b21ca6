//! A called field has the backend's name of another.

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
    #[serde(rename = "product")]
    product_id: u64,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id))]
    product: Option<Product>,
}

fn main() {}
