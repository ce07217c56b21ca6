//! The key of a batch is no field.

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
    #[call(Catalog, get = "/products", batch(ids = product_ids, by = id))]
    product: Option<Product>,
    #[call(Catalog, get = "/suppliers", batch(ids = product.suplier.id, by = id))]
    supplier: Option<Supplier>,
}

fn main() {}
