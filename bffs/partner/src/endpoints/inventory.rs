//! `GET /partner/inventory`: stock levels, page by page.

use trefoil::{composition, input};

use crate::backends::Warehouse;
use crate::views::StockLevel;

/// Which page.
#[input]
pub struct InventoryInput {
    /// Products after this id; 0 is the first page.
    #[query(default = 0)]
    pub after: u64,
    /// How many at the most.
    #[query(default = 20, min = 1, max = 100)]
    pub limit: u32,
}

/// Stock levels in the order of the products' ids. The next page starts after the last id of this one.
#[composition(get = "/inventory", deadline = "1s", input = InventoryInput, scopes("inventory:read"))]
pub struct Inventory {
    /// The levels.
    #[call(Warehouse, get = "/stock", query(after = query.after, limit = query.limit), header("x-partner" = caller.partner))]
    pub items: Vec<StockLevel>,
}
