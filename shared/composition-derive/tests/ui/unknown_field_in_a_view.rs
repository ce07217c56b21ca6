//! A call of a view refers to no field.

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
    #[call(Catalog, get = "/products/{prodct_id}", each(at_once = 8))]
    product: Option<Product>,
    #[call(Catalog, get = "/x", query(a = queri), each(at_once = 8))]
    other: Option<Product>,
}

fn main() {}
