//! Finds the value inside a backend's envelope (`at = "data.items"`). What stands beside it is passed over.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::pass::Pass;
use super::value::Value;

/// Reads an envelope down to the value.
pub(super) struct Envelope<'a, 'p> {
    pub(super) pass: &'a mut Pass<'p>,
    /// The names that are left on the way.
    pub(super) at: &'a [Box<str>],
}

impl<'de> DeserializeSeed<'de> for Envelope<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.at.is_empty() {
            let target = &self.pass.program.root;
            return Value { pass: self.pass, target }.deserialize(deserializer);
        }
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Envelope<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an envelope with a member `{}`", self.at.first().map_or("", |name| name))
    }

    /// A backend that has nothing to say may leave the envelope empty: that is null, where the type has room for it.
    fn visit_none<E: Error>(self) -> Result<(), E> {
        if !self.pass.program.root.nullable {
            return Err(E::invalid_type(serde::de::Unexpected::Option, &self));
        }
        self.pass.writer.text("null");
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((name, rest)) = self.at.split_first() else { return Err(A::Error::custom("no envelope")) };
        let pass = self.pass;
        let mut found = false;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key != **name {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if std::mem::replace(&mut found, true) {
                return Err(A::Error::custom(format_args!("the envelope's member `{name}` stands twice")));
            }
            map.next_value_seed(Envelope { pass: &mut *pass, at: rest })?;
        }
        if found {
            return Ok(());
        }
        Envelope { pass, at: &[] }
            .visit_none()
            .map_err(|_: A::Error| A::Error::custom(format_args!("the envelope has no member `{name}`")))
    }
}
