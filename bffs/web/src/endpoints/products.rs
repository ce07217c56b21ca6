//! `GET /web/products`: the catalogue, page by page, each product with its stock. Two calls a page.

use trefoil::{composition, input};

use crate::backends::Catalog;
use crate::views::ProductCard;

/// Which page.
#[input]
pub struct ProductsInput {
    /// Products after this id; 0 is the first page.
    #[query(default = 0)]
    pub after: u64,
    /// How many at the most.
    #[query(default = 20, min = 1, max = 100)]
    pub limit: u32,
    /// The code of the warehouse whose stock is shown; `all` for what there is in all of them.
    #[query(default = "all", min_length = 3, max_length = 8)]
    pub warehouse: String,
}

/// A page of the catalogue. The next one starts after the last id of this one.
#[composition(get = "/products", deadline = "400ms", input = ProductsInput, scopes("catalog:read"), supply(warehouse = query.warehouse))]
pub struct ProductList {
    /// The products. The catalog wraps them; clients need not know.
    #[call(Catalog, get = "/products", query(after = query.after, limit = query.limit), at = "data.items")]
    pub products: Vec<ProductCard>,
}
