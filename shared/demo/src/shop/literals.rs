//! Values whose spelling in JSON matters: `20.00` keeps its zeros, a date is a date.

use std::fmt;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Seconds in a day.
const DAY: i64 = 86_400;

/// A decimal number with a fixed number of digits after the point, written as a JSON number with all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal<const DIGITS: u32>(pub(crate) u64);

/// Money in cents, written `149.90`.
pub(crate) type Money = Decimal<2>;

/// A moment in seconds since 1970, written as in RFC 3339, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

/// A day, as the seconds since 1970 of any moment in it, written `2019-04-12`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) i64);

// === impl Decimal ===

impl<const DIGITS: u32> fmt::Display for Decimal<DIGITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u64.pow(DIGITS);
        write!(f, "{}.{:0width$}", self.0 / unit, self.0 % unit, width = DIGITS as usize)
    }
}

impl<const DIGITS: u32> Serialize for Decimal<DIGITS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

// === impl Moment ===

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(DAY);
        write!(f, "{}T{:02}:{:02}:{:02}Z", Day(self.0), second / 3600, second / 60 % 60, second % 60)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

// === impl Day ===

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Year, month and day of a count of days since 1970-01-01. Counts in years that begin in March, so that the leap day
/// is the last.
fn civil(days: i64) -> (i64, i64, i64) {
    let since_march_of_year_0 = days + 719_468;
    let era = since_march_of_year_0.div_euclid(146_097);
    let day_of_era = since_march_of_year_0.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_keeps_its_zeros() {
        let written = |cents| serde_json::to_string(&Decimal::<2>(cents)).unwrap();
        assert_eq!([written(2000), written(14_990), written(5)], ["20.00", "149.90", "0.05"]);
    }

    #[test]
    fn moments_are_written_as_in_rfc_3339() {
        let known =
            [(0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_868_800, "2000-03-01T00:00:00Z")];
        for (seconds, text) in known {
            assert_eq!(Moment(seconds).to_string(), text);
        }
    }
}
