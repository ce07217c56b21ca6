//! Reads a value that is one of several objects: first what its tag says, then the object by its own program.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::pass::Pass;
use super::value::Value;
use super::{Choice, Target, raw};

/// Projects the JSON text of such a value.
pub(super) fn choose<'p, E: Error>(
    pass: &mut Pass<'p>,
    target: &Target,
    choice: &'p Choice,
    json: &str,
) -> Result<(), E> {
    if json == "null" && target.nullable {
        pass.writer.text("null");
        return Ok(());
    }
    // Each such value is read by a reader of its own, which counts its depth anew: so the outermost is measured.
    if pass.choices == 0 {
        raw::check_depth(json).map_err(E::custom)?;
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let said = Tag(&choice.tag).deserialize(&mut reader).map_err(E::custom)?;
    let Some((_, target)) = choice.variants.iter().find(|(wire, _)| **wire == *said) else {
        let known: Vec<&str> = choice.variants.iter().map(|(wire, _)| &**wire).collect();
        return Err(E::custom(format_args!("expected one of {} in `{}`", known.join(", "), choice.tag)));
    };
    pass.choices += 1;
    let mut reader = serde_json::Deserializer::from_str(json);
    Value { pass: &mut *pass, target }.deserialize(&mut reader).map_err(E::custom)?;
    pass.choices -= 1;
    Ok(())
}

/// Finds the tag.
struct Tag<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Tag<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Tag<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a member `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cow<'de, str>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key != self.0 {
                map.next_value::<IgnoredAny>()?;
            } else if found.replace(map.next_value()?).is_some() {
                return Err(A::Error::custom(format_args!("the member `{}` stands twice", self.0)));
            }
        }
        found.ok_or_else(|| A::Error::custom(format_args!("missing field `{}`", self.0)))
    }
}
