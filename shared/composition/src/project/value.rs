//! Reads one value by its target, and writes it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::pass::Pass;
use super::scan::{Escapes, Read, Reader};
use super::{Kind, Target, leaf, raw};

impl<'p> Pass<'p> {
    /// Reads one value by its target, and writes it.
    #[inline(always)]
    pub(super) fn value(&mut self, reader: &mut Reader<'_>, target: &'p Target) -> Read<()> {
        if target.region {
            return self.region(reader, target);
        }
        self.within(reader, target)
    }

    fn region(&mut self, reader: &mut Reader<'_>, target: &'p Target) -> Read<()> {
        self.writer.open_region();
        self.within(reader, target)?;
        self.writer.close_region();
        Ok(())
    }

    #[inline(always)]
    fn within(&mut self, reader: &mut Reader<'_>, target: &'p Target) -> Read<()> {
        match &target.kind {
            Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Text | Kind::Enum(_) => self.leaf(reader, target),
            Kind::Object(_) | Kind::Map(_) | Kind::List(_) | Kind::Choice(_) => self.composite(reader, target),
            Kind::Raw => self.raw(reader, target),
            Kind::Nothing => self.no_value(reader, target),
        }
    }

    #[inline(never)]
    fn leaf(&mut self, reader: &mut Reader<'_>, target: &Target) -> Read<()> {
        let first = reader.peek()?;
        let start = reader.at();
        let fits = match (&target.kind, first) {
            (Kind::Text, b'"') => {
                reader.string()?;
                reader.escapes() != Escapes::Half
            }
            (Kind::Float, b'-' | b'0'..=b'9') => {
                reader.number()?;
                true
            }
            (Kind::Int(int), b'-' | b'0'..=b'9') => {
                reader.number()?;
                int.read(reader.bytes(start..reader.at())).is_some()
            }
            (Kind::Enum(variants), b'"') => {
                reader.string()?;
                leaf::is_one_of(variants, reader.bytes(start..reader.at()), reader.escapes())
            }
            (_, b'{' | b'[') => false,
            (kind, _) => {
                reader.scalar()?;
                first == b'n' && target.nullable || matches!((kind, first), (Kind::Bool, b't' | b'f'))
            }
        };
        if !fits {
            return Err(reader.wrong(format!("expected {}", leaf::describe(&target.kind))));
        }
        if !target.capture.is_empty() {
            self.note_all(target, reader.bytes(start..reader.at()));
        }
        self.writer.keep(start, reader.at());
        Ok(())
    }

    fn note_all(&mut self, target: &Target, raw: &[u8]) {
        for &capture in &target.capture {
            self.note(capture, raw);
        }
    }

    fn raw(&mut self, reader: &mut Reader<'_>, target: &Target) -> Read<()> {
        let value = reader.measured()?;
        let text = reader.bytes(value.range.clone());
        self.note_all(target, text);
        raw::pass_on(self, target, &value, text).map_err(|what| reader.wrong(what))
    }

    fn no_value(&mut self, reader: &mut Reader<'_>, target: &Target) -> Read<()> {
        if reader.null()? { Ok(()) } else { Err(reader.wrong(format!("expected {}", leaf::describe(&target.kind)))) }
    }

    /// Reads an object, a map or a list.
    #[inline(never)]
    fn composite(&mut self, reader: &mut Reader<'_>, target: &'p Target) -> Read<()> {
        let first = reader.peek()?;
        if !target.capture.is_empty() {
            // It is noted whole, as the backend wrote it, and then read.
            let value = reader.clone().measured()?;
            self.note_all(target, reader.bytes(value.range));
        }
        if target.nullable && reader.null()? {
            self.writer.keep(reader.at() - 4, reader.at());
            return Ok(());
        }
        match (&target.kind, first) {
            (Kind::Choice(choice), _) => self.choice(reader, choice),
            (Kind::Object(object), b'{') => self.object(reader, *object),
            (Kind::Map(value), b'{') => self.map(reader, value),
            (Kind::List(item), b'[') if self.program.split && self.indices.is_empty() => self.elements(reader, item),
            (Kind::List(item), b'[') => self.list(reader, item),
            (kind, _) => {
                // What is no JSON at all is not blamed for being of another kind.
                reader.clone().pass_over()?;
                Err(reader.wrong(format!("expected {}", leaf::describe(kind))))
            }
        }
    }

    fn list(&mut self, reader: &mut Reader<'_>, item: &'p Target) -> Read<()> {
        self.writer.keep(reader.at(), reader.at() + 1);
        self.indices.push(0);
        let mut more = reader.enter(b']')?;
        while more {
            self.value(reader, item)?;
            more = reader.more(b']')?;
            if more {
                self.writer.keep(reader.at() - 1, reader.at());
                if let Some(index) = self.indices.last_mut() {
                    *index += 1;
                }
            }
        }
        self.indices.pop();
        self.writer.keep(reader.at() - 1, reader.at());
        Ok(())
    }

    /// Reads a batch's answer: each element is a piece of its own, with what it notes.
    fn elements(&mut self, reader: &mut Reader<'_>, item: &'p Target) -> Read<()> {
        let mut more = reader.enter(b']')?;
        while more {
            self.captures.resize(self.captures.len() + self.program.captures, None);
            // An index stands for the element, so that a list that is the element itself is not taken for the batch.
            self.indices.clear();
            self.indices.push(0);
            self.nulls.push(reader.peek()? == b'n' && !matches!(item.kind, Kind::Nothing));
            self.value(reader, item)?;
            self.writer.cut();
            more = reader.more(b']')?;
        }
        self.indices.clear();
        Ok(())
    }

    /// Reads a map: its keys are data and are kept, its values are projected.
    fn map(&mut self, reader: &mut Reader<'_>, value: &'p Target) -> Read<()> {
        let mut seen = HashSet::new();
        let mut more = reader.enter(b'}')?;
        let mut separator = b'{';
        while more {
            let start = reader.at();
            let key = reader.name()?;
            let end = reader.at();
            reader.colon()?;
            match &key {
                Cow::Borrowed(_) if reader.at() == end + 1 && reader.byte_before(start) == Some(separator) => {
                    self.writer.keep(start - 1, reader.at());
                }
                key => {
                    self.writer.text(&[separator]);
                    self.writer.text(super::quoted(key).as_bytes());
                    self.writer.text(b":");
                }
            }
            separator = b',';
            self.value(reader, value).map_err(|wrong| wrong.inside(&key))?;
            if let Some(twice) = seen.replace(key) {
                return Err(reader.wrong(format!("the key `{twice}` stands twice")));
            }
            more = reader.more(b'}')?;
        }
        if separator == b'{' {
            self.writer.text(b"{");
        }
        self.writer.keep(reader.at() - 1, reader.at());
        Ok(())
    }
}
