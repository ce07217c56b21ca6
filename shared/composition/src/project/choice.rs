//! Reads a value that is one of several objects: first what its tag says, then the object by its own program.

use std::borrow::Cow;

use super::Choice;
use super::pass::Pass;
use super::scan::{Read, Reader};

impl<'p> Pass<'p> {
    /// Reads such a value, and writes it.
    pub(super) fn choice(&mut self, reader: &mut Reader<'_>, choice: &'p Choice) -> Read<()> {
        let said = tag(reader.clone(), &choice.tag)?;
        match choice.variants.iter().find(|(wire, _)| **wire == *said) {
            Some((_, target)) => self.value(reader, target),
            None => {
                let known: Vec<&str> = choice.variants.iter().map(|(wire, _)| &**wire).collect();
                Err(reader.wrong(format!("expected one of {} in `{}`", known.join(", "), choice.tag)))
            }
        }
    }
}

/// Finds the tag, looking ahead.
fn tag<'t>(mut reader: Reader<'t>, name: &str) -> Read<Cow<'t, str>> {
    if reader.peek()? != b'{' {
        return Err(reader.wrong(format!("expected an object with a member `{name}`")));
    }
    let mut found = None;
    let mut more = reader.enter(b'}')?;
    while more {
        let member = reader.name()?;
        reader.colon()?;
        if member != name {
            reader.pass_over()?;
        } else if reader.peek()? != b'"' {
            return Err(reader.wrong(format!("expected a string in `{name}`")));
        } else if found.replace(reader.name()?).is_some() {
            return Err(reader.wrong(format!("the member `{name}` stands twice")));
        }
        more = reader.more(b'}')?;
    }
    found.ok_or_else(|| reader.wrong(format!("missing field `{name}`")))
}
