//! The one pass over a body. What is in order is written as one run of bytes; nothing is allocated per member or item.

use std::fmt;

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::reorder::Slot;
use super::{
    Capture, Element, Kind, Member, Missing, ObjectProgram, Program, Projected, ShapeError, Target, Written, leaf,
};
use crate::fragment::{Hole, Part, Piece, SiteItems, Writer};

pub(super) fn run(program: &Program, body: &Bytes) -> Result<Projected, ShapeError> {
    let text = std::str::from_utf8(body).map_err(|error| ShapeError(format!("not UTF-8: {error}")))?;
    if u32::try_from(body.len().saturating_mul(2)).is_err() {
        return Err(ShapeError("larger than 2 GiB".to_owned()));
    }
    let mut pass = Pass {
        program,
        body,
        writer: Writer { out: Vec::with_capacity(body.len()), ..Writer::default() },
        slots: Vec::new(),
        ordered: Vec::new(),
        captures: vec![None; if program.split { 0 } else { program.captures }],
        elements: Vec::new(),
        sites: vec![SiteItems::default(); program.sites.len()],
        open_items: Vec::new(),
        indices: Vec::new(),
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
    /// What is written, in the order in which it came, and its parts.
    pub(super) writer: Writer,
    /// A stack: the slots of the objects that are open.
    pub(super) slots: Vec<Slot>,
    /// Room to put parts in order.
    pub(super) ordered: Vec<Part>,
    captures: Vec<Option<Bytes>>,
    elements: Vec<Element>,
    sites: Vec<SiteItems>,
    /// A stack: the objects with calls that are open, each by its site and the index of its first value.
    open_items: Vec<(usize, usize)>,
    /// A stack: where the lists that are open stand.
    indices: Vec<u32>,
    /// The member being read, for the error.
    at: &'p str,
}

impl<'p> Pass<'p> {
    fn finish(self) -> Projected {
        let buffer = self.writer.finish(self.sites);
        let elements = if self.program.split {
            self.elements
        } else {
            vec![Element { piece: buffer.whole(), null: buffer.bytes == "null" }]
        };
        Projected { buffer, captures: self.captures, elements }
    }

    /// Notes a value. It is a slice of the body, unless it is a default.
    fn note(&mut self, capture: Capture, raw: &str) {
        if raw == "null" {
            return;
        }
        let range = self.body.as_ptr_range();
        let within = range.contains(&raw.as_ptr());
        let value = if within { self.body.slice_ref(raw.as_bytes()) } else { Bytes::copy_from_slice(raw.as_bytes()) };
        let place = match capture {
            Capture::Body(number) if self.program.split => {
                let last = self.captures.len() - self.program.captures;
                self.captures.get_mut(last + number)
            }
            Capture::Body(number) => self.captures.get_mut(number),
            Capture::Item { up, number } => {
                let open = self.open_items.len().checked_sub(1 + up).map(|at| self.open_items[at]);
                open.and_then(|(site, first)| self.sites[site].values.get_mut(first + number))
            }
        };
        if let Some(place) = place {
            *place = Some(value);
        }
    }

    fn leaf<E: Error>(&mut self, target: &Target, raw: &str) -> Result<(), E> {
        if raw == "null" && target.nullable {
            // Null is written as null.
        } else if let Err(expected) = leaf::check(&target.kind, raw) {
            return Err(E::custom(format_args!("expected {}", expected.0)));
        }
        for &capture in &target.capture {
            self.note(capture, raw);
        }
        self.writer.out.extend_from_slice(raw.as_bytes());
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
        // What does not come from the body and stands before it is written now, so that it is in order.
        let outputs = &self.program.objects[open.object].outputs;
        while open.next < output && outputs[open.next].value != Written::Member {
            self.other(open, open.next);
        }
        self.begin_plain(open, output);
    }

    fn begin_plain(&mut self, open: &mut Open, output: usize) {
        open.in_order &= output == open.next;
        open.next = output + 1;
        self.slots[open.base + output] =
            Slot { start: self.writer.out.len(), end: 0, first_part: self.writer.parts.len(), last_part: 0, tail: 0 };
        self.writer.out.push(if open.empty { b'{' } else { b',' });
        open.empty = false;
        self.writer.out.extend_from_slice(self.program.objects[open.object].outputs[output].key.as_bytes());
    }

    fn end(&mut self, open: &mut Open, output: usize) {
        let slot = &mut self.slots[open.base + output];
        slot.end = self.writer.out.len();
        slot.last_part = self.writer.parts.len();
        slot.tail = self.writer.cut;
    }

    /// Writes a member that does not come from the body: a constant, or the hole of a call.
    fn other(&mut self, open: &mut Open, output: usize) {
        self.begin_plain(open, output);
        match &self.program.objects[open.object].outputs[output].value {
            Written::Member => {}
            Written::Constant(text) => self.writer.text(text),
            Written::Call(number) => {
                if let Some((site, item)) = open.item {
                    self.writer.hole(Hole { site, output: *number, item });
                }
            }
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
                        self.writer.out.extend_from_slice(b"null");
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
            if written.value != Written::Member && !self.slots[open.base + output].is_written() {
                self.other(open, output);
            }
        }
        if open.empty {
            self.writer.out.push(b'{');
        } else if !open.in_order {
            self.reorder(open.base, open.start, open.first_part, open.cut_before);
        }
        self.writer.out.push(b'}');
        self.slots.truncate(open.seen);
        if open.item.is_some() {
            self.open_items.pop();
        }
        Ok(())
    }

    fn seen(&self, open: &Open, member: usize) -> bool {
        self.slots[open.seen + member].end == 1
    }

    /// Enters an object with calls: one more item of its site.
    fn open_item(&mut self, site: u32) -> (u32, u32) {
        let items = &mut self.sites[site as usize];
        let (item, first) = (items.count, items.values.len());
        items.count += 1;
        items.values.resize(first + self.program.sites[site as usize].values, None);
        items.indices.extend_from_slice(&self.indices);
        self.open_items.push((site as usize, first));
        (site, item)
    }

    fn mark(&self) -> Mark {
        let writer = &self.writer;
        Mark {
            out: writer.out.len(),
            parts: writer.parts.len(),
            cut: writer.cut,
            holes: writer.holes.len(),
            regions: writer.regions,
        }
    }

    fn take_back(&mut self, mark: Mark) {
        self.writer.out.truncate(mark.out);
        self.writer.parts.truncate(mark.parts);
        self.writer.holes.truncate(mark.holes);
        self.writer.cut = mark.cut;
        self.writer.regions = mark.regions;
    }
}

/// A place to come back to.
#[derive(Clone, Copy)]
struct Mark {
    out: usize,
    parts: usize,
    cut: usize,
    holes: usize,
    regions: u32,
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
    /// Its site and item, where it has calls.
    item: Option<(u32, u32)>,
}

/// Reads one value by its target.
struct Value<'a, 'p> {
    pass: &'a mut Pass<'p>,
    target: &'p Target,
}

impl<'p> Value<'_, 'p> {
    /// The value again, for a deserializer that asks twice.
    fn again(&mut self) -> Value<'_, 'p> {
        Value { pass: self.pass, target: self.target }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        let region = self.target.region;
        if region {
            self.pass.writer.open_region();
        }
        match self.target.kind {
            Kind::Object(_) | Kind::Map(_) if !self.target.nullable => deserializer.deserialize_map(self.again())?,
            Kind::List(_) if !self.target.nullable => deserializer.deserialize_seq(self.again())?,
            Kind::Object(_) | Kind::Map(_) | Kind::List(_) => deserializer.deserialize_option(self.again())?,
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
        let seen = pass.slots.len();
        let mut open = Open {
            object,
            seen,
            base: seen + members.len(),
            start: pass.writer.out.len(),
            first_part: pass.writer.parts.len(),
            cut_before: pass.writer.cut,
            next: 0,
            in_order: true,
            empty: true,
            item: site.map(|site| pass.open_item(site)),
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
    while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
        if !std::mem::take(&mut first) {
            pass.writer.out.push(b',');
        }
        serde_json::to_writer(&mut pass.writer.out, &key).map_err(A::Error::custom)?;
        pass.writer.out.push(b':');
        map.next_value_seed(Value { pass, target: value })?;
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
