//! Reads one value by its target, and writes it.

use std::collections::HashSet;

use super::object::Open;
use super::pass::Pass;
use super::scan::{Read, Reader};
use super::{Element, Kind, Member, ObjectProgram, Target, leaf, raw};
use crate::fragment::Piece;

impl<'p> Pass<'p> {
    /// Reads one value by its target, and writes it.
    pub(super) fn value(&mut self, reader: &mut Reader<'_>, target: &'p Target) -> Read<()> {
        if target.region {
            self.writer.open_region();
            self.within(reader, target)?;
            self.writer.close_region();
            return Ok(());
        }
        self.within(reader, target)
    }

    fn within(&mut self, reader: &mut Reader<'_>, target: &'p Target) -> Read<()> {
        match &target.kind {
            Kind::Object(_) | Kind::Map(_) | Kind::List(_) | Kind::Choice(_) => {
                if !target.capture.is_empty() {
                    // It is noted whole, as the backend wrote it, and then read.
                    self.note_all(target, reader.clone().value()?);
                }
                if target.nullable && reader.null()? {
                    self.writer.text("null");
                    return Ok(());
                }
                match &target.kind {
                    Kind::Choice(choice) => self.choice(reader, choice),
                    kind => self.whole(reader, kind),
                }
            }
            Kind::Raw => {
                let value = reader.measured()?;
                self.note_all(target, value.text);
                raw::pass_on(self, target, &value).map_err(|what| reader.wrong(what))
            }
            Kind::Nothing if reader.null()? => Ok(()),
            _ => self.leaf(reader, target),
        }
    }

    fn leaf(&mut self, reader: &mut Reader<'_>, target: &Target) -> Read<()> {
        if matches!(reader.peek()?, b'{' | b'[') {
            return Err(reader.wrong(format!("expected {}", leaf::describe(&target.kind))));
        }
        let raw = reader.scalar()?;
        if !(leaf::fits(&target.kind, raw, reader.escaped()) || target.nullable && raw == "null") {
            return Err(reader.wrong(format!("expected {}", leaf::describe(&target.kind))));
        }
        self.note_all(target, raw);
        self.writer.text(raw);
        Ok(())
    }

    fn note_all(&mut self, target: &Target, raw: &str) {
        for &capture in &target.capture {
            self.note(capture, raw);
        }
    }

    /// Reads an object, a map or a list.
    fn whole(&mut self, reader: &mut Reader<'_>, kind: &'p Kind) -> Read<()> {
        let (open, expected) = match kind {
            Kind::List(_) => (b'[', "a list"),
            _ => (b'{', "an object"),
        };
        if reader.peek()? != open {
            // What is no JSON at all is not blamed for being of another kind.
            reader.clone().pass_over()?;
            return Err(reader.wrong(format!("expected {expected}")));
        }
        reader.enter()?;
        match kind {
            Kind::Object(object) => self.object(reader, *object),
            Kind::Map(value) => self.map(reader, value),
            Kind::List(item) if self.program.split && self.indices.is_empty() => self.elements(reader, item),
            Kind::List(item) => self.list(reader, item),
            _ => Err(reader.wrong("expected a value")),
        }
    }

    fn list(&mut self, reader: &mut Reader<'_>, item: &'p Target) -> Read<()> {
        self.writer.byte(b'[');
        self.indices.push(0);
        let mut first = true;
        while reader.more(&mut first, b']')? {
            if self.indices.last() != Some(&0) {
                self.writer.byte(b',');
            }
            self.value(reader, item)?;
            if let Some(index) = self.indices.last_mut() {
                *index += 1;
            }
        }
        self.indices.pop();
        self.writer.byte(b']');
        Ok(())
    }

    /// Reads a batch's answer: each element is a piece of its own, with what it notes.
    fn elements(&mut self, reader: &mut Reader<'_>, item: &'p Target) -> Read<()> {
        let mut first = true;
        while reader.more(&mut first, b']')? {
            self.captures.resize(self.captures.len() + self.program.captures, None);
            let (start, first_part) = (self.writer.len(), self.writer.parts.len());
            // An index stands for the element, so that a list that is the element itself is not taken for the batch.
            self.indices.clear();
            self.indices.push(0);
            self.value(reader, item)?;
            self.writer.cut();
            let null = self.writer.since(start) == b"null";
            self.elements.push(Element { piece: Piece { parts: first_part..self.writer.parts.len() }, null });
        }
        self.indices.clear();
        Ok(())
    }

    /// Reads a map: its keys are data and are kept, its values are projected.
    fn map(&mut self, reader: &mut Reader<'_>, value: &'p Target) -> Read<()> {
        self.writer.text("{");
        let mut first = true;
        let mut seen = HashSet::new();
        while reader.more(&mut first, b'}')? {
            let key = reader.name()?;
            reader.colon()?;
            if !seen.is_empty() {
                self.writer.byte(b',');
            }
            self.writer.text(&super::quoted(&key));
            self.writer.text(":");
            self.value(reader, value).map_err(|wrong| wrong.inside(&key))?;
            if let Some(twice) = seen.replace(key) {
                return Err(reader.wrong(format!("the key `{twice}` stands twice")));
            }
        }
        self.writer.text("}");
        Ok(())
    }

    fn object(&mut self, reader: &mut Reader<'_>, object: usize) -> Read<()> {
        let ObjectProgram { members, site, .. } = &self.program.objects[object];
        let item = site.map(|site| self.open_item(site));
        let mut open = Open {
            object,
            seen: self.seen.len(),
            base: self.slots.len(),
            start: self.writer.len(),
            first_part: self.writer.parts.len(),
            cut_before: self.writer.cut,
            next: 0,
            in_order: true,
            empty: true,
            item,
        };
        self.seen.resize(open.seen + members.len(), false);
        let mut first = true;
        // Objects of one kind mostly come in one order: the member that came next the last time is tried first.
        let (before, mut last) = (self.program.objects[object].before, 0);
        while reader.more(&mut first, b'}')? {
            let hint = match self.follows.get(before + last) {
                None | Some(0) => last,
                Some(&known) => known as usize - 1,
            };
            let expected = members.get(hint).is_some_and(|member| reader.is_named(&member.quoted));
            let number = if expected { Some(hint) } else { position(members, &reader.name()?) };
            reader.colon()?;
            let Some(number) = number else {
                reader.pass_over()?;
                continue;
            };
            if !expected {
                self.learn(before + last, number);
            }
            last = number + 1;
            let member = &members[number];
            if std::mem::replace(&mut self.seen[open.seen + number], true) {
                return Err(reader.wrong("the member stands twice").inside(member.name()));
            }
            self.member(&mut open, member, reader).map_err(|wrong| wrong.inside(member.name()))?;
        }
        self.close(&mut open)
    }

    fn learn(&mut self, at: usize, number: usize) {
        if self.follows.is_empty() {
            self.follows.resize(self.program.order, 0);
        }
        if let Some(known) = self.follows.get_mut(at) {
            *known = u32::try_from(number + 1).unwrap_or_default();
        }
    }
}

/// Finds a member by its name.
fn position(members: &[Member], name: &str) -> Option<usize> {
    members.iter().position(|member| member.wire.iter().any(|wire| **wire == *name))
}
