//! The people who buy: `u-1001` to `u-1300`.

use serde::Serialize;

use super::arithmetic::{between, one};
use super::literals::{Day, Decimal};
use super::words::{CITIES, FIRST_NAMES, LAST_NAMES, NOTES, SEGMENTS, TIERS};

/// How many there are.
pub(crate) const COUNT: u64 = 300;

/// 2015-01-01, before which nobody was a member.
const OPENED: u64 = 1_420_070_400;

/// A person as the users service keeps them. The last three fields are nobody else's business: they are here so that
/// one can see that they never leave the gateway.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) segment: &'static str,
    pub(crate) member_since: Day,
    pub(crate) city: &'static str,
    pub(crate) country: &'static str,
    pub(crate) loyalty: Loyalty,
    pub(crate) password_hash: String,
    pub(crate) risk_score: Decimal<2>,
    pub(crate) internal_notes: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Loyalty {
    pub(crate) tier: &'static str,
    pub(crate) points: u64,
}

/// The id of the n-th person, from 0.
pub(crate) fn id(n: u64) -> String {
    format!("u-{}", 1001 + n)
}

/// The n-th person, from 0.
pub(super) fn person(n: u64) -> Person {
    let name = name(n);
    let (city, country, _, _) = home(n);
    let points = between(0, 7_999, n, 5);
    Person {
        id: id(n),
        email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
        name,
        segment: SEGMENTS[usize::try_from(n).unwrap_or_default() % SEGMENTS.len()],
        member_since: Day((OPENED + 86_400 * between(0, 4_000, n, 3)).cast_signed()),
        city,
        country,
        loyalty: Loyalty { tier: TIERS[usize::try_from(points / 2_000).unwrap_or_default() % TIERS.len()], points },
        password_hash: format!("argon2id$19${:016x}", super::arithmetic::mix(n, 6)),
        risk_score: Decimal(between(1, 60, n, 7)),
        internal_notes: one(&NOTES, n, 8),
    }
}

/// First and last name of the n-th person. The tables' lengths share no divisor, so no name comes twice.
pub(super) fn name(n: u64) -> String {
    let n = usize::try_from(n).unwrap_or_default();
    format!("{} {}", FIRST_NAMES[n % FIRST_NAMES.len()], LAST_NAMES[n % LAST_NAMES.len()])
}

/// Where the n-th person lives: city, country, street, postal code.
pub(super) fn home(n: u64) -> (&'static str, &'static str, &'static str, &'static str) {
    one(&CITIES, n, 4)
}
