//! Writes one object: its members where they go, and at its end what did not come.

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::pass::Pass;
use super::reorder::Slot;
use super::value::Value;
use super::{Member, Missing, Target, Written};
use crate::fragment::Hole;

/// An object being written.
pub(super) struct Open {
    pub(super) object: usize,
    /// Its first place on the stack of members that were seen.
    pub(super) seen: usize,
    /// Its first slot on theirs: one an output.
    pub(super) base: usize,
    pub(super) start: usize,
    pub(super) first_part: usize,
    pub(super) cut_before: usize,
    /// The output that would be next in order.
    pub(super) next: usize,
    pub(super) in_order: bool,
    pub(super) empty: bool,
    /// Its site and item, where it has calls.
    pub(super) item: Option<(u32, u32)>,
}

impl<'p> Pass<'p> {
    /// Writes one member where it goes.
    pub(super) fn member<'de, A: MapAccess<'de>>(
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
    pub(super) fn close<E: Error>(&mut self, open: &mut Open) -> Result<(), E> {
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
        self.slots.truncate(open.base);
        self.seen.truncate(open.seen);
        if open.item.is_some() {
            self.open_items.pop();
        }
        Ok(())
    }
}
