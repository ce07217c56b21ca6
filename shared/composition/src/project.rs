//! A backend's body becomes a piece of an answer, in one streaming pass, without being parsed into values and rebuilt.
//!
//! A [`Program`] is compiled once per call from a shape ([`compile()`]). Running it ([`Program::run`]) checks kinds, drops what
//! is not named, refuses duplicate and missing members, keeps every number's literal, notes the values that other calls wait
//! for, and writes the members in declared order, with holes where calls go. REST and GraphQL differ in the [`Selection`] alone.

mod choice;
mod compile;
mod envelope;
mod leaf;
mod names;
mod object;
mod pass;
mod raw;
mod reorder;
mod scan;
mod selection;
mod sent;
mod sites;
mod value;
mod wanted;

use std::fmt;

use bytes::Bytes;

pub use self::compile::compile;
pub(crate) use self::compile::compile_sites;
pub(crate) use self::leaf::{quoted, unquoted};
use self::scan::Spelling;
pub use self::selection::{Selected, Selection, What};
pub(crate) use self::sent::compile_sent;
pub(crate) use self::sites::SiteFound;
use crate::fragment::{Buffer, Piece};
use crate::shape::Int;

/// What to take from a body, and how to write it: data, made by [`compile()`].
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    pub(crate) objects: Vec<ObjectProgram>,
    /// How many members all of them have, and one more for each.
    pub(crate) order: usize,
    pub(crate) root: Target,
    /// How many values are noted of the whole body, or of each element where the body is split.
    pub(crate) captures: usize,
    pub(crate) sites: Vec<SiteProgram>,
    /// The names that lead to the value inside the body.
    pub(crate) at: Box<[Box<str>]>,
    /// Whether the body is a list whose elements are pieces of their own: a batch's answer.
    pub(crate) split: bool,
    /// Whether each object with calls knows the one around it: it is supplied by one.
    pub(crate) tied: bool,
}

/// What is kept of each object with calls in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteProgram {
    /// How many values an item notes.
    pub(crate) values: usize,
    /// How many of its calls are not in the answer: their holes, which write nothing, stand before the object.
    pub(crate) unseen: u32,
}

/// What an object's members become.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ObjectProgram {
    /// What is read.
    pub(crate) members: Vec<Member>,
    /// What is written, in order.
    pub(crate) outputs: Vec<Output>,
    /// Whether some of that does not come from the body.
    pub(crate) others: bool,
    /// Its site, where it has calls.
    pub(crate) site: Option<u32>,
    /// How many members the objects before it have, and one more for each: where a pass keeps what it has learnt of its order.
    pub(crate) before: usize,
}

/// One member of the output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Output {
    /// `,"name":`, the first with a brace for the comma.
    pub(crate) key: Box<str>,
    pub(crate) value: Written,
}

/// Where a member of the output comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    /// From the body.
    Member,
    /// It is this text (`__typename`).
    Constant(Box<str>),
    /// From a call: the number of the site's output.
    Call(u32),
}

/// One member of the input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    /// The names under which it may come.
    pub(crate) wire: Box<[Box<str>]>,
    /// The first of them as it is mostly spelt.
    pub(crate) spelling: Spelling,
    /// Where it goes: the outputs that show it. More than one with GraphQL's aliases.
    pub(crate) uses: Vec<Use>,
    /// Set when no output shows it and a call waits for something in it.
    pub(crate) silent: Option<Target>,
    /// What its absence means.
    pub(crate) missing: Missing,
}

/// One place where a member is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Use {
    pub(crate) output: usize,
    /// Whether its name is then the one that was read.
    pub(crate) same: bool,
    pub(crate) target: Target,
}

/// What an absent member means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    Fail,
    Null,
    Default(Box<str>),
}

/// What one value must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    pub(crate) nullable: bool,
    pub(crate) kind: Kind,
    /// Where the value is noted.
    pub(crate) capture: Vec<Capture>,
    /// Whether it becomes null as a whole when a call in it fails that cannot be null.
    pub(crate) region: bool,
}

/// Where a value is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capture {
    /// Of the whole body or element, under this number.
    Body(usize),
    /// Of the object with calls that is open, or of one that many open objects above it, under this number.
    Item { up: usize, number: usize },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Bool,
    Int(Int),
    Float,
    Text,
    Enum(Box<[Box<str>]>),
    Object(usize),
    List(Box<Target>),
    Map(Box<Target>),
    /// Any value, as it came.
    Raw,
    /// No value: null is read, and nothing written.
    Nothing,
    /// One of several objects.
    Choice(Box<Choice>),
}

/// Which object a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// The member that says which.
    pub(crate) tag: Box<str>,
    /// Its values, each with what the object must be.
    pub(crate) variants: Box<[(Box<str>, Target)]>,
}

/// A projected body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projected {
    /// Its bytes and parts.
    pub buffer: Buffer,
    /// The noted values: JSON text, or `None` where the value is null or not there. As many an element as the program notes.
    pub captures: Vec<Option<Bytes>>,
    /// The elements: one, unless the body is split.
    pub(crate) elements: Vec<Element>,
}

/// The whole body, or one element of a batch's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) piece: Piece,
    /// Whether it is null.
    pub(crate) null: bool,
}

/// Why a body is not what its type says. The text is for the log, never for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeError(pub(crate) String);

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ShapeError {}

impl Member {
    /// The backend's name for it.
    fn name(&self) -> &str {
        self.wire.first().map_or("", |name| name)
    }
}

impl Program {
    /// Projects one body. The whole of it must be one JSON value.
    pub fn run(&self, body: &Bytes) -> Result<Projected, ShapeError> {
        pass::run(self, body, &self.at)
    }

    /// Whether a whole body may be null.
    pub(crate) fn is_nullable(&self) -> bool {
        self.root.nullable
    }

    /// Projects a value that stands in no envelope, such as a default.
    pub(crate) fn run_bare(&self, value: &Bytes) -> Result<Projected, ShapeError> {
        pass::run(self, value, &[])
    }
}
