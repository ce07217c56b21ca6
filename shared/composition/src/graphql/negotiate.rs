//! What a client sends and accepts: `Content-Type` and `Accept` (RFC 9110, sections 8.3 and 12.5.1).

use http::HeaderMap;

use crate::media;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `application/json`: what old clients know.
    Json,
    /// `application/graphql-response+json`: its status says whether the request was understood.
    GraphqlResponse,
}

/// The form that the client prefers; `application/json` to one that does not care. `None` if it accepts neither.
pub(crate) fn negotiate(headers: &HeaderMap) -> Option<Form> {
    let json = quality(headers, "application", "json");
    let response = quality(headers, "application", "graphql-response+json");
    let (form, best) = match response.quality.cmp(&json.quality) {
        std::cmp::Ordering::Greater => (Form::GraphqlResponse, response),
        // Who names it knows it.
        std::cmp::Ordering::Equal if response.named => (Form::GraphqlResponse, response),
        std::cmp::Ordering::Equal | std::cmp::Ordering::Less => (Form::Json, json),
    };
    (best.quality > 0).then_some(form)
}

/// Whether a page does.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    quality(headers, "text", "html").quality > 0
}

/// How much a media type is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    /// In thousandths.
    quality: u16,
    /// Whether it was named in full.
    named: bool,
}

/// What `Accept` says about a media type: its most specific range counts (RFC 9110, section 12.5.1).
fn quality(headers: &HeaderMap, kind: &str, subtype: &str) -> Wanted {
    let mut ranges = media::accepted(headers).peekable();
    if ranges.peek().is_none() {
        return Wanted { quality: 1000, named: false };
    }
    let mut best = (0, Wanted { quality: 0, named: false });
    for (range, quality) in ranges {
        let (left, right) = range.essence.split_once('/').unwrap_or_default();
        let specific = match (left.eq_ignore_ascii_case(kind), right.eq_ignore_ascii_case(subtype)) {
            (true, true) => 3,
            (true, false) if right == "*" => 2,
            (false, _) if left == "*" && right == "*" => 1,
            _ => continue,
        };
        if specific > best.0 {
            best = (specific, Wanted { quality, named: specific == 3 });
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::ACCEPT, value.parse().unwrap());
        headers
    }

    #[test]
    fn the_form_is_what_the_client_prefers() {
        assert_eq!(negotiate(&HeaderMap::new()), Some(Form::Json));
        for (value, form) in [
            ("*/*", Some(Form::Json)),
            ("application/json", Some(Form::Json)),
            ("application/*", Some(Form::Json)),
            ("application/graphql-response+json", Some(Form::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(Form::GraphqlResponse)),
            ("application/graphql-response+json;q=0.5, application/json;q=0.9", Some(Form::Json)),
            ("application/graphql-response+json;q=0, */*;q=0.1", Some(Form::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(negotiate(&accept(value)), form, "{value}");
        }
    }

    #[test]
    fn a_browser_accepts_a_page_and_an_api_client_does_not() {
        assert!(accepts_html(&accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")));
        assert!(accepts_html(&accept("*/*")));
        assert!(!accepts_html(&accept("application/json")));
    }
}
