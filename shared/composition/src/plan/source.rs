//! Where the values come from that calls and functions are given.

use super::{PlannedCall, Text, TextPart};

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

    /// Those that are a whole segment of a path.
    fn segments(&self) -> impl Iterator<Item = Source> {
        let ends = |part: Option<&TextPart>, end: fn(&str) -> bool| match part {
            None => true,
            Some(TextPart::Literal(text)) => end(text),
            Some(TextPart::Value { .. }) => false,
        };
        self.0.iter().enumerate().filter_map(move |(at, part)| {
            let TextPart::Value { source, .. } = part else { return None };
            let before = at.checked_sub(1).and_then(|before| self.0.get(before));
            let alone =
                ends(before, |text| text.ends_with('/')) && ends(self.0.get(at + 1), |text| text.starts_with('/'));
            alone.then_some(*source)
        })
    }
}

/// What of a request goes where not every text can, whatever else the request says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placed {
    /// What is a whole segment of a call's URL: it cannot be empty or dots.
    pub segments: Vec<Source>,
    /// What is in a call's header: visible ASCII and blanks.
    pub headers: Vec<Source>,
}

impl Placed {
    pub(super) fn of(calls: &[PlannedCall]) -> Placed {
        let made = || calls.iter().filter(|call| call.when.is_none());
        Placed {
            segments: of_request(made().flat_map(|call| call.path.segments())),
            headers: of_request(made().flat_map(|call| &call.headers).flat_map(|(_, text)| text.sources())),
        }
    }
}

/// Each of them once.
fn of_request(sources: impl Iterator<Item = Source>) -> Vec<Source> {
    let mut found = Vec::new();
    for source in sources {
        let is_of_request = matches!(source, Source::Param(_) | Source::Body(_) | Source::CallerId | Source::Claim(_));
        if is_of_request && !found.contains(&source) {
            found.push(source);
        }
    }
    found
}
