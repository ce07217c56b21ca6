//! A JSON object in which no member, at any depth, stands twice.

use serde_json::{Map, Value};
use trefoil_context::members_once;

/// Reads one JSON object and nothing after it.
pub(super) fn object(json: &[u8]) -> Option<Map<String, Value>> {
    members_once(json).ok()?;
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn a_repeated_member_is_refused_at_any_depth() {
        assert!(object(br#"{"a":1,"b":[{"c":1}]}"#).is_some());
        for json in [r#"{"a":1,"a":1}"#, r#"{"b":[{"c":1,"c":2}]}"#, r#"{"a":1} x"#, "[]", "{", r#"{"\u0061":1,"a":2}"#]
        {
            assert!(object(json.as_bytes()).is_none(), "{json}");
        }
    }
}
