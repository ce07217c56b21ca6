//! What partners see.

use trefoil::view;

/// Where an order stands.
#[view]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed, not yet paid.
    Placed,
    /// Paid, not yet handed to the carrier.
    Paid,
    /// On its way.
    Shipped,
    /// Handed over.
    Delivered,
    /// Called off.
    Cancelled,
}

/// An order to fulfil.
#[view]
pub struct OrderRecord {
    /// The order's id.
    pub id: u64,
    /// The number that people quote.
    pub number: String,
    /// When it was placed (RFC 3339).
    pub placed_at: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// The currency of its amounts (ISO 4217).
    pub currency: String,
    /// The sum of its lines.
    pub total: f64,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
    /// How it travels.
    pub shipping: Shipping,
}

/// One line of an order.
#[view]
pub struct OrderLine {
    /// The product's id.
    pub product_id: u64,
    /// How many of it.
    pub quantity: u32,
    /// The price of one, when it was ordered.
    pub unit_price: f64,
}

/// How an order travels.
#[view]
pub struct Shipping {
    /// The carrier's name.
    pub carrier: String,
    /// What the carrier knows it by.
    pub tracking_code: String,
}

/// How many of a product there are.
#[view]
pub struct StockLevel {
    /// The product's id.
    pub product_id: u64,
    /// How many can be ordered now.
    pub available: u32,
    /// Where they are.
    pub warehouses: Vec<WarehouseStock>,
}

/// How many of a product one warehouse has.
#[view]
pub struct WarehouseStock {
    /// The warehouse's code.
    pub code: String,
    /// How many it has.
    pub quantity: u32,
}
