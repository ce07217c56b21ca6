//! Writes one object: its members where they go, and at its end what did not come.

use super::pass::Pass;
use super::reorder::Slot;
use super::scan::{Read, Reader, Wrong};
use super::{Member, Missing, Target, Written};
use crate::fragment::Hole;

/// An object being written.
pub(super) struct Open {
    pub(super) object: usize,
    /// Its first place on the stack of members that were seen.
    pub(super) seen: usize,
    /// Its first slot on theirs: one for each run of members that were written one after the other in order.
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
    pub(super) fn member(&mut self, open: &mut Open, member: &'p Member, reader: &mut Reader<'_>) -> Read<()> {
        match member.uses.as_slice() {
            [] => {
                // Nothing shows it, but something in it is waited for: read it, note it, take the bytes back.
                let Some(target) = &member.silent else { return reader.pass_over().map(drop) };
                let mark = self.mark();
                self.value(reader, target)?;
                self.take_back(mark);
                Ok(())
            }
            [one] => self.written(open, one.output, &one.target, reader),
            [several @ .., last] => {
                for one in several {
                    self.written(open, one.output, &one.target, &mut reader.clone())?;
                }
                self.written(open, last.output, &last.target, reader)
            }
        }
    }

    fn written(&mut self, open: &mut Open, output: usize, target: &'p Target, reader: &mut Reader<'_>) -> Read<()> {
        self.begin(open, output);
        self.value(reader, target)?;
        self.end();
        Ok(())
    }

    fn begin(&mut self, open: &mut Open, output: usize) {
        // What does not come from the body and stands before it is written now, so that it is in order.
        let outputs = &self.program.objects[open.object].outputs;
        while open.next < output && !matches!(outputs[open.next].value, Written::Member) {
            self.other(open, open.next);
        }
        self.begin_plain(open, output);
    }

    fn begin_plain(&mut self, open: &mut Open, output: usize) {
        let (start, first_part) = (self.writer.len(), self.writer.parts.len());
        match self.slots.last_mut().filter(|_| output == open.next && !open.empty) {
            Some(slot) => slot.next = output + 1,
            None => self.slots.push(Slot {
                output,
                next: output + 1,
                start,
                end: start,
                first_part,
                last_part: first_part,
                tail: start,
            }),
        }
        open.in_order &= output == open.next;
        open.next = output + 1;
        self.writer.byte(if std::mem::take(&mut open.empty) { b'{' } else { b',' });
        self.writer.text(&self.program.objects[open.object].outputs[output].key);
    }

    /// Ends the member that was begun last: those inside it have taken their slots away.
    fn end(&mut self) {
        let Some(slot) = self.slots.last_mut() else { return };
        slot.end = self.writer.len();
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
        self.end();
    }

    /// Writes what did not come: constants, nulls, defaults. A required member that did not come is an error.
    pub(super) fn close(&mut self, open: &mut Open) -> Read<()> {
        let object = &self.program.objects[open.object];
        let all = !self.seen[open.seen..].contains(&false);
        for (number, member) in object.members.iter().enumerate().filter(|_| !all) {
            if self.seen[open.seen + number] {
                continue;
            }
            match &member.missing {
                Missing::Fail => {
                    return Err(Wrong::new(format!("missing field `{}`", member.name())));
                }
                Missing::Null => {
                    for one in &member.uses {
                        self.begin(open, one.output);
                        self.writer.text("null");
                        self.end();
                    }
                }
                Missing::Default(json) => {
                    if let Some(target) = &member.silent {
                        let mark = self.mark();
                        self.value(&mut Reader::new(json), target)?;
                        self.take_back(mark);
                    }
                    for one in &member.uses {
                        self.written(open, one.output, &one.target, &mut Reader::new(json))?;
                    }
                }
            }
        }
        if object.others {
            for (output, written) in object.outputs.iter().enumerate() {
                let is_written =
                    || self.slots[open.base..].iter().any(|slot| (slot.output..slot.next).contains(&output));
                if written.value != Written::Member && !is_written() {
                    self.other(open, output);
                }
            }
        }
        if open.empty {
            self.writer.byte(b'{');
        } else if !open.in_order {
            self.reorder(open.base, open.start, open.first_part, open.cut_before);
        }
        self.writer.byte(b'}');
        self.slots.truncate(open.base);
        self.seen.truncate(open.seen);
        if open.item.is_some() {
            self.open_items.pop();
        }
        Ok(())
    }
}
