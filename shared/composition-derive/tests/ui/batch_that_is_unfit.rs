//! What stands in `batch(…)` and `each(…)` is not all right.

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
    #[call(Catalog, get = "/products", batch)]
    a: Option<Product>,
    #[call(Catalog, get = "/products", batch())]
    b: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = product_id))]
    c: Option<Product>,
    #[call(Catalog, get = "/products", batch(by = id, most = 10))]
    d: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = product_id, codes = code, by = id))]
    e: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = 5, by = id))]
    f: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = "id"))]
    g: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = product_id + 1, by = id))]
    h: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id, most = 0))]
    i: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id, most = 1001))]
    j: Option<Product>,
    #[call(Catalog, get = "/products", batch(ids, by = id))]
    k: Option<Product>,
    #[call(Catalog, get = "/products", batch("" = product_id, by = id))]
    l: Option<Product>,
    #[call(Catalog, get = "/products", query(ids = 5), batch(ids = product_id, by = id))]
    m: Option<Product>,
    #[call(Catalog, get = "/products", each)]
    n: Option<Product>,
    #[call(Catalog, get = "/products", each())]
    o: Option<Product>,
    #[call(Catalog, get = "/products", each(at_once = 65))]
    p: Option<Product>,
    #[call(Catalog, get = "/products", each(atonce = 8))]
    q: Option<Product>,
    #[call(Catalog, get = "/products", each(at_once = many))]
    r: Option<Product>,
}

fn main() {}
