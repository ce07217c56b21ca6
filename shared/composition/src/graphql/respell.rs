//! Values of enums that GraphQL cannot spell, put into their GraphQL names on the way out. Made only for selections that
//! show such an enum; all other answers are written as they are.

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::schema::Model;
use crate::project::{Selection, What};
use crate::shape::{Shape, Shapes};

/// Where the values stand, and what becomes of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Respell {
    /// This value: JSON text as it comes, and as it leaves.
    Value(Vec<(String, String)>),
    /// Members of this object, by response key.
    Object(HashMap<String, Respell>),
    /// The items of this list.
    List(Box<Respell>),
}

impl Respell {
    /// What is to be respelled in a selection of this shape; `None` if nothing is.
    pub(crate) fn of(model: &Model, shapes: &Shapes, shape: &Shape, selection: &Selection) -> Option<Respell> {
        match shape {
            Shape::Nullable(inner) => Respell::of(model, shapes, inner, selection),
            Shape::List(item) => Some(Respell::List(Box::new(Respell::of(model, shapes, item, selection)?))),
            Shape::Enum(id) => {
                let quoted = |(wire, name): (&str, &str)| (crate::project::quoted(wire), crate::project::quoted(name));
                let pairs: Vec<_> = model.values(*id).renamed().map(quoted).collect();
                (!pairs.is_empty()).then_some(Respell::Value(pairs))
            }
            Shape::Object(id) => {
                let fields = &shapes.get(*id).fields;
                let member = |selected: &crate::project::Selected| match &selected.what {
                    What::Typename | What::Tag(_) | What::Variant { .. } => None,
                    What::Field { index, of } => {
                        Some((selected.key.clone(), Respell::of(model, shapes, &fields[*index].shape, of)?))
                    }
                };
                let members: HashMap<String, Respell> = selection.0.iter().filter_map(member).collect();
                (!members.is_empty()).then_some(Respell::Object(members))
            }
            // Values of one response key are of one type in all variants, so the members of all of them do for each.
            Shape::Choice(id) => {
                let variants = &shapes.get_choice(*id).variants;
                let of = |selected: &crate::project::Selected| match &selected.what {
                    What::Variant { index, of } => {
                        Respell::of(model, shapes, &Shape::Object(variants[*index].object), of)
                    }
                    _ => None,
                };
                selection.0.iter().filter_map(of).reduce(Respell::both)
            }
            // A map comes whole, as in REST, and so does what is passed on as it came.
            Shape::Bool
            | Shape::Int(_)
            | Shape::Float
            | Shape::Text
            | Shape::Map(_)
            | Shape::Raw(_)
            | Shape::Nothing => None,
        }
    }

    /// What is to be respelled by either.
    fn both(self, other: Respell) -> Respell {
        match (self, other) {
            (Respell::Object(mut members), Respell::Object(others)) => {
                for (key, other) in others {
                    let both = match members.remove(&key) {
                        Some(one) => one.both(other),
                        None => other,
                    };
                    members.insert(key, both);
                }
                Respell::Object(members)
            }
            (Respell::List(one), Respell::List(other)) => Respell::List(Box::new(one.both(*other))),
            (one, _) => one,
        }
    }

    /// Rewrites an answer. What is not as the shape says is left as it is: it was checked when it was projected.
    pub(crate) fn apply(&self, answer: &Bytes) -> Bytes {
        let mut out = Vec::with_capacity(answer.len() + answer.len() / 8);
        match std::str::from_utf8(answer).map(|text| self.write(text, &mut out)) {
            Ok(Some(())) => out.into(),
            _ => answer.clone(),
        }
    }

    fn write(&self, text: &str, out: &mut Vec<u8>) -> Option<()> {
        match self {
            _ if text == "null" => out.extend_from_slice(b"null"),
            Respell::Value(pairs) => {
                // A backend may have written the same string with escapes.
                let plain = if text.contains('\\') {
                    crate::project::quoted(&serde_json::from_str::<String>(text).ok()?)
                } else {
                    text.to_owned()
                };
                let name = pairs.iter().find(|(wire, _)| *wire == plain).map_or(plain.as_str(), |(_, name)| name);
                out.extend_from_slice(name.as_bytes());
            }
            Respell::List(item) => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                out.push(b'[');
                for (number, raw) in items.into_iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    item.write(raw.get(), out)?;
                }
                out.push(b']');
            }
            Respell::Object(members) => {
                let Entries(entries) = serde_json::from_str(text).ok()?;
                out.push(b'{');
                for (number, (key, raw)) in entries.into_iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    // Response keys are GraphQL names: nothing in them needs escaping.
                    out.push(b'"');
                    out.extend_from_slice(key.as_bytes());
                    out.extend_from_slice(b"\":");
                    match members.get(key) {
                        Some(member) => member.write(raw.get(), out)?,
                        None => out.extend_from_slice(raw.get().as_bytes()),
                    }
                }
                out.push(b'}');
            }
        }
        Some(())
    }
}

/// The members of an object, in order, each value as it stands.
struct Entries<'a>(Vec<(&'a str, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries<'de>, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Read)
    }
}
