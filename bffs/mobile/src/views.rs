//! What the app sees: what fits a small screen, and nothing else.

use trefoil::view;

use crate::backends::Catalog;

/// The person, for the greeting.
#[view]
pub struct Greeting {
    /// The full name.
    pub name: String,
    /// The standing in the loyalty programme.
    pub loyalty: Loyalty,
}

/// A standing in the loyalty programme.
#[view]
pub struct Loyalty {
    /// The tier reached.
    pub tier: String,
}

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

/// An order on a card.
#[view]
pub struct OrderCard {
    /// The order's id.
    pub id: u64,
    /// The number that people quote.
    pub number: String,
    /// When it was placed (RFC 3339).
    pub placed_at: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// The currency of the total (ISO 4217).
    pub currency: String,
    /// The sum of its lines.
    pub total: f64,
}

/// An order in the list of orders.
#[view]
pub struct Order {
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
}

/// One line of an order.
#[view]
pub struct OrderLine {
    /// The product's id.
    pub product_id: u64,
    /// How many of it.
    pub quantity: u32,
    /// The product; the products of all lines of all orders are one call. Left out, and named as missing, when the catalog is
    /// slow or does not know it.
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id, most = 100), within = "120ms")]
    pub product: Option<Product>,
}

/// A product in a line.
#[view]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The product's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// A picture of it.
    pub image_url: String,
}
