//! Values become parts of a request: always encoded for where they stand.

mod json;

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::plan::{PlannedCall, Source, Text, TextPart};
use crate::project::unquoted;

/// A value that a call refers to: JSON text of a scalar, or `None` for null.
pub(crate) type Value = Option<Bytes>;

/// All but RFC 3986's unreserved characters.
pub(crate) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The variable parts of a call's request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rendered {
    pub(crate) path_and_query: String,
    pub(crate) headers: HeaderMap,
    /// What its answer is purged by, if it is kept.
    pub(crate) tags: Vec<String>,
    pub(crate) body: Option<Bytes>,
}

impl Rendered {
    /// The same for two requests that ask the same. They may be purged by different tags: those are [united](unite).
    pub(crate) fn identity(&self) -> String {
        let mut text = self.path_and_query.clone();
        if let Some(body) = &self.body {
            text.push('\n');
            text.push_str(&String::from_utf8_lossy(body));
        }
        for (name, value) in &self.headers {
            text.push('\n');
            text.push_str(name.as_str());
            text.push(':');
            text.push_str(&String::from_utf8_lossy(value.as_bytes()));
        }
        text
    }
}

/// Adds what one more of those who ask the same purges the answer by.
pub(crate) fn unite(tags: &mut Vec<String>, more: Vec<String>) {
    for tag in more {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
}

/// Why a call is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotMade {
    /// An input is null without a failure: the call is skipped, its value is null, the answer complete.
    Null,
    /// A value cannot stand where it was referred to. The text is for the log.
    Unfit(&'static str),
}

/// Writes the call's URL, headers and body; `value` looks a source up.
pub(crate) fn render(call: &PlannedCall, value: impl Fn(Source) -> Value) -> Result<Rendered, NotMade> {
    let mut url = String::with_capacity(64);
    path(&call.path, &value, &mut url)?;
    let mut separator = '?';
    for (name, text) in &call.query {
        let Some(text) = plain(text, &value)? else { continue };
        url.push(separator);
        separator = '&';
        url.extend(utf8_percent_encode(name, ENCODED));
        url.push('=');
        url.extend(utf8_percent_encode(&text, ENCODED));
    }
    let mut headers = HeaderMap::with_capacity(call.headers.len());
    for (name, text) in &call.headers {
        let Some(text) = plain(text, &value)? else { continue };
        headers.insert(name.clone(), header(&text)?);
    }
    let body = match &call.body {
        Some(body) => json::render(body, &value)?,
        None => None,
    };
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let tags = call.cache.iter().flat_map(|(_, tags)| tags);
    // A tag with a null in it names nothing, and the call is made all the same.
    let tags = tags.filter_map(|tag| plain(tag, &value).ok().flatten().map(Cow::into_owned)).collect();
    Ok(Rendered { path_and_query: url, headers, body, tags })
}

/// A header's value: visible ASCII and blanks.
pub(crate) fn header(text: &str) -> Result<HeaderValue, NotMade> {
    let unfit = NotMade::Unfit("a value has characters that no header can carry");
    let visible = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    HeaderValue::from_str(text).ok().filter(|_| visible).ok_or(unfit)
}

/// A path: what a value adds stays inside its segment. A segment that a value would leave empty or dots only is refused,
/// since clients and servers on the way resolve those, encoded or not.
pub(crate) fn path(text: &Text, value: &impl Fn(Source) -> Value, url: &mut String) -> Result<(), NotMade> {
    let mut touched = false;
    for part in &text.0 {
        match part {
            TextPart::Literal(text) => {
                if touched && text.starts_with('/') {
                    segment(url)?;
                }
                url.push_str(text);
                touched = touched && !text.contains('/');
            }
            TextPart::Value { source, .. } => {
                let value = value(*source).ok_or(NotMade::Null)?;
                url.extend(utf8_percent_encode(&scalar(&value)?, ENCODED));
                touched = true;
            }
        }
    }
    if touched { segment(url) } else { Ok(()) }
}

fn segment(url: &str) -> Result<(), NotMade> {
    match url.rsplit('/').next() {
        Some(last) if is_no_segment(last) => Err(NotMade::Unfit("a path segment would be empty or dots")),
        _ => Ok(()),
    }
}

/// What no segment of a path can be.
pub(crate) fn is_no_segment(text: &str) -> bool {
    matches!(text, "" | "." | "..")
}

/// A URL for clients: what a value adds stays inside its segment, or inside its part of the query.
pub(crate) fn link(text: &Text, value: &impl Fn(Source) -> Value) -> Result<String, NotMade> {
    let mut url = String::with_capacity(64);
    for part in &text.0 {
        match part {
            TextPart::Literal(text) => url.push_str(text),
            TextPart::Value { source, .. } => {
                let value = value(*source).ok_or(NotMade::Null)?;
                url.extend(utf8_percent_encode(&scalar(&value)?, ENCODED));
            }
        }
    }
    // A value adds neither `/` nor `?`, so these are the declaration's.
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("https://").map_or(path, |rest| rest.find('/').map_or("/", |at| &rest[at..]));
    for end in path.match_indices('/').skip(1).map(|(at, _)| at).chain((path != "/").then_some(path.len())) {
        segment(&path[..end])?;
    }
    Ok(url)
}

/// A whole text; `None` when it is an optional input that was not given.
pub(crate) fn plain<'a>(text: &'a Text, value: &impl Fn(Source) -> Value) -> Result<Option<Cow<'a, str>>, NotMade> {
    if let [TextPart::Literal(text)] = text.0.as_slice() {
        return Ok(Some(Cow::Borrowed(text)));
    }
    let mut out = String::new();
    for part in &text.0 {
        match part {
            TextPart::Literal(text) => out.push_str(text),
            TextPart::Value { source, omit, .. } => match value(*source) {
                Some(value) => out.push_str(&scalar(&value)?),
                None if *omit => return Ok(None),
                None => return Err(NotMade::Null),
            },
        }
    }
    Ok(Some(Cow::Owned(out)))
}

/// The plain text of a JSON scalar.
pub(crate) fn scalar(json: &Bytes) -> Result<Cow<'_, str>, NotMade> {
    let unfit = NotMade::Unfit("a value is no text, number or boolean");
    let text = std::str::from_utf8(json).map_err(|_| NotMade::Unfit("a value is no UTF-8"))?;
    match text.as_bytes() {
        [b'"', ..] => unquoted(text).ok_or(unfit),
        [b'{' | b'[', ..] => Err(unfit),
        _ => Ok(Cow::Borrowed(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn value(omit: bool) -> TextPart {
        TextPart::Value { source: Source::CallerId, written: "caller.id".into(), omit }
    }

    fn node(path: Vec<TextPart>, query: Vec<(String, Text)>) -> PlannedCall {
        PlannedCall { path: Text(path), query, ..PlannedCall::default() }
    }

    fn url(node: &PlannedCall, json: Option<&'static str>) -> Result<String, NotMade> {
        render(node, |_| json.map(|json| Bytes::from_static(json.as_bytes()))).map(|rendered| rendered.path_and_query)
    }

    #[test]
    fn a_value_never_leaves_its_place_in_the_url() {
        let call =
            node(vec![TextPart::Literal("/users/".into()), value(false)], vec![("q".into(), Text(vec![value(false)]))]);
        for (json, expected) in [
            (r#""u-1""#, "/users/u-1?q=u-1"),
            ("7", "/users/7?q=7"),
            (r#""a/b?c#d%2F&e=f g""#, "/users/a%2Fb%3Fc%23d%252F%26e%3Df%20g?q=a%2Fb%3Fc%23d%252F%26e%3Df%20g"),
            (r#""\u00e9\n""#, "/users/%C3%A9%0A?q=%C3%A9%0A"),
        ] {
            assert_eq!(url(&call, Some(json)).unwrap(), expected);
        }
        for json in [r#""""#, r#"".""#, r#""..""#, r#""\u002e.""#] {
            assert!(matches!(url(&call, Some(json)), Err(NotMade::Unfit(_))), "{json}");
        }
    }

    #[test]
    fn a_null_input_skips_the_call_and_an_optional_one_leaves_its_parameter_out() {
        let literal = || TextPart::Literal("/x".into());
        assert_eq!(url(&node(vec![literal()], vec![("q".into(), Text(vec![value(false)]))]), None), Err(NotMade::Null));
        assert_eq!(url(&node(vec![literal()], vec![("q".into(), Text(vec![value(true)]))]), None).unwrap(), "/x");
    }

    #[test]
    fn a_tag_with_a_null_in_it_is_left_out() {
        let mut call = node(vec![TextPart::Literal("/x".into())], vec![]);
        let tag = Text(vec![TextPart::Literal("product-".into()), value(false)]);
        call.cache = Some((Default::default(), vec![Text(vec![TextPart::Literal("catalog".into())]), tag]));
        let tags = |json: Option<&'static str>| render(&call, |_| json.map(Bytes::from)).unwrap().tags;
        assert_eq!(tags(Some("7")), ["catalog", "product-7"]);
        assert_eq!(tags(None), ["catalog"]);
    }
}
