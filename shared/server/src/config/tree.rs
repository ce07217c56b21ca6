//! The file as a tree in which every key and value knows where it stands.
//!
//! Between the YAML and the typed structs, so that variables can be put in, overrides laid over, and every fault be
//! shown at its place, whichever way the value came. It knows no key by name.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::mark::Mark;
use super::password::hidden;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) mark: Mark,
    pub(super) value: Value,
}

/// What stands there.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    /// Text that came from a variable or a flag, where everything is text: it is read as whatever is expected.
    Loose(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) mark: Mark,
    pub(super) node: Node,
}

impl Node {
    /// The value under `key`, if this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// Where `path` (keys, or positions in lists) stands, or the nearest part of the way there that exists.
    pub(super) fn mark_of(&self, path: &[&str]) -> Mark {
        let mut node = self;
        let mut mark = Mark::Nowhere;
        for step in path {
            match &node.value {
                Value::Map(_) => match node.get(step) {
                    Some(entry) => (node, mark) = (&entry.node, entry.mark.clone()),
                    None => return mark,
                },
                Value::List(items) => match step.parse::<usize>().ok().and_then(|index| items.get(index)) {
                    Some(item) => (node, mark) = (item, item.mark.clone()),
                    None => return mark,
                },
                _ => return mark,
            }
        }
        // A scalar is shown itself; a map or a list by its key.
        match node.value {
            Value::Map(_) | Value::List(_) | Value::Null => mark,
            _ => node.mark.clone(),
        }
    }

    /// Takes away what stands at `path`. Says whether there was something.
    pub(super) fn remove(&mut self, path: &[String]) -> bool {
        let Some((last, way)) = path.split_last() else { return false };
        let mut node = self;
        for step in way {
            let next = match &mut node.value {
                Value::Map(entries) => entries.iter_mut().find(|entry| entry.key == *step).map(|entry| &mut entry.node),
                Value::List(items) => step.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return false,
            }
        }
        match &mut node.value {
            Value::Map(entries) => {
                let before = entries.len();
                entries.retain(|entry| entry.key != *last);
                entries.len() < before
            }
            Value::List(items) => match last.parse::<usize>() {
                Ok(index) if index < items.len() => {
                    items.remove(index);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// What a person calls this kind of value.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("nothing"),
            Value::Bool(value) => write!(f, "`{value}`"),
            Value::Integer(value) => write!(f, "the number {value}"),
            Value::Float(value) => write!(f, "the number {value}"),
            // Hidden before it is cut: half a URL is none.
            Value::Text(text) | Value::Loose(text) => write!(f, "the text `{}`", short(&hidden(text))),
            Value::List(_) => f.write_str("a list"),
            Value::Map(_) => f.write_str("a group of keys"),
        }
    }
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn mark(location: Location) -> Mark {
    match (usize::try_from(location.line()), usize::try_from(location.column())) {
        (Ok(line), Ok(column)) if line > 0 => Mark::File { line, column: column.max(1) },
        _ => Mark::Nowhere,
    }
}

// === impl Deserialize: only ever from YAML ===

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        let Spanned { value, referenced, .. } = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Node { mark: mark(referenced), value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Node>()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let node = entries.next_value::<Node>()?;
            map.push(Entry { key: key.value, mark: mark(key.referenced), node });
        }
        Ok(Value::Map(map))
    }
}
