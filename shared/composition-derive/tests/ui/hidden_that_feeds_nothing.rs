//! A hidden field that nothing refers to, and one that says more than the word.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, view};

#[backend]
struct Catalog;

#[view]
struct Product {
    id: u64,
}

#[view]
struct Line {
    #[hidden]
    id: u64,
    #[hidden(always)]
    product_id: u64,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id))]
    product: Option<Product>,
}

fn main() {}
