//! What is sold: products 1 to 200, in ten categories of three departments.

use serde::Serialize;
use serde_json::json;

use super::arithmetic::between;
use super::literals::{Decimal, Money};
use super::reviews;
use super::words::{LEAVES, LINES};

/// How many there are.
pub(crate) const COUNT: u64 = 200;

/// The one currency of the shop (ISO 4217).
pub(crate) const CURRENCY: &str = "EUR";

/// A product as the catalogue keeps it. The supplier's fields are internal.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) category: &'static str,
    pub(crate) description: String,
    pub(crate) price: Money,
    pub(crate) price_cents: u64,
    pub(crate) currency: &'static str,
    pub(crate) image_url: String,
    pub(crate) rating_average: Decimal<1>,
    pub(crate) review_count: u64,
    pub(crate) weight_grams: u64,
    /// What its maker says of it: every maker says other things.
    pub(crate) attributes: serde_json::Value,
    pub(crate) supplier_cost: Money,
    pub(crate) supplier_code: String,
    /// The department, which is also the segment of the people who like it.
    #[serde(skip)]
    pub(crate) department: &'static str,
}

/// A node of the tree of categories.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Category {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) product_count: u64,
    pub(crate) children: Vec<Category>,
}

/// Where an image of a product is said to be. The host does not exist, on purpose.
pub(crate) fn image_url(id: u64, position: u64) -> String {
    format!("https://images.trefoil.example/products/{id}/{position}.jpg")
}

/// The product of this id, from 1.
pub(super) fn product(id: u64) -> Product {
    let n = usize::try_from(id - 1).unwrap_or_default();
    let (slug, _, department, goods, claim) = LEAVES[n % LEAVES.len()];
    let round = n / LEAVES.len();
    let (line, good) = (LINES[(round / goods.len() + n % LEAVES.len() * 3) % LINES.len()], goods[round % goods.len()]);
    // Prices end in .00, .50, .90 or .95, as prices do.
    let price = between(4, 249, id, 11) * 100 + [0, 50, 90, 95][n % 4];
    let rating = reviews::rating(id);
    Product {
        id,
        name: format!("{line} {good}"),
        category: slug,
        description: format!("The {good} of our {line} line. {claim}"),
        price: Decimal(price),
        price_cents: price,
        currency: CURRENCY,
        image_url: image_url(id, 1),
        rating_average: rating.average,
        review_count: rating.count,
        weight_grams: between(3, 160, id, 13) * 25,
        attributes: attributes(id),
        supplier_cost: Decimal(price * between(45, 70, id, 14) / 100),
        supplier_code: format!("SUP-{:03}", between(100, 140, id, 15)),
        department,
    }
}

/// Makers agree on little: some name materials, some a warranty, some what only they know of.
fn attributes(id: u64) -> serde_json::Value {
    match id % 4 {
        0 => json!({"colours": ["black", "red"], "warrantyYears": between(1, 5, id, 16)}),
        1 => json!({"material": "steel", "careHints": {"dishwasher": id.is_multiple_of(2), "oil": ["linseed"]}}),
        2 => json!({"material": "beech", "origin": "FR"}),
        _ => serde_json::Value::Null,
    }
}

/// Departments, their groups and their categories.
pub(crate) fn categories() -> Vec<Category> {
    let camping = group("camping", "Camping", leaves(&["tents", "camp-kitchen"]));
    let kitchen = group("kitchen", "Kitchen", leaves(&["coffee", "cookware"]));
    let with = |first, others: &[&str]| std::iter::once(first).chain(leaves(others)).collect();
    vec![
        group("outdoor", "Outdoor", with(camping, &["footwear", "cycling"])),
        group("home", "Home", with(kitchen, &["lighting", "textiles"])),
        group("desk", "Desk", leaves(&["stationery", "audio"])),
    ]
}

fn group(slug: &'static str, name: &'static str, children: Vec<Category>) -> Category {
    Category { slug, name, product_count: children.iter().map(|child| child.product_count).sum(), children }
}

fn leaves(wanted: &[&str]) -> Vec<Category> {
    let each = COUNT / LEAVES.len() as u64;
    let wanted = LEAVES.iter().filter(|(slug, ..)| wanted.contains(slug));
    wanted.map(|&(slug, name, ..)| Category { slug, name, product_count: each, children: Vec::new() }).collect()
}
