//! A required call in a view refers to what may be null.

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
    #[call(Catalog, get = "/products/{code}", each(at_once = 8))]
    product: Product,
    #[call(Catalog, get = "/suppliers", query(id = product.supplier.id), each(at_once = 8))]
    supplier: Supplier,
}

fn main() {}
