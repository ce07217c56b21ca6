//! What belongs on an input, a second call, and what serde would do, on a field of a view.

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
    #[query]
    limit: u32,
    #[call(Catalog, get = "/products/{product_id}", each(at_once = 8))]
    #[call(Catalog, get = "/products/{product_id}", each(at_once = 8))]
    #[serde(rename = "item", default)]
    product: Option<Product>,
}

fn main() {}
