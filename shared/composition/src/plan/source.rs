//! Where the values come from that calls and functions are given.

use super::{Text, TextPart};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The request's parameter with this index.
    Param(usize),
    /// The part of the request's body with this number.
    Body(usize),
    /// The caller's id.
    CallerId,
    /// The caller's claim with this index.
    Claim(usize),
    /// A value noted of the very object that the call belongs to, under this number.
    Own(usize),
    /// A value noted from the body of another call of the same object.
    Noted {
        /// The other call's field.
        field: usize,
        /// The number under which it is noted.
        number: usize,
    },
    /// A value of the object's own at this site, which is further out and supplies it.
    OwnOf {
        /// The site.
        site: usize,
        /// The number under which it is noted.
        number: usize,
    },
    /// A value noted from the body of a call of that object.
    NotedOf {
        /// The site.
        site: usize,
        /// The call's field.
        field: usize,
        /// The number under which it is noted.
        number: usize,
    },
    /// The plan's literal with this index.
    Literal(usize),
    /// Nothing: an optional need that nothing supplies.
    Nothing,
}

impl Text {
    /// The sources in it, in order.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        self.0.iter().filter_map(|part| match part {
            TextPart::Value { source, .. } => Some(*source),
            TextPart::Literal(_) => None,
        })
    }
}
