//! JSON in which no member, at any depth, stands twice: two readers could each take another one.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads one JSON value and nothing after it.
///
/// # Errors
/// When it is no JSON; and when an object in it has a member twice, which is an error of data.
pub fn members_once(json: &[u8]) -> serde_json::Result<()> {
    serde_json::from_slice::<Once>(json).map(|Once| ())
}

/// `serde_json::Value` keeps the last one without a word.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Once, D::Error> {
        deserializer.deserialize_any(Once)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, each member of its objects once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Once, A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !seen.insert(name) {
                return Err(A::Error::custom("a member stands more than once"));
            }
            map.next_value::<Once>()?;
        }
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        while items.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }
}

#[cfg(test)]
mod tests {
    use super::members_once;

    #[test]
    fn a_repeated_member_is_refused_at_any_depth() {
        members_once(br#"{"a":1,"b":[{"c":1.5,"d":-1}],"e":null,"f":true,"g":"a"}"#).unwrap();
        for json in [r#"{"a":1,"a":1}"#, r#"{"b":[{"c":1,"c":2}]}"#, r#"{"\u0061":1,"a":2}"#] {
            assert!(members_once(json.as_bytes()).unwrap_err().is_data(), "{json}");
        }
        for json in [r#"{"a":1} x"#, "{"] {
            assert!(!members_once(json.as_bytes()).unwrap_err().is_data(), "{json}");
        }
    }
}
