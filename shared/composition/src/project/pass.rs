//! The one pass over a body. What is in order is written as one run of bytes; nothing is allocated per member or item.

use std::fmt;

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::reorder::Slot;
use super::{Kind, Member, Missing, ObjectProgram, Program, Projected, ShapeError, Target, leaf};
use crate::fragment::{Fragment, Part};

pub(super) fn run(program: &Program, body: &Bytes) -> Result<Projected, ShapeError> {
    let text = std::str::from_utf8(body).map_err(|error| ShapeError(format!("not UTF-8: {error}")))?;
    if u32::try_from(body.len().saturating_mul(2)).is_err() {
        return Err(ShapeError("larger than 2 GiB".to_owned()));
    }
    let mut pass = Pass {
        program,
        body,
        out: Vec::with_capacity(body.len()),
        parts: Vec::new(),
        cut: 0,
        slots: Vec::new(),
        ordered: Vec::new(),
        captures: vec![None; program.captures],
        at: "",
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Value { pass: &mut pass, target: &program.root };
    let result = value.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match result {
        Ok(()) => Ok(pass.finish()),
        Err(error) if pass.at.is_empty() => Err(ShapeError(error.to_string())),
        Err(error) => Err(ShapeError(format!("near `{}`: {error}", pass.at))),
    }
}

/// The state of one pass.
pub(super) struct Pass<'p> {
    program: &'p Program,
    body: &'p Bytes,
    /// What is written, in the order in which it came.
    pub(super) out: Vec<u8>,
    /// The parts cut so far, in the order in which they will be read.
    pub(super) parts: Vec<Part>,
    /// Where the bytes that belong to no part yet begin.
    pub(super) cut: usize,
    /// A stack: the slots of the objects that are open.
    pub(super) slots: Vec<Slot>,
    /// Room to put parts in order.
    pub(super) ordered: Vec<Part>,
    captures: Vec<Option<Bytes>>,
    /// The member being read, for the error.
    at: &'p str,
}

impl<'p> Pass<'p> {
    fn finish(mut self) -> Projected {
        if !self.parts.is_empty()
            && let (Ok(start), Ok(len)) = (u32::try_from(self.cut), u32::try_from(self.out.len() - self.cut))
            && len > 0
        {
            self.parts.push(Part::Bytes { start, len });
        }
        Projected { fragment: Fragment::new(self.out.into(), self.parts), captures: self.captures }
    }

    /// Notes a value. It is a slice of the body, unless it is a default.
    fn note(&mut self, number: usize, raw: &str) {
        let range = self.body.as_ptr_range();
        let within = range.contains(&raw.as_ptr());
        let value = if within { self.body.slice_ref(raw.as_bytes()) } else { Bytes::copy_from_slice(raw.as_bytes()) };
        self.captures[number] = (raw != "null").then_some(value);
    }

    fn leaf<E: Error>(&mut self, target: &Target, raw: &str) -> Result<(), E> {
        if raw == "null" && target.nullable {
            // Null is written as null.
        } else if let Err(expected) = leaf::check(&target.kind, raw) {
            return Err(E::custom(format_args!("expected {}", expected.0)));
        }
        if let Some(number) = target.capture {
            self.note(number, raw);
        }
        self.out.extend_from_slice(raw.as_bytes());
        Ok(())
    }

    /// Writes one member where it goes.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        open: &mut Open,
        member: &'p Member,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match member.uses.as_slice() {
            [] => {
                // Nothing shows it, but something in it is waited for: read it, note it, take the bytes back.
                let Some(target) = &member.silent else { return map.next_value::<IgnoredAny>().map(|_| ()) };
                let mark = self.mark();
                map.next_value_seed(Value { pass: self, target })?;
                self.take_back(mark);
                Ok(())
            }
            [one] => {
                self.begin(open, one.output);
                map.next_value_seed(Value { pass: self, target: &one.target })?;
                self.end(open, one.output);
                Ok(())
            }
            several => {
                let raw: &'de RawValue = map.next_value()?;
                several.iter().try_for_each(|one| self.project_text(open, one.output, &one.target, raw.get()))
            }
        }
    }

    /// Writes a member from text at hand: a default, or a value shown more than once.
    fn project_text<E: Error>(
        &mut self,
        open: &mut Open,
        output: usize,
        target: &'p Target,
        json: &str,
    ) -> Result<(), E> {
        self.begin(open, output);
        let mut deserializer = serde_json::Deserializer::from_str(json);
        Value { pass: self, target }.deserialize(&mut deserializer).map_err(E::custom)?;
        self.end(open, output);
        Ok(())
    }

    fn begin(&mut self, open: &mut Open, output: usize) {
        // Constants that stand before it are written now, so that they are in order.
        let outputs = &self.program.objects[open.object].outputs;
        while open.next < output && outputs[open.next].constant.is_some() {
            self.constant(open, open.next);
        }
        self.begin_plain(open, output);
    }

    fn begin_plain(&mut self, open: &mut Open, output: usize) {
        open.in_order &= output == open.next;
        open.next = output + 1;
        self.slots[open.base + output] =
            Slot { start: self.out.len(), end: 0, first_part: self.parts.len(), last_part: 0, tail: 0 };
        self.out.push(if open.empty { b'{' } else { b',' });
        open.empty = false;
        self.out.extend_from_slice(self.program.objects[open.object].outputs[output].key.as_bytes());
    }

    fn end(&mut self, open: &mut Open, output: usize) {
        let slot = &mut self.slots[open.base + output];
        slot.end = self.out.len();
        slot.last_part = self.parts.len();
        slot.tail = self.cut;
    }

    fn constant(&mut self, open: &mut Open, output: usize) {
        self.begin_plain(open, output);
        if let Some(text) = &self.program.objects[open.object].outputs[output].constant {
            self.out.extend_from_slice(text.as_bytes());
        }
        self.end(open, output);
    }

    /// Writes what did not come: constants, nulls, defaults. A required member that did not come is an error.
    fn close<E: Error>(&mut self, open: &mut Open) -> Result<(), E> {
        let object = &self.program.objects[open.object];
        for (number, member) in object.members.iter().enumerate() {
            if self.seen(open, number) {
                continue;
            }
            match &member.missing {
                Missing::Fail => {
                    let name = member.wire.first().map_or("", |name| name);
                    return Err(E::custom(format_args!("missing field `{name}`")));
                }
                Missing::Null => {
                    for one in &member.uses {
                        self.begin(open, one.output);
                        self.out.extend_from_slice(b"null");
                        self.end(open, one.output);
                    }
                }
                Missing::Default(json) => {
                    if let Some(target) = &member.silent {
                        let mark = self.mark();
                        let mut deserializer = serde_json::Deserializer::from_str(json);
                        Value { pass: self, target }.deserialize(&mut deserializer).map_err(E::custom)?;
                        self.take_back(mark);
                    }
                    for one in &member.uses {
                        self.project_text(open, one.output, &one.target, json)?;
                    }
                }
            }
        }
        for (output, written) in object.outputs.iter().enumerate() {
            if written.constant.is_some() && !self.slots[open.base + output].is_written() {
                self.constant(open, output);
            }
        }
        if open.empty {
            self.out.push(b'{');
        } else if !open.in_order {
            self.reorder(open.base, open.start, open.first_part, open.cut_before);
        }
        self.out.push(b'}');
        self.slots.truncate(open.seen);
        Ok(())
    }

    fn seen(&self, open: &Open, member: usize) -> bool {
        self.slots[open.seen + member].end == 1
    }

    fn mark(&self) -> (usize, usize, usize) {
        (self.out.len(), self.parts.len(), self.cut)
    }

    fn take_back(&mut self, (out, parts, cut): (usize, usize, usize)) {
        self.out.truncate(out);
        self.parts.truncate(parts);
        self.cut = cut;
    }
}

/// An object being written.
struct Open {
    object: usize,
    /// Its first slot of the stack: one a member, whose `end` says whether it was seen.
    seen: usize,
    /// Then one slot an output.
    base: usize,
    start: usize,
    first_part: usize,
    cut_before: usize,
    /// The output that would be next in order.
    next: usize,
    in_order: bool,
    empty: bool,
}

/// Reads one value by its target.
struct Value<'a, 'p> {
    pass: &'a mut Pass<'p>,
    target: &'p Target,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.target.kind {
            Kind::Object(_) | Kind::Map(_) if !self.target.nullable => deserializer.deserialize_map(self),
            Kind::List(_) if !self.target.nullable => deserializer.deserialize_seq(self),
            Kind::Object(_) | Kind::Map(_) | Kind::List(_) => deserializer.deserialize_option(self),
            _ => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                self.pass.leaf(self.target, raw.get())
            }
        }
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
        self.pass.out.extend_from_slice(b"null");
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
        self.pass.out.push(b'[');
        let start = self.pass.out.len();
        loop {
            let before = self.pass.out.len();
            if before > start {
                self.pass.out.push(b',');
            }
            if items.next_element_seed(Value { pass: self.pass, target: item })?.is_none() {
                self.pass.out.truncate(before);
                break;
            }
        }
        self.pass.out.push(b']');
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
        let ObjectProgram { members, outputs } = &program.objects[object];
        let seen = pass.slots.len();
        let mut open = Open {
            object,
            seen,
            base: seen + members.len(),
            start: pass.out.len(),
            first_part: pass.parts.len(),
            cut_before: pass.cut,
            next: 0,
            in_order: true,
            empty: true,
        };
        pass.slots.resize(open.base + outputs.len(), Slot::default());
        let mut hint = 0;
        while let Some(found) = map.next_key_seed(Name { members, hint })? {
            let Some(number) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            hint = number + 1;
            let member = &members[number];
            pass.at = member.wire.first().map_or("", |name| name);
            if pass.seen(&open, number) {
                return Err(A::Error::custom("the member stands twice"));
            }
            pass.slots[open.seen + number].end = 1;
            pass.member(&mut open, member, &mut map)?;
        }
        pass.close(&mut open)
    }
}

/// Writes a map: its keys are data and are kept, its values are projected.
fn entries<'de, 'p, A: MapAccess<'de>>(pass: &mut Pass<'p>, value: &'p Target, mut map: A) -> Result<(), A::Error> {
    pass.out.push(b'{');
    let mut first = true;
    while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
        if !std::mem::take(&mut first) {
            pass.out.push(b',');
        }
        serde_json::to_writer(&mut pass.out, &key).map_err(A::Error::custom)?;
        pass.out.push(b':');
        map.next_value_seed(Value { pass, target: value })?;
    }
    pass.out.push(b'}');
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
