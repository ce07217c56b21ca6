//! How many of a product there are, and where.

use serde::Serialize;

use super::arithmetic::{between, mix};
use super::literals::{Decimal, Money};
use super::products::Product;
use super::words::WAREHOUSES;

/// The stock of a product. What it cost and where it lies are internal.
#[derive(Debug, Serialize)]
pub(crate) struct Stock {
    pub(crate) product_id: u64,
    pub(crate) available: u64,
    pub(crate) reserved: u64,
    pub(crate) warehouses: Vec<Shelf>,
    pub(crate) unit_cost: Money,
}

#[derive(Debug, Serialize)]
pub(crate) struct Shelf {
    pub(crate) code: &'static str,
    pub(crate) city: &'static str,
    pub(crate) quantity: u64,
    pub(crate) bin_location: String,
}

/// Every ninth product or so is sold out.
pub(crate) fn of(product: &Product) -> Stock {
    let id = product.id;
    let sold_out = mix(id, 31).is_multiple_of(9);
    let first = usize::try_from(id).unwrap_or_default() % WAREHOUSES.len();
    let warehouses: Vec<Shelf> = (0..=first % 3)
        .map(|n| {
            let (code, city) = WAREHOUSES[(first + n) % WAREHOUSES.len()];
            let which = id * 10 + n as u64;
            Shelf {
                code,
                city,
                quantity: if sold_out { 0 } else { between(1, 60, which, 32) },
                bin_location: format!("{}-{:02}", ["A", "B", "C", "D"][n], between(1, 80, which, 33)),
            }
        })
        .collect();
    Stock {
        product_id: id,
        available: warehouses.iter().map(|shelf| shelf.quantity).sum(),
        reserved: if sold_out { 0 } else { between(0, 4, id, 34) },
        warehouses,
        unit_cost: Decimal(product.supplier_cost.0),
    }
}

impl Stock {
    /// What one warehouse has of it.
    pub(crate) fn at(mut self, code: &str) -> Stock {
        self.warehouses.retain(|shelf| shelf.code == code);
        self.available = self.warehouses.iter().map(|shelf| shelf.quantity).sum();
        self
    }
}
