//! Finds the value inside a backend's envelope (`at = "data.items"`). What stands beside it is passed over.

use super::pass::Pass;
use super::scan::{Read, Reader};

impl Pass<'_> {
    /// Reads an envelope down to the value; `at` are the names that are left on the way.
    pub(super) fn envelope(&mut self, reader: &mut Reader<'_>, at: &[Box<str>]) -> Read<()> {
        let Some((name, rest)) = at.split_first() else {
            let target = &self.program.root;
            return self.value(reader, target);
        };
        if reader.null()? {
            return self.nothing(reader, || format!("expected an envelope with a member `{name}`"));
        }
        if reader.peek()? != b'{' {
            return Err(reader.wrong(format!("expected an envelope with a member `{name}`")));
        }
        let mut found = false;
        let mut more = reader.enter(b'}')?;
        while more {
            let member = reader.name()?;
            reader.colon()?;
            if member != **name {
                reader.pass_over()?;
            } else if std::mem::replace(&mut found, true) {
                return Err(reader.wrong(format!("the envelope's member `{name}` stands twice")));
            } else {
                self.envelope(reader, rest)?;
            }
            more = reader.more(b'}')?;
        }
        if found { Ok(()) } else { self.nothing(reader, || format!("the envelope has no member `{name}`")) }
    }

    /// A backend that has nothing to say may leave the envelope empty: that is null, where the type has room for it.
    fn nothing(&mut self, reader: &Reader<'_>, what: impl FnOnce() -> String) -> Read<()> {
        if !self.program.root.nullable {
            return Err(reader.wrong(what()));
        }
        self.writer.text(b"null");
        Ok(())
    }
}
