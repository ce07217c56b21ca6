//! What was bought: orders 50001 to 51500, the newest last. `u-1001` has fifteen of them, of every status there is.

use serde::Serialize;

use super::arithmetic::{between, mix, one};
use super::literals::{Decimal, Moment, Money};
use super::people;
use super::products::{CURRENCY, Product};
use super::words::CARRIERS;

/// How many were placed before the shop opened for the demo.
pub(crate) const COUNT: u64 = 1_500;

/// The id of the oldest.
pub(crate) const FIRST_ID: u64 = 50_001;

/// 2026-11-20T09:00:00Z: no seeded order is later.
pub(crate) const NEWEST: i64 = 1_795_165_200;

/// Seconds from one order to the next: some two years in all.
const APART: i64 = 700 * 60;

/// A status of an order, in the order of its life.
pub(crate) const STATUSES: [&str; 5] = ["placed", "paid", "shipped", "delivered", "cancelled"];

/// An order in a list. The last two fields are internal.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Summary {
    pub(crate) id: u64,
    pub(crate) number: String,
    pub(crate) placed_at: Moment,
    pub(crate) status: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) total: Money,
    pub(crate) lines: Vec<Line>,
    pub(crate) margin: Money,
    pub(crate) warehouse_note: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    pub(crate) quantity: u64,
    pub(crate) unit_price: Money,
}

/// An order on its own.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Order {
    #[serde(flatten)]
    pub(crate) summary: Summary,
    pub(crate) user_id: String,
    pub(crate) shipping: Shipping,
    /// Null until it is paid.
    pub(crate) payment: Option<Payment>,
}

/// How an order was paid: a member says which way. The last field of each is internal.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub(crate) enum Payment {
    Card { brand: &'static str, last_digits: String, internal_reference: String },
    Invoice { terms_days: u64, internal_reference: String },
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shipping {
    pub(crate) carrier: &'static str,
    pub(crate) tracking_code: String,
    pub(crate) address: Address,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Address {
    pub(crate) name: String,
    pub(crate) street: String,
    pub(crate) postal_code: &'static str,
    pub(crate) city: &'static str,
    pub(crate) country: &'static str,
}

/// The n-th seeded order, from 0.
pub(super) fn seeded(n: u64, products: &[Product]) -> Order {
    // Each hundredth is u-1001's, so that the first person a newcomer meets has a history.
    let buyer = if n % 100 == 99 { 0 } else { 1 + mix(n, 41) % (people::COUNT - 1) };
    let lines = 1 + one(&[0, 0, 0, 1, 1, 2, 3, 4], n, 42);
    let lines: Vec<Line> = (0..lines)
        .map(|line| {
            // 37 shares no divisor with 200: no product comes twice in an order.
            let product =
                &products[usize::try_from((mix(n, 43) + line * 37) % products.len() as u64).unwrap_or_default()];
            line_of(product, one(&[1, 1, 1, 2, 3], n * 8 + line, 44))
        })
        .collect();
    let age = COUNT - 1 - n;
    let status = match age {
        _ if n % 13 == 5 => 4,
        0..40 => 0,
        40..120 => 1,
        120..250 => 2,
        _ => 3,
    };
    let placed_at = NEWEST - APART * age.cast_signed() - between(0, 36_000, n, 45).cast_signed();
    order(FIRST_ID + n, people::id(buyer), Moment(placed_at), STATUSES[status], lines)
}

/// How the order of this id was paid.
fn payment(id: u64) -> Payment {
    let internal_reference = format!("PAY-{:08}", mix(id, 50) % 100_000_000);
    if id.is_multiple_of(3) {
        Payment::Invoice { terms_days: one(&[14, 30], id, 51), internal_reference }
    } else {
        let last_digits = format!("{:04}", mix(id, 52) % 10_000);
        Payment::Card { brand: one(&["visa", "mastercard"], id, 53), last_digits, internal_reference }
    }
}

/// A line for so many of a product, at today's price.
pub(crate) fn line_of(product: &Product, quantity: u64) -> Line {
    Line { product_id: product.id, quantity, unit_price: product.price }
}

/// An order of these lines; all else follows from its id and its buyer.
pub(crate) fn order(id: u64, user_id: String, placed_at: Moment, status: &'static str, lines: Vec<Line>) -> Order {
    let total = lines.iter().map(|line| line.unit_price.0 * line.quantity).sum();
    // A buyer the shop has not seeded lives where their name leads to.
    let buyer = user_id.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let seeded = user_id.strip_prefix("u-").and_then(|number| number.parse::<u64>().ok()?.checked_sub(1001));
    let buyer = seeded.unwrap_or(buyer) % people::COUNT;
    let (city, country, street, postal_code) = people::home(buyer);
    Order {
        summary: Summary {
            id,
            number: format!("TR-{id}"),
            placed_at,
            status,
            currency: CURRENCY,
            total: Decimal(total),
            lines,
            margin: Decimal(total * between(18, 40, id, 46) / 100),
            warehouse_note: format!(
                "Shelf {}{:02}",
                ["A", "B", "C"][usize::try_from(id % 3).unwrap_or_default()],
                id % 80
            ),
        },
        user_id,
        payment: (status != STATUSES[0]).then(|| payment(id)),
        shipping: Shipping {
            carrier: one(&CARRIERS, id, 47),
            tracking_code: format!("{:012}", mix(id, 48) % 1_000_000_000_000),
            address: Address {
                name: people::name(buyer),
                street: format!("{street} {}", between(1, 120, buyer, 49)),
                postal_code,
                city,
                country,
            },
        },
    }
}
