//! What people say of a product. The five newest products have not been reviewed yet.

use serde::Serialize;

use super::arithmetic::{between, mix, one};
use super::literals::{Decimal, Moment};
use super::words::REVIEWS;
use super::{people, products};

/// Stars that a review gives: people who write are mostly content.
const STARS: [u64; 10] = [5, 4, 5, 3, 4, 5, 2, 4, 5, 1];

/// 2024-06-01, before which none was written.
const FIRST: u64 = 1_717_200_000;

/// A review. The last two fields are internal.
#[derive(Debug, Serialize)]
pub(crate) struct Review {
    pub(crate) id: String,
    pub(crate) product_id: u64,
    pub(crate) author: String,
    pub(crate) rating: u64,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    pub(crate) created_at: Moment,
    pub(crate) author_email: String,
    pub(crate) moderation_score: Decimal<2>,
}

/// The sum of a product's reviews.
#[derive(Debug, Serialize)]
pub(crate) struct Rating {
    pub(crate) product_id: u64,
    /// 0.0 when there is no review.
    pub(crate) average: Decimal<1>,
    pub(crate) count: u64,
}

/// All reviews of a product, newest first.
pub(crate) fn of(product: u64) -> Vec<Review> {
    (0..count(product)).map(|n| review(product, n)).collect()
}

pub(crate) fn rating(product: u64) -> Rating {
    let count = count(product);
    let tenths = (0..count).map(|n| stars(product, n) * 10).sum::<u64>().checked_div(count);
    Rating { product_id: product, average: Decimal(tenths.unwrap_or_default()), count }
}

fn count(product: u64) -> u64 {
    if product > products::COUNT - 5 { 0 } else { between(1, 14, product, 21) }
}

fn stars(product: u64, n: u64) -> u64 {
    one(&STARS, product * 100 + n, 22)
}

fn review(product: u64, n: u64) -> Review {
    let which = product * 100 + n;
    let rating = stars(product, n);
    let texts = REVIEWS[usize::try_from(rating - 1).unwrap_or_default()];
    // In turn, so that two reviews in a row never read the same.
    let (title, text) = texts[usize::try_from(mix(product, 23) % 4 + n).unwrap_or_default() % texts.len()];
    let author = people::name(mix(which, 24) % people::COUNT);
    // Each is at least a day older than the one before it.
    let days_after_first = 890_u64.saturating_sub(n * 60 + between(0, 58, which, 25));
    Review {
        id: format!("r-{product}-{}", count(product) - n),
        product_id: product,
        rating,
        title,
        text,
        created_at: Moment((FIRST + days_after_first * 86_400 + between(0, 86_399, which, 26)).cast_signed()),
        author_email: format!("{}@example.com", author.to_lowercase().replace(' ', ".")),
        author,
        moderation_score: Decimal(between(80, 99, which, 27)),
    }
}
