//! The time of a line: RFC 3339 in UTC, to the microsecond.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

/// Appends `2026-11-24T19:30:00.123456Z`.
pub(super) fn write(now: SystemTime, line: &mut Vec<u8>) {
    thread_local! {
        /// The second that was written last, and how.
        static SECOND: RefCell<(u64, String)> = const { RefCell::new((u64::MAX, String::new())) };
    }
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != since.as_secs() {
            *second = since.as_secs();
            text.clear();
            write_second(*second, text);
        }
        line.extend_from_slice(text.as_bytes());
    });
    let mut micros = since.subsec_micros();
    let mut digits = *b".000000Z";
    for digit in digits[1..7].iter_mut().rev() {
        *digit += (micros % 10) as u8;
        micros /= 10;
    }
    line.extend_from_slice(&digits);
}

fn write_second(second: u64, text: &mut String) {
    let (days, of_day) = (second / 86_400, second % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    // Writing to a string cannot fail.
    let _ = write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
}

/// The Gregorian date of a day since 1970-01-01. Years are taken to begin in March, so that the odd day is their last.
fn date(days: u64) -> (u64, u64, u64) {
    /// From 0000-03-01 to 1970-01-01.
    const BEFORE_1970: u64 = 719_468;
    const IN_400_YEARS: u64 = 146_097;
    let days = days + BEFORE_1970;
    let (era, day) = (days / IN_400_YEARS, days % IN_400_YEARS);
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = 400 * era + year_of_era + u64::from(month <= 2);
    (year, month, day_of_month)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn written(seconds: u64, micros: u32) -> String {
        let mut line = Vec::new();
        write(UNIX_EPOCH + Duration::new(seconds, micros * 1_000), &mut line);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(written(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(written(951_827_696, 7), "2000-02-29T12:34:56.000007Z");
        assert_eq!(written(1_709_251_199, 999_999), "2024-02-29T23:59:59.999999Z");
        assert_eq!(written(1_709_251_200, 100_000), "2024-03-01T00:00:00.100000Z");
        assert_eq!(written(4_107_542_400, 0), "2100-03-01T00:00:00.000000Z");
    }

    #[test]
    fn dates_go_on_day_by_day() {
        let mut before = date(0);
        for days in 1..200_000 {
            let (year, month, day) = date(days);
            let next_day = (year, month) == (before.0, before.1) && day == before.2 + 1;
            let next_month = day == 1 && before.2 >= 28 && (12 * year + month) == (12 * before.0 + before.1) + 1;
            assert!(next_day || next_month, "{before:?} {year}-{month}-{day}");
            before = (year, month, day);
        }
    }
}
