//! Reads one body by its program. A fault never ends the reading: all of them are found, up to one more than [`MAX_FAULTS`].

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::RangeInclusive;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use trefoil_context::{Fault, Place};

use super::{BodyProgram, Kind, MAX_DEPTH, MAX_FAULTS, MAX_ITEMS, Member, Target, Unfit};
use crate::project::{quoted, unquoted};

/// The most characters of a client's own name for a member that a fault repeats.
const MOST_OF_A_NAME: usize = 64;

pub(super) fn read(program: &BodyProgram, body: &[u8]) -> Result<Bytes, Unfit> {
    let text = std::str::from_utf8(body).map_err(|_| Unfit::Malformed("it is not UTF-8".to_owned()))?;
    // The whole text is JSON, or nothing of it is looked at.
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| Unfit::Malformed(error.to_string()))?;
    let mut reader = Reader { program, out: String::with_capacity(text.len()), faults: Vec::new(), path: Vec::new() };
    reader.value(&program.root, raw.get());
    if reader.faults.is_empty() { Ok(reader.out.into()) } else { Err(Unfit::Faults(reader.faults)) }
}

/// Why a default would be refused if a client gave it. One with views in it is not looked at: it is in the backend's names.
pub(super) fn unfit(target: &Target, default: &str) -> Option<String> {
    if target.kind.has_views() {
        return None;
    }
    let program = BodyProgram { objects: Vec::new(), root: target.clone() };
    let mut reader = Reader { program: &program, out: String::new(), faults: Vec::new(), path: Vec::new() };
    reader.value(target, default);
    reader.faults.into_iter().next().map(|fault| fault.detail)
}

struct Reader<'p> {
    program: &'p BodyProgram,
    out: String,
    faults: Vec<Fault>,
    /// What is open: the way to it.
    path: Vec<Step<'p>>,
}

/// A step of the way to a value.
enum Step<'p> {
    Member(&'p str),
    Index(usize),
    /// A name of the client's own.
    Own(String),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Member(name) => f.write_str(name),
            Step::Index(index) => write!(f, "{index}"),
            Step::Own(name) => f.write_str(name),
        }
    }
}

impl Step<'_> {
    fn own(name: &str) -> Self {
        Step::Own(name.chars().take(MOST_OF_A_NAME).collect())
    }
}

impl<'p> Reader<'p> {
    fn fault(&mut self, detail: impl Into<String>) {
        if !self.is_full() {
            let name = self.path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
            self.faults.push(Fault { place: Place::Body, name, detail: detail.into() });
        }
    }

    fn is_full(&self) -> bool {
        // One more than are told, so that it is known that there are more.
        self.faults.len() > MAX_FAULTS
    }

    /// Does this below a member or an element.
    fn below(&mut self, step: Step<'p>, does: impl FnOnce(&mut Self)) {
        self.path.push(step);
        does(self);
        self.path.pop();
    }

    fn value(&mut self, target: &'p Target, raw: &str) {
        if raw == "null" && target.nullable {
            return self.out.push_str(raw);
        }
        let fits = match &target.kind {
            Kind::Bool => matches!(raw, "true" | "false"),
            Kind::Int(int) => int.read(raw.as_bytes()).is_some(),
            Kind::Float(range) => raw.parse::<f64>().is_ok_and(|number| range.holds(number)),
            Kind::Text(min, max) => {
                unquoted(raw).is_some_and(|text| (*min..=*max).contains(&text.chars().count()) && !text.contains('\0'))
            }
            Kind::Enum(words) => unquoted(raw).is_some_and(|text| words.iter().any(|word| **word == *text)),
            Kind::Object(_) | Kind::Map(_) => raw.starts_with('{'),
            Kind::List(..) => raw.starts_with('['),
        };
        if !fits {
            return self.fault(format!("expected {}", target.kind));
        }
        if matches!(target.kind, Kind::Object(_) | Kind::Map(_) | Kind::List(..)) && self.path.len() >= MAX_DEPTH {
            return self.fault(format!("is nested too deeply; at most {MAX_DEPTH} levels are read"));
        }
        match &target.kind {
            Kind::Object(object) => self.object(&self.program.objects[*object], raw),
            Kind::List(items, min, max) => self.list(&target.kind, items, *min..=*max, raw),
            Kind::Map(values) => self.map(&target.kind, values, raw),
            // Which it is: a backend that reads an unsigned number would refuse the sign.
            Kind::Int(_) if raw == "-0" => self.out.push('0'),
            _ => self.out.push_str(raw),
        }
    }

    fn object(&mut self, members: &'p [Member], raw: &str) {
        let Some(entries) = self.entries(raw) else { return };
        let mut known = vec![None; members.len()];
        for (name, value) in entries {
            match members.iter().position(|member| *member.name == *name) {
                Some(member) if known[member].is_none() => known[member] = Some(value),
                Some(_) => self.below(Step::own(&name), |reader| reader.fault("stands more than once; give it once")),
                None => {
                    let names: Vec<&str> = members.iter().map(|member| &*member.name).collect();
                    self.below(Step::own(&name), |reader| {
                        reader.fault(format!("is not known here; there are {}", names.join(", ")));
                    });
                }
            }
        }
        self.out.push('{');
        let start = self.out.len();
        for (member, value) in members.iter().zip(known) {
            let before = self.out.len();
            if before > start {
                self.out.push(',');
            }
            self.out.push_str(&member.key);
            match (value, &member.default) {
                (Some(value), _) => {
                    self.below(Step::Member(&member.name), |reader| reader.value(&member.target, value.get()));
                }
                (None, Some(default)) => self.out.push_str(default),
                // What is left out is left out, which is not the same as null.
                (None, None) if member.target.nullable => self.out.truncate(before),
                (None, None) => self.below(Step::Member(&member.name), |reader| {
                    reader.fault(format!("is missing; expected {}", member.target.kind));
                }),
            }
        }
        self.out.push('}');
    }

    fn list(&mut self, kind: &Kind, items: &'p Target, fits: RangeInclusive<usize>, raw: &str) {
        // It has been read once already, so it reads.
        let elements: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
        if !fits.contains(&elements.len()) {
            return self.fault(format!("expected {kind}"));
        }
        self.out.push('[');
        for (index, element) in elements.into_iter().enumerate() {
            if self.is_full() {
                return;
            }
            if index > 0 {
                self.out.push(',');
            }
            self.below(Step::Index(index), |reader| reader.value(items, element.get()));
        }
        self.out.push(']');
    }

    fn map(&mut self, kind: &Kind, values: &'p Target, raw: &str) {
        let Some(entries) = self.entries(raw) else { return };
        if entries.len() > MAX_ITEMS {
            return self.fault(format!("expected {kind}"));
        }
        let mut seen = HashSet::new();
        self.out.push('{');
        for (index, (name, value)) in entries.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.out.push_str(&quoted(&name));
            self.out.push(':');
            let step = Step::own(&name);
            let again = !seen.insert(name);
            self.below(step, |reader| {
                if again {
                    reader.fault("stands more than once; give it once");
                } else {
                    reader.value(values, value.get());
                }
            });
        }
        self.out.push('}');
    }

    fn entries<'b>(&mut self, raw: &'b str) -> Option<Vec<(Cow<'b, str>, &'b RawValue)>> {
        match serde_json::from_str::<Entries<'b>>(raw) {
            Ok(entries) => Some(entries.0),
            Err(_) => {
                // The grammar allows escapes that are no text: half a surrogate pair.
                self.fault("has a member whose name is no text");
                None
            }
        }
    }
}

/// The members of an object, in order, those that stand twice among them.
struct Entries<'b>(Vec<(Cow<'b, str>, &'b RawValue)>);

impl<'de: 'b, 'b> Deserialize<'de> for Entries<'b> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(Key(name)) = map.next_key()? {
                    entries.push((name, map.next_value()?));
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Members).map(Entries)
    }
}

/// A name, borrowed where it is written without escapes.
#[derive(serde::Deserialize)]
struct Key<'b>(#[serde(borrow)] Cow<'b, str>);
