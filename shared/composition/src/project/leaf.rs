//! Whether a raw JSON value is of a leaf's kind. The text itself is passed on as it came.

use std::borrow::Cow;

use super::Kind;
use super::scan::Escapes;

/// Whether a JSON string with such escapes is one of these.
pub(super) fn is_one_of(variants: &[Box<str>], raw: &[u8], escapes: Escapes) -> bool {
    let is = |text: &[u8]| variants.iter().any(|variant| variant.as_bytes() == text);
    match raw {
        [b'"', text @ .., b'"'] if escapes == Escapes::None => is(text),
        _ => serde_json::from_slice::<String>(raw).is_ok_and(|text| is(text.as_bytes())),
    }
}

/// What would have fitted.
pub(super) fn describe(kind: &Kind) -> String {
    match kind {
        Kind::Bool => "a boolean".to_owned(),
        Kind::Int(int) => format!("a whole number from {} to {}", int.min, int.max),
        Kind::Float => "a number".to_owned(),
        Kind::Text => "a string".to_owned(),
        Kind::Enum(variants) => format!("one of {}", variants.join(", ")),
        Kind::Object(_) | Kind::Map(_) | Kind::Choice(_) => "an object".to_owned(),
        Kind::List(_) => "a list".to_owned(),
        Kind::Raw => "a value".to_owned(),
        Kind::Nothing => "null".to_owned(),
    }
}

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text of a JSON string, if it is one: the grammar allows escapes that are no text, such as half a surrogate pair.
pub(crate) fn unquoted(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}
