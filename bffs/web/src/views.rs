//! What the web client sees. A struct is an allow-list: what it does not name never leaves.

use trefoil::{Raw, view};

use crate::backends::{Catalog, Inventory};

/// A person, as they see themselves.
#[view]
pub struct Profile {
    /// The account's id.
    pub id: String,
    /// The full name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The segment that suggestions are made for.
    pub segment: String,
    /// The day on which the account was opened (RFC 3339 full-date).
    pub member_since: String,
    /// The city of the home address.
    pub city: String,
    /// The standing in the loyalty programme.
    pub loyalty: Loyalty,
}

/// A standing in the loyalty programme.
#[view]
pub struct Loyalty {
    /// The tier reached.
    pub tier: String,
    /// The points collected.
    pub points: u32,
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

/// An order in a list.
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
    /// The price of one, when it was ordered.
    pub unit_price: f64,
}

/// An order with all that its own page shows.
#[view]
pub struct OrderDetail {
    /// What a list shows of it, too.
    #[serde(flatten)]
    pub order: Order,
    /// How it travels.
    pub shipping: Shipping,
    /// How it was paid; null until it is.
    pub payment: Option<Payment>,
}

/// How an order was paid.
#[view]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Payment {
    /// With a card, at once.
    Card(CardPayment),
    /// Later, by an invoice.
    Invoice(InvoicePayment),
}

/// A payment with a card.
#[view]
pub struct CardPayment {
    /// The card's brand.
    pub brand: String,
    /// The last four digits of its number.
    pub last_digits: String,
}

/// A payment by an invoice.
#[view]
pub struct InvoicePayment {
    /// How many days there are to pay.
    pub terms_days: u32,
}

/// What is to be ordered.
#[view]
pub struct Basket {
    /// One line a product.
    #[bounds(min_items = 1, max_items = 50)]
    pub lines: Vec<BasketLine>,
}

/// One line of a basket.
#[view]
pub struct BasketLine {
    /// The product's id.
    pub product_id: u64,
    /// How many of it.
    #[bounds(min = 1, max = 99)]
    pub quantity: u32,
}

/// An order that was just placed.
#[view]
pub struct PlacedOrder {
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
    pub lines: Vec<PlacedLine>,
}

/// One line of an order that was just placed.
#[view]
pub struct PlacedLine {
    /// The product's id.
    pub product_id: u64,
    /// How many of it.
    pub quantity: u32,
    /// The price of one, when it was ordered.
    pub unit_price: f64,
    /// The product. Those of all lines are one call, made when the order has been placed.
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id, most = 50), within = "150ms")]
    pub product: Option<ProductName>,
}

/// What a product is called.
#[view]
pub struct ProductName {
    /// The product's id.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// How an order travels.
#[view]
pub struct Shipping {
    /// The carrier's name.
    pub carrier: String,
    /// What the carrier knows it by.
    pub tracking_code: String,
    /// Where it goes.
    pub address: Address,
}

/// A postal address.
#[view]
pub struct Address {
    /// Who lives there.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// The postal code.
    pub postal_code: String,
    /// The city.
    pub city: String,
    /// The country (ISO 3166-1 alpha-2).
    pub country: String,
}

/// A category of products, and those within it.
#[view]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// What it is called in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// How many products it has, those of the categories within it among them.
    pub product_count: u32,
    /// The categories within it; none for a leaf.
    pub children: Vec<Category>,
}

/// A product with all that its own page shows.
#[view]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The product's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// The slug of its category.
    pub category: String,
    /// Its price.
    pub price: f64,
    /// The currency of its price (ISO 4217).
    pub currency: String,
    /// Its weight in grams.
    pub weight_grams: u32,
    /// What its maker says of it, as the maker says it; null when nothing is said.
    pub attributes: Option<Raw<Attributes>>,
}

/// What makers often say of a product. They may say anything else, too.
#[view]
#[serde(rename_all = "camelCase")]
pub struct Attributes {
    /// What it is made of.
    pub material: Option<String>,
    /// The colours that there are.
    pub colours: Option<Vec<String>>,
    /// How many years it is warranted for.
    pub warranty_years: Option<u32>,
}

/// A product in a list, with what one warehouse has of it.
#[view(needs(warehouse: String))]
#[serde(rename_all = "camelCase")]
pub struct ProductCard {
    /// The product's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its price.
    pub price: f64,
    /// The currency of its price (ISO 4217).
    pub currency: String,
    /// A picture of it.
    pub image_url: String,
    /// How many there are. Unknown when the service is slow or down; the stock of all products is one call.
    #[call(Inventory, get = "/stock", query(warehouse = needs.warehouse), batch(product_ids = id, by = product_id, most = 100), within = "150ms")]
    pub stock: Option<StockLevel>,
}

/// How many of a product in a list there are.
#[view]
pub struct StockLevel {
    /// The product's id.
    pub product_id: u64,
    /// How many can be ordered now.
    pub available: u32,
}

/// A suggested product.
#[view]
#[serde(rename_all = "camelCase")]
pub struct Pick {
    /// The product's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its price.
    pub price: f64,
    /// The currency of its price (ISO 4217).
    pub currency: String,
    /// A picture of it.
    pub image_url: String,
}

/// A picture of a product.
#[view]
pub struct Image {
    /// Where it is.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// What people think of a product on average.
#[view]
pub struct Rating {
    /// From 1 to 5.
    pub average: f64,
    /// How many reviews it is made of.
    pub count: u32,
}

/// What one person thinks of a product.
#[view]
pub struct Review {
    /// The review's id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// From 1 to 5.
    pub rating: u8,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// When it was written (RFC 3339).
    pub created_at: String,
}

/// Whether a product can be had.
#[view]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// There is enough of it.
    InStock,
    /// There are a few left.
    NearlyGone,
    /// There is none.
    SoldOut,
}

/// How many of a product there are.
#[view]
pub struct Stock {
    /// How many can be ordered now.
    pub available: u32,
}
