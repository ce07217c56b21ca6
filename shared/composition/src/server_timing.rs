//! `Server-Timing` (W3C): how long the calls of an answer took, one entry a call.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::run::Timing;

/// `Server-Timing`.
pub(crate) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// How long the requests of one call took. In a list they may be hundreds, and a header is not to grow with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The longest of them.
    longest: Duration,
    requests: usize,
}

/// The times of each call, by the node that names it, in the order in which the first request of each ended.
pub(crate) fn by_call(timings: &[Timing]) -> Vec<(usize, Taken)> {
    let mut calls: Vec<(usize, Taken)> = Vec::with_capacity(timings.len().min(16));
    for timing in timings {
        match calls.iter_mut().find(|(node, _)| *node == timing.node) {
            Some((_, taken)) => {
                taken.longest = taken.longest.max(timing.took);
                taken.requests += 1;
            }
            None => calls.push((timing.node, Taken { longest: timing.took, requests: 1 })),
        }
    }
    calls
}

/// The header: `home.profile;dur=1.2`, in milliseconds; how many requests there were, where there were several.
pub(crate) fn header<N: AsRef<str>>(entries: impl Iterator<Item = (N, Taken)>) -> Option<HeaderValue> {
    let mut text = String::with_capacity(entries.size_hint().0 * 32);
    for (name, taken) in entries {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(name.as_ref());
        text.push_str(";dur=");
        push_millis(&mut text, taken.longest);
        if taken.requests > 1 {
            text.push_str(";desc=\"longest of ");
            text.push_str(itoa::Buffer::new().format(taken.requests));
            text.push('"');
        }
    }
    HeaderValue::try_from(text).ok().filter(|value| !value.is_empty())
}

/// Milliseconds with one decimal. They are in every answer, and the formatting machinery would cost ten times as much.
fn push_millis(text: &mut String, took: Duration) {
    let tenths = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).saturating_add(50) / 100;
    let mut digits = itoa::Buffer::new();
    text.push_str(digits.format(tenths / 10));
    text.push('.');
    text.push_str(digits.format(tenths % 10));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_milliseconds_with_one_decimal() {
        for (micros, text) in [
            (0, "0.0"),
            (49, "0.0"),
            (50, "0.1"),
            (999, "1.0"),
            (1_049, "1.0"),
            (12_345, "12.3"),
            (61_000_000, "61000.0"),
        ] {
            let mut written = String::new();
            push_millis(&mut written, Duration::from_micros(micros));
            assert_eq!(written, text);
        }
    }
}
