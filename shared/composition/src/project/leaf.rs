//! Whether a raw JSON value is of a leaf's kind. The text itself is passed on as it came.

use std::borrow::Cow;

use super::Kind;

/// Whether a value that is neither a list nor an object is of this kind. Null is of none. A string that is not `escaped` is text as
/// it stands.
pub(super) fn fits(kind: &Kind, raw: &str, escaped: bool) -> bool {
    let first = raw.as_bytes().first().copied().unwrap_or_default();
    match kind {
        Kind::Bool => matches!(first, b't' | b'f'),
        Kind::Int(int) => int.read(raw).is_some(),
        Kind::Float => first == b'-' || first.is_ascii_digit(),
        Kind::Text if escaped => unquoted(raw).is_some(),
        Kind::Text => first == b'"',
        Kind::Enum(variants) => unquoted(raw).is_some_and(|text| variants.iter().any(|variant| **variant == *text)),
        Kind::Object(_) | Kind::List(_) | Kind::Map(_) | Kind::Raw | Kind::Choice(_) | Kind::Nothing => false,
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
