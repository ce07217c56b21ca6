//! How long an answer is fresh, or that it may not be kept at all (RFC 9111 sections 3 and 4.2).

use std::time::Duration;

use http::{HeaderMap, header};
use tokio::time::Instant;

use super::Policy;

/// No answer is fresh for longer, whatever a backend says.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What may be done with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetime {
    /// How long it is fresh from when it came.
    pub(crate) fresh: Duration,
    /// How long after that it is given out while it is made new.
    pub(crate) while_revalidate: Duration,
    /// How long after that it stands in for a failure.
    pub(crate) if_error: Duration,
}

impl Lifetime {
    /// Nobody is given it.
    const NONE: Lifetime =
        Lifetime { fresh: Duration::ZERO, while_revalidate: Duration::ZERO, if_error: Duration::ZERO };

    /// How long it may be given out in any way.
    pub(crate) fn whole(&self) -> Duration {
        self.fresh + self.while_revalidate.max(self.if_error)
    }
}

/// A kept answer's times, as one who asks has them: two declarations of one call need not agree, and neither has the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Until then it is fresh.
    pub(crate) fresh_until: Instant,
    /// Until then it is given out while it is made new.
    pub(crate) until_revalidated: Instant,
    /// Until then it stands in for a failure.
    pub(crate) until_given_up: Instant,
}

impl Standing {
    /// The standing of an answer that came `at`, for one who asks by `policy`.
    pub(crate) fn of(said: &Said, policy: &Policy, at: Instant) -> Standing {
        let lifetime = lifetime(policy, said).unwrap_or(Lifetime::NONE);
        let fresh_until = at + lifetime.fresh;
        Standing {
            fresh_until,
            until_revalidated: fresh_until + lifetime.while_revalidate,
            until_given_up: fresh_until + lifetime.if_error,
        }
    }

    /// How long it stays fresh.
    pub(crate) fn fresh_for(&self, now: Instant) -> Option<Duration> {
        self.fresh_until.checked_duration_since(now).filter(|left| !left.is_zero())
    }
}

/// The lifetime of a 200 whose headers said this; `None` when it may not be kept.
///
/// A declared time decides over the backend's, but not over its `no-store`, nor over its `private` where the answer would be
/// shared. An answer that sets a cookie is somebody's own, and one that says nothing of its freshness has none: nothing is
/// guessed.
pub(crate) fn lifetime(policy: &Policy, said: &Said) -> Option<Lifetime> {
    if said.no_store || (said.private && policy.shared) || said.sets_cookie {
        return None;
    }
    let (fresh, stale) = if let Some(ttl) = policy.ttl {
        (ttl, !said.must_revalidate)
    } else {
        let whole = if said.no_cache {
            Some(0)
        } else {
            said.s_maxage.filter(|_| policy.shared).or(said.max_age).or(said.expires)
        };
        let fresh = Duration::from_secs(whole?.saturating_sub(said.age)).min(LONGEST);
        (fresh, !said.must_revalidate && !said.no_cache)
    };
    let (while_revalidate, if_error) =
        if stale { (policy.stale_while_revalidate, policy.stale_if_error) } else { Default::default() };
    Some(Lifetime { fresh, while_revalidate, if_error })
}

/// What an answer's headers say of its freshness, as far as it matters here. Of a directive given twice, the strictest holds.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Said {
    no_store: bool,
    no_cache: bool,
    private: bool,
    must_revalidate: bool,
    max_age: Option<u64>,
    s_maxage: Option<u64>,
    /// From `Date` to `Expires`.
    expires: Option<u64>,
    /// How old it was already.
    age: u64,
    sets_cookie: bool,
}

impl Said {
    pub(crate) fn read(headers: &HeaderMap) -> Said {
        let age = headers.get(header::AGE).and_then(|value| value.to_str().ok()).and_then(seconds);
        let mut said = Said {
            expires: expires(headers),
            age: age.unwrap_or(0),
            sets_cookie: headers.contains_key(header::SET_COOKIE),
            ..Said::default()
        };
        for value in headers.get_all(header::CACHE_CONTROL) {
            // What cannot be read may have said no.
            let Ok(text) = value.to_str() else { return Said { no_store: true, ..said } };
            for directive in text.split(',') {
                let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
                // A time that is no number is none (RFC 9111 section 4.2.1).
                let age = |known: Option<u64>| {
                    let age = seconds(value.trim().trim_matches('"')).unwrap_or(0);
                    Some(known.map_or(age, |known| known.min(age)))
                };
                match name.trim().to_ascii_lowercase().as_str() {
                    "no-store" => said.no_store = true,
                    "no-cache" => said.no_cache = true,
                    "private" => said.private = true,
                    "must-revalidate" | "proxy-revalidate" => said.must_revalidate = true,
                    "max-age" => said.max_age = age(said.max_age),
                    "s-maxage" => said.s_maxage = age(said.s_maxage),
                    _ => {}
                }
            }
        }
        said
    }
}

/// A time in whole seconds. One that no number here can hold is the longest there is.
fn seconds(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// From `Date` to `Expires`; nothing for a date that is none, as RFC 9111 section 5.3 demands of `Expires: 0`.
fn expires(headers: &HeaderMap) -> Option<u64> {
    let date = |value: &http::HeaderValue| value.to_str().ok().and_then(|text| httpdate::parse_http_date(text).ok());
    let expires = headers.get(header::EXPIRES)?;
    let from = headers.get(header::DATE).and_then(date).unwrap_or_else(std::time::SystemTime::now);
    Some(date(expires).and_then(|at| at.duration_since(from).ok()).map_or(0, |lasting| lasting.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn the_backends_word_is_read_as_rfc_9111_has_it() {
        let (own, shared) = (Policy::default(), Policy { shared: true, ..Policy::default() });
        for (lines, for_one, for_all) in [
            (&[("cache-control", "max-age=60")][..], Some(60), Some(60)),
            (&[("cache-control", "max-age=60"), ("age", "20")], Some(40), Some(40)),
            (&[("cache-control", "max-age=10"), ("age", "20")], Some(0), Some(0)),
            (&[("cache-control", "s-maxage=5, max-age=60")], Some(60), Some(5)),
            (&[("cache-control", "Max-Age=\"7\"")], Some(7), Some(7)),
            (&[("cache-control", "max-age=60, max-age=9")], Some(9), Some(9)),
            (&[("cache-control", "max-age=x")], Some(0), Some(0)),
            (&[("cache-control", "max-age=99999999999999999999")], Some(604_800), Some(604_800)),
            (&[("cache-control", "private, max-age=60")], Some(60), None),
            (&[("cache-control", "no-store, max-age=60")], None, None),
            (&[("cache-control", "max-age=60"), ("cache-control", "no-store")], None, None),
            (&[("cache-control", "no-cache, max-age=60")], Some(0), Some(0)),
            (&[("cache-control", "public")], None, None),
            (&[], None, None),
            (&[("cache-control", "max-age=60"), ("set-cookie", "a=1")], None, None),
            (
                &[("date", "Tue, 24 Nov 2026 10:00:00 GMT"), ("expires", "Tue, 24 Nov 2026 10:01:00 GMT")],
                Some(60),
                Some(60),
            ),
            (&[("expires", "0")], Some(0), Some(0)),
        ] {
            let fresh =
                |policy| lifetime(policy, &Said::read(&headers(lines))).map(|lifetime| lifetime.fresh.as_secs());
            assert_eq!((fresh(&own), fresh(&shared)), (for_one, for_all), "{lines:?}");
        }
    }

    #[test]
    fn a_declared_time_decides_but_not_over_what_forbids() {
        let policy = Policy { ttl: Some(Duration::from_secs(30)), shared: true, ..Policy::default() };
        for (said, fresh) in [
            ("", Some(30)),
            ("max-age=1", Some(30)),
            ("no-cache", Some(30)),
            ("no-store", None),
            ("private", None),
            ("private=\"x\"", None),
        ] {
            let said_so = Said::read(&headers(&[("cache-control", said)]));
            let found = lifetime(&policy, &said_so).map(|found| found.fresh.as_secs());
            assert_eq!(found, fresh, "{said}");
        }
        let lenient = Policy { stale_while_revalidate: Duration::from_secs(9), stale_if_error: LONGEST, ..policy };
        let strict = lifetime(&lenient, &Said::read(&headers(&[("cache-control", "must-revalidate")]))).unwrap();
        assert_eq!((strict.while_revalidate, strict.if_error), Default::default());
    }
}
