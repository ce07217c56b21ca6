//! From the tree to a typed struct: serde's side of it, with messages for people and the place of every fault.
//!
//! [`decode`] finds all faults at once: what is wrong is noted, taken out of the tree, and the rest is tried again.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

use super::fault::{Fault, nearest};
use super::mark::Mark;
use super::tree::{Entry, Node, Value};

/// The most faults that one load shows; a file with more of them is not the right file.
const MOST_FAULTS: usize = 50;

/// Makes a `T` of the tree, or says everything that is wrong with it.
pub(super) fn decode<T: DeserializeOwned>(root: &Node) -> Result<T, Vec<Fault>> {
    let mut tree = root.clone();
    let mut faults: Vec<Fault> = Vec::new();
    let mut removed: Vec<Vec<String>> = Vec::new();
    loop {
        let error = match T::deserialize(Located(&tree)) {
            Ok(value) if faults.is_empty() => return Ok(value),
            Ok(_) => return Err(faults),
            Err(error) => error,
        };
        let mut path: Vec<String> = error.path.iter().rev().cloned().collect();
        let known = error.missing.is_some_and(|key| {
            let mut whole = path.clone();
            whole.push(key.to_owned());
            removed.contains(&whole)
        });
        if !known {
            faults.push(error.into_fault(&path));
        }
        let gone = tree.remove(&path);
        removed.push(std::mem::take(&mut path));
        if !gone || faults.len() >= MOST_FAULTS {
            return Err(faults);
        }
    }
}

/// A fault on its way up: each level adds its key.
#[derive(Debug)]
pub(super) struct DecodeError {
    what: String,
    help: Option<String>,
    missing: Option<&'static str>,
    mark: Option<Mark>,
    /// From the innermost key to the outermost.
    path: Vec<String>,
}

impl DecodeError {
    fn expected(expected: &str, found: &Value) -> DecodeError {
        DecodeError::new(format!("expected {expected}, found {found}"), None)
    }

    fn new(what: String, help: Option<String>) -> DecodeError {
        DecodeError { what, help, missing: None, mark: None, path: Vec::new() }
    }

    fn at(mut self, mark: &Mark) -> DecodeError {
        self.mark.get_or_insert_with(|| mark.clone());
        self
    }

    fn under(mut self, key: &str) -> DecodeError {
        self.path.push(key.to_owned());
        self
    }

    fn into_fault(self, path: &[String]) -> Fault {
        let mark = self.mark.unwrap_or(Mark::Nowhere);
        Fault { mark, path: path.join("."), what: self.what, help: self.help }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> DecodeError {
        DecodeError::new(message.to_string(), None)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> DecodeError {
        match expected.to_string().strip_prefix("a nonzero ") {
            Some(_) => DecodeError::new("this must be at least 1".to_owned(), None),
            None => DecodeError::new(format!("expected {expected}, found {found}"), None),
        }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> DecodeError {
        let help = match nearest(field, expected.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if expected.is_empty() => "no key may stand here".to_owned(),
            None => format!("the keys here are: {}", expected.join(", ")),
        };
        DecodeError::new(format!("unknown key `{field}`"), Some(help))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> DecodeError {
        DecodeError::new(format!("`{variant}` is not one of: {}", expected.join(", ")), None)
    }

    fn missing_field(field: &'static str) -> DecodeError {
        let error = DecodeError::new(format!("the key `{field}` is missing"), None);
        DecodeError { missing: Some(field), ..error }
    }
}

/// A place in the tree that serde reads from.
#[derive(Clone, Copy)]
struct Located<'a>(&'a Node);

macro_rules! whole_number {
    ($($method:ident $type:ident $visit:ident;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            let number = match &self.0.value {
                Value::Integer(number) => Some(*number),
                Value::Loose(text) => text.trim().parse().ok(),
                _ => None,
            };
            let number = number.and_then(|number| $type::try_from(number).ok());
            self.locate(match number {
                Some(number) => visitor.$visit(number),
                None => Err(DecodeError::expected(
                    &format!("a whole number from {} to {}", $type::MIN, $type::MAX),
                    &self.0.value,
                )),
            })
        }
    )* };
}

impl Located<'_> {
    /// A missing key has no place of its own: whoever knows the key of the group in which it is missing shows that.
    fn locate<T>(self, result: Result<T, DecodeError>) -> Result<T, DecodeError> {
        result.map_err(|error| if error.missing.is_some() { error } else { error.at(&self.0.mark) })
    }
}

impl<'de> Deserializer<'de> for Located<'_> {
    type Error = DecodeError;

    whole_number! {
        deserialize_u8 u8 visit_u8; deserialize_u16 u16 visit_u16; deserialize_u32 u32 visit_u32;
        deserialize_u64 u64 visit_u64; deserialize_i8 i8 visit_i8; deserialize_i16 i16 visit_i16;
        deserialize_i32 i32 visit_i32; deserialize_i64 i64 visit_i64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.0.value {
            Value::Null => self.locate(visitor.visit_unit()),
            Value::Bool(value) => self.locate(visitor.visit_bool(*value)),
            Value::Integer(value) => self.locate(match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i128(*value),
            }),
            Value::Float(value) => self.locate(visitor.visit_f64(*value)),
            Value::Text(text) | Value::Loose(text) => self.locate(visitor.visit_str(text)),
            Value::List(_) => self.deserialize_seq(visitor),
            Value::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let value = match &self.0.value {
            Value::Bool(value) => Some(*value),
            Value::Loose(text) => text.trim().parse().ok(),
            _ => None,
        };
        self.locate(match value {
            Some(value) => visitor.visit_bool(value),
            None => Err(DecodeError::expected("`true` or `false`", &self.0.value)),
        })
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let value = match &self.0.value {
            Value::Float(value) => Some(*value),
            // Exact up to 2^53, far beyond any setting.
            #[expect(clippy::cast_precision_loss, reason = "a setting is small")]
            Value::Integer(value) => Some(*value as f64),
            Value::Loose(text) => text.trim().parse().ok(),
            _ => None,
        };
        self.locate(match value {
            Some(value) => visitor.visit_f64(value),
            None => Err(DecodeError::expected("a number", &self.0.value)),
        })
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.locate(match &self.0.value {
            Value::Text(text) | Value::Loose(text) => visitor.visit_str(text),
            found @ (Value::Integer(_) | Value::Float(_) | Value::Bool(_)) => {
                let mut error = DecodeError::expected("text", found);
                error.help = Some("put it in quotes".to_owned());
                Err(error)
            }
            found => Err(DecodeError::expected("text", found)),
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.0.value {
            Value::Null => visitor.visit_none(),
            // An empty variable unsets an optional value.
            Value::Loose(text) if text.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.locate(match &self.0.value {
            Value::List(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            Value::Null => visitor.visit_seq(Items { items: [].iter().enumerate() }),
            // In a variable or a flag, commas separate.
            Value::Loose(text) => {
                let part = |part: &str| Node { mark: self.0.mark.clone(), value: Value::Loose(part.trim().to_owned()) };
                let parts: Vec<Node> = text.split(',').filter(|part| !part.trim().is_empty()).map(part).collect();
                visitor.visit_seq(Items { items: parts.iter().enumerate() })
            }
            found => Err(DecodeError::expected("a list", found)),
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.locate(match &self.0.value {
            Value::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), current: None }),
            // A key with nothing after it is a group with every key at its default.
            Value::Null => visitor.visit_map(Entries { rest: [].iter(), current: None }),
            found => Err(DecodeError::expected("a group of keys", found)),
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, DecodeError> {
        self.locate(visitor.visit_newtype_struct(self))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.locate(match &self.0.value {
            Value::Text(text) | Value::Loose(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Map(entries) if entries.len() == 1 => visitor.visit_enum(Variant(&entries[0])),
            found => Err(DecodeError::expected(&format!("one of: {}", variants.join(", ")), found)),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

struct Items<'a> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        seed.deserialize(Located(node)).map(Some).map_err(|error| error.at(&node.mark).under(&index.to_string()))
    }
}

struct Entries<'a> {
    rest: std::slice::Iter<'a, Entry>,
    current: Option<&'a Entry>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        self.current = self.rest.next();
        let Some(entry) = self.current else { return Ok(None) };
        let key: StrDeserializer<'_, DecodeError> = entry.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error| error.at(&entry.mark).under(&entry.key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let Some(entry) = self.current else { return Err(de::Error::custom("a value without a key")) };
        seed.deserialize(Located(&entry.node)).map_err(|error| {
            let place = if error.missing.is_some() { &entry.mark } else { &entry.node.mark };
            error.at(place).under(&entry.key)
        })
    }
}

/// `{variant: content}`.
struct Variant<'a>(&'a Entry);

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), DecodeError> {
        let name: StrDeserializer<'_, DecodeError> = self.0.key.as_str().into_deserializer();
        let variant = seed.deserialize(name).map_err(|error| error.at(&self.0.mark).under(&self.0.key))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Err(de::Error::custom(format!("`{}` takes no keys", self.0.key)))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DecodeError> {
        seed.deserialize(Located(&self.0.node)).map_err(|error| error.under(&self.0.key))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, DecodeError> {
        Located(&self.0.node).deserialize_seq(visitor).map_err(|error| error.under(&self.0.key))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        Located(&self.0.node).deserialize_map(visitor).map_err(|error| error.under(&self.0.key))
    }
}
