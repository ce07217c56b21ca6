//! Reads one value by its target: the serde side of the pass.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::object::Open;
use super::pass::Pass;
use super::reorder::Slot;
use super::{Element, Kind, Member, ObjectProgram, Target, choice, raw};
use crate::fragment::Piece;

/// Reads one value by its target.
pub(super) struct Value<'a, 'p> {
    pub(super) pass: &'a mut Pass<'p>,
    pub(super) target: &'p Target,
}

impl<'p> Value<'_, 'p> {
    /// The value again, for a deserializer that asks twice.
    fn again(&mut self) -> Value<'_, 'p> {
        Value { pass: self.pass, target: self.target }
    }

    /// Reads an object, a map or a list.
    fn whole<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.target.kind {
            _ if self.target.nullable => deserializer.deserialize_option(self),
            Kind::List(_) => deserializer.deserialize_seq(self),
            _ => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        let region = self.target.region;
        if region {
            self.pass.writer.open_region();
        }
        match &self.target.kind {
            Kind::Object(_) | Kind::Map(_) | Kind::List(_) if !self.target.capture.is_empty() => {
                // It is noted whole, as the backend wrote it, and projected from that text.
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                for &capture in &self.target.capture {
                    self.pass.note(capture, raw.get());
                }
                let mut text = serde_json::Deserializer::from_str(raw.get());
                self.again().whole(&mut text).map_err(D::Error::custom)?;
            }
            Kind::Raw => {
                let value = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                for &capture in &self.target.capture {
                    self.pass.note(capture, value.get());
                }
                raw::pass_on(self.pass, self.target, value.get()).map_err(D::Error::custom)?;
            }
            Kind::Choice(choice) => {
                let value = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                for &capture in &self.target.capture {
                    self.pass.note(capture, value.get());
                }
                choice::choose(self.pass, self.target, choice, value.get())?;
            }
            Kind::Object(_) | Kind::Map(_) | Kind::List(_) => self.again().whole(deserializer)?,
            _ => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                self.pass.leaf(self.target, raw.get())?;
            }
        }
        if region {
            self.pass.writer.close_region();
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.target.kind {
            Kind::List(_) => "a list",
            _ => "an object",
        })
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.pass.writer.out.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.target.kind {
            Kind::List(_) => deserializer.deserialize_seq(self),
            _ => deserializer.deserialize_map(self),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Kind::List(item) = &self.target.kind else { return Err(A::Error::custom("expected an object")) };
        let pass = self.pass;
        if pass.program.split && pass.indices.is_empty() {
            return elements(pass, item, items);
        }
        pass.writer.out.push(b'[');
        let start = pass.writer.out.len();
        pass.indices.push(0);
        loop {
            let before = pass.writer.out.len();
            if before > start {
                pass.writer.out.push(b',');
            }
            if items.next_element_seed(Value { pass, target: item })?.is_none() {
                pass.writer.out.truncate(before);
                break;
            }
            if let Some(index) = pass.indices.last_mut() {
                *index += 1;
            }
        }
        pass.indices.pop();
        pass.writer.out.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let pass = self.pass;
        let object = match &self.target.kind {
            Kind::Object(object) => *object,
            Kind::Map(value) => return entries(pass, value, map),
            _ => return Err(A::Error::custom("expected a list")),
        };
        let program = pass.program;
        let ObjectProgram { members, outputs, site } = &program.objects[object];
        let item = site.map(|site| pass.open_item(site));
        let (seen, base) = (pass.seen.len(), pass.slots.len());
        let mut open = Open {
            object,
            seen,
            base,
            start: pass.writer.out.len(),
            first_part: pass.writer.parts.len(),
            cut_before: pass.writer.cut,
            next: 0,
            in_order: true,
            empty: true,
            item,
        };
        pass.slots.resize(base + outputs.len(), Slot::default());
        pass.seen.resize(seen + members.len(), false);
        let mut hint = 0;
        while let Some(found) = map.next_key_seed(Name { members, hint })? {
            let Some(number) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            hint = number + 1;
            let member = &members[number];
            pass.trail.push(member.wire.first().map_or("", |name| name));
            if pass.seen(&open, number) {
                return Err(A::Error::custom("the member stands twice"));
            }
            pass.seen[open.seen + number] = true;
            pass.member(&mut open, member, &mut map)?;
            pass.trail.pop();
        }
        pass.close(&mut open)
    }
}

/// Reads a batch's answer: each element is a piece of its own, with what it notes.
fn elements<'de, 'p, A: SeqAccess<'de>>(pass: &mut Pass<'p>, item: &'p Target, mut items: A) -> Result<(), A::Error> {
    // The lists in an element count from the element on: the outermost one is not part of any place.
    loop {
        pass.captures.resize(pass.captures.len() + pass.program.captures, None);
        let (start, first) = (pass.writer.out.len(), pass.writer.parts.len());
        pass.indices.clear();
        if items.next_element_seed(Split { pass, target: item })?.is_none() {
            pass.captures.truncate(pass.captures.len() - pass.program.captures);
            return Ok(());
        }
        pass.writer.cut();
        let null = &pass.writer.out[start..] == b"null";
        pass.elements.push(Element { piece: Piece { parts: first..pass.writer.parts.len() }, null });
    }
}

/// One element of a split body: what is in it is no longer split.
struct Split<'a, 'p> {
    pass: &'a mut Pass<'p>,
    target: &'p Target,
}

impl<'de> DeserializeSeed<'de> for Split<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // An index stands for the element, so that a list that is the element itself is not taken for the batch.
        self.pass.indices.push(0);
        let result = Value { pass: &mut *self.pass, target: self.target }.deserialize(deserializer);
        self.pass.indices.clear();
        result
    }
}

/// Writes a map: its keys are data and are kept, its values are projected.
fn entries<'de, 'p, A: MapAccess<'de>>(pass: &mut Pass<'p>, value: &'p Target, mut map: A) -> Result<(), A::Error> {
    pass.writer.out.push(b'{');
    let mut first = true;
    let mut seen = HashSet::new();
    while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
        if !std::mem::take(&mut first) {
            pass.writer.out.push(b',');
        }
        serde_json::to_writer(&mut pass.writer.out, &key).map_err(A::Error::custom)?;
        pass.writer.out.push(b':');
        map.next_value_seed(Value { pass, target: value })?;
        if let Some(twice) = seen.replace(key) {
            return Err(A::Error::custom(format_args!("the key `{twice}` stands twice")));
        }
    }
    pass.writer.out.push(b'}');
    Ok(())
}

/// Finds a member by its name. Bodies mostly come in one order: the one after the last is tried first.
struct Name<'p> {
    members: &'p [Member],
    hint: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        let is = |member: &Member| member.wire.iter().any(|wire| **wire == *name);
        if self.members.get(self.hint).is_some_and(is) {
            return Ok(Some(self.hint));
        }
        Ok(self.members.iter().position(is))
    }
}
