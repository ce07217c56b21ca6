//! A view's calls wait for each other, and one for itself.

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
    #[call(Catalog, get = "/products", batch(ids = supplier.id, by = id))]
    product: Option<Product>,
    #[call(Catalog, get = "/suppliers/{product.id}", each(at_once = 8))]
    supplier: Option<Supplier>,
    #[call(Catalog, get = "/products", batch(ids = other.id, by = id))]
    other: Option<Product>,
}

fn main() {}
