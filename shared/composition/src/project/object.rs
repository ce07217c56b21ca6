//! Reads one object, and writes its members where they go, and at its end what did not come.

use std::borrow::Cow;

use super::pass::Pass;
use super::reorder::Slot;
use super::scan::{Read, Reader, Wrong};
use super::{Member, Missing, ObjectProgram, Target, Use, Written};
use crate::fragment::{Hole, Place};

/// An object being written.
pub(super) struct Open {
    object: usize,
    /// Which of its first 64 members have come.
    came: u64,
    /// The first of the words on their stack that say the same of the others.
    others: usize,
    /// How many have not come.
    missing: usize,
    /// Its first slot on theirs: it has some once its members do not come in order.
    pub(super) base: usize,
    pub(super) start: Place,
    /// The first of the outputs that were written last, one after the other, and where.
    first: usize,
    first_at: Place,
    /// The output that would be next in order.
    next: usize,
    empty: bool,
    /// Its site and item, where it has calls.
    item: Option<(u32, u32)>,
}

/// Where a member's name stands, if it is spelt as usual and the colon is next to it.
type Name = Option<usize>;

impl<'p> Pass<'p> {
    /// Reads an object, whose brace is next, and writes it.
    pub(super) fn object(&mut self, reader: &mut Reader<'_>, object: usize) -> Read<()> {
        let ObjectProgram { members, site, before, .. } = &self.program.objects[object];
        let item = site.map(|site| self.open_item(site));
        let start = self.writer.place();
        let mut open = Open {
            object,
            came: 0,
            others: self.came.len(),
            missing: members.len(),
            base: self.slots.len(),
            start,
            first: 0,
            first_at: start,
            next: 0,
            empty: true,
            item,
        };
        if members.len() > 64 {
            self.came.resize(open.others + members.len() / 64, 0);
        }
        // Objects of one kind mostly come in one order: the member that came next the last time is tried first.
        let mut last = 0;
        let mut more = reader.enter(b'}')?;
        while more {
            let hint = match self.follows.get(before + last) {
                None | Some(0) => last,
                Some(&known) => known as usize - 1,
            };
            let at = reader.at();
            let expected = members.get(hint).is_some_and(|member| reader.is_named(&member.spelling));
            let (number, usual) = if expected { (Some(hint), true) } else { named(members, reader)? };
            if let Some(number) = number {
                if !expected {
                    self.learn(before + last, number);
                }
                last = number + 1;
                let member = &members[number];
                if !self.comes(&mut open, number) {
                    return Err(reader.wrong("the member stands twice").inside(member.name()));
                }
                let name = usual.then_some(at);
                let read = match member.uses.as_slice() {
                    [one] => {
                        self.begin(&mut open, one, name, reader);
                        self.value(reader, &one.target)
                    }
                    uses => self.unusual(&mut open, member, uses, name, reader),
                };
                read.map_err(|wrong| wrong.inside(member.name()))?;
            } else {
                reader.pass_over()?;
            }
            more = reader.more(b'}')?;
        }
        self.close(&mut open, reader)
    }

    fn learn(&mut self, at: usize, number: usize) {
        if self.follows.is_empty() {
            self.follows.resize(self.program.order, 0);
        }
        if let Some(known) = self.follows.get_mut(at) {
            *known = u32::try_from(number + 1).unwrap_or_default();
        }
    }

    /// Takes down that a member has come. Whether it has not before.
    #[inline]
    fn comes(&mut self, open: &mut Open, number: usize) -> bool {
        let word = if number < 64 { &mut open.came } else { &mut self.came[open.others + number / 64 - 1] };
        let bit = 1 << (number % 64);
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        open.missing -= 1;
        true
    }

    fn has_come(&self, open: &Open, number: usize) -> bool {
        let word = if number < 64 { open.came } else { self.came[open.others + number / 64 - 1] };
        word >> (number % 64) & 1 == 1
    }

    /// Writes a member that is shown more than once, or not at all.
    #[inline(never)]
    fn unusual(
        &mut self,
        open: &mut Open,
        member: &'p Member,
        uses: &'p [Use],
        name: Name,
        reader: &mut Reader<'_>,
    ) -> Read<()> {
        let Some((last, others)) = uses.split_last() else {
            return match &member.silent {
                Some(target) => self.silent(reader, target),
                None => reader.pass_over().map(drop),
            };
        };
        for one in others {
            self.begin(open, one, name, reader);
            self.value(&mut reader.clone(), &one.target)?;
        }
        self.begin(open, last, name, reader);
        self.value(reader, &last.target)
    }

    /// Nothing shows it, but something in it is waited for: read it, note it, take the bytes back.
    fn silent(&mut self, reader: &mut Reader<'_>, target: &'p Target) -> Read<()> {
        let before = self.writer.before();
        self.value(reader, target)?;
        self.writer.take_back(before);
        Ok(())
    }

    /// Writes a member's name where it goes. The reader stands after it.
    #[inline(always)]
    fn begin(&mut self, open: &mut Open, one: &Use, name: Name, reader: &Reader<'_>) {
        if one.output != open.next {
            self.others_before(open, one.output);
        }
        self.comes_to(open, one.output);
        let separator = if open.empty { b'{' } else { b',' };
        match name {
            // Nothing stands between the separator and the name.
            Some(at) if one.same && reader.byte_before(at) == Some(separator) => {
                self.writer.keep(at - 1, reader.at());
                open.empty = false;
            }
            _ => self.key(open, one.output),
        }
    }

    /// Comes to an output. If it is not the next in order, what was written until now has a slot of its own.
    #[inline]
    fn comes_to(&mut self, open: &mut Open, output: usize) {
        if output != open.next {
            self.end_run(open);
            open.first = output;
        }
        open.next = output + 1;
    }

    fn end_run(&mut self, open: &mut Open) {
        let end = self.writer.place();
        if !open.empty {
            self.slots.push(Slot { output: open.first, next: open.next, start: open.first_at, end });
        }
        open.first_at = end;
    }

    fn key(&mut self, open: &mut Open, output: usize) {
        let at = self.writer.place();
        self.writer.text(self.program.objects[open.object].outputs[output].key.as_bytes());
        if std::mem::take(&mut open.empty) {
            self.writer.set(at, b'{');
        }
    }

    /// What does not come from the body and stands before an output is written now, so that it is in order.
    fn others_before(&mut self, open: &mut Open, output: usize) {
        let outputs = &self.program.objects[open.object].outputs;
        while open.next < output && !matches!(outputs[open.next].value, Written::Member) {
            self.other(open, open.next);
        }
    }

    /// Writes a member that does not come from the body: a constant, or the hole of a call.
    fn other(&mut self, open: &mut Open, output: usize) {
        self.comes_to(open, output);
        self.key(open, output);
        match &self.program.objects[open.object].outputs[output].value {
            Written::Member => {}
            Written::Constant(text) => self.writer.text(text.as_bytes()),
            Written::Call(number) => {
                if let Some((site, item)) = open.item {
                    self.writer.hole(Hole { site, output: *number, item });
                }
            }
        }
    }

    /// Ends an object, whose closing brace was read last.
    fn close(&mut self, open: &mut Open, reader: &Reader<'_>) -> Read<()> {
        if open.missing > 0 {
            self.missing(open)?;
        }
        let object = &self.program.objects[open.object];
        if object.others {
            for (output, written) in object.outputs.iter().enumerate() {
                let is_written = (open.first..open.next).contains(&output)
                    || self.slots[open.base..].iter().any(|slot| (slot.output..slot.next).contains(&output));
                if written.value != Written::Member && !is_written {
                    self.other(open, output);
                }
            }
        }
        if open.empty {
            self.writer.text(b"{");
        } else if self.slots.len() > open.base {
            self.end_run(open);
            self.reorder(open);
            self.slots.truncate(open.base);
        }
        self.writer.keep(reader.at() - 1, reader.at());
        self.came.truncate(open.others);
        if open.item.is_some() {
            self.open_items.pop();
        }
        Ok(())
    }

    /// Writes what did not come: nulls and defaults. A required member that did not come is an error.
    fn missing(&mut self, open: &mut Open) -> Read<()> {
        for (number, member) in self.program.objects[open.object].members.iter().enumerate() {
            if self.has_come(open, number) {
                continue;
            }
            match &member.missing {
                Missing::Fail => {
                    return Err(Wrong::new(format!("missing field `{}`", member.name())));
                }
                Missing::Null => {
                    for one in &member.uses {
                        self.others_before(open, one.output);
                        self.comes_to(open, one.output);
                        self.key(open, one.output);
                        self.writer.text(b"null");
                    }
                }
                Missing::Default(json) => {
                    let source = self.writer.read(json.as_bytes());
                    if let Some(target) = &member.silent {
                        self.silent(&mut Reader::new(json), target)?;
                    }
                    for one in &member.uses {
                        let mut reader = Reader::new(json);
                        self.begin(open, one, None, &reader);
                        self.value(&mut reader, &one.target)?;
                    }
                    self.writer.read(source);
                }
            }
        }
        Ok(())
    }
}

/// Reads a name and its colon, and finds its member. Whether it is spelt as usual.
fn named(members: &[Member], reader: &mut Reader<'_>) -> Read<(Option<usize>, bool)> {
    if let Some(number) = members.iter().position(|member| reader.is_named(&member.spelling)) {
        return Ok((Some(number), true));
    }
    let at = reader.at();
    let name = reader.name()?;
    reader.colon()?;
    // Most that are not known so are not known at all.
    let usual = matches!(name, Cow::Borrowed(_)) && reader.at() == at + "\"\":".len() + name.len();
    let mut unusual = members.iter().enumerate().filter(|(_, member)| !usual || member.wire.len() > 1);
    let known = unusual.find(|(_, member)| member.wire.iter().any(|wire| **wire == *name));
    Ok((known.map(|(number, _)| number), false))
}
