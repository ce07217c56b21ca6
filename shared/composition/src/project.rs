//! A backend's body becomes a piece of an answer, in one streaming pass, without being parsed into values and rebuilt.
//!
//! A [`Program`] is compiled once per call from a shape ([`compile`]). Running it ([`Program::run`]) checks kinds, drops what
//! is not named, refuses duplicate and missing members, keeps every number's literal, notes the values that other calls wait
//! for, and writes the members in declared order. REST and GraphQL differ in the [`Selection`] alone.

mod compile;
mod leaf;
mod pass;
mod reorder;

use std::fmt;

use bytes::Bytes;

pub(crate) use self::compile::quoted;
pub use self::compile::{Selected, Selection, What, compile};
use crate::fragment::Fragment;
use crate::shape::Int;

/// What to take from a body, and how to write it: data, made by [`compile`].
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    pub(crate) objects: Vec<ObjectProgram>,
    pub(crate) root: Target,
    pub(crate) captures: usize,
}

/// What an object's members become.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ObjectProgram {
    /// What is read.
    pub(crate) members: Vec<Member>,
    /// What is written, in order.
    pub(crate) outputs: Vec<Output>,
}

/// One member of the output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Output {
    /// `"name":`
    pub(crate) key: Box<str>,
    /// The value, where it does not come from the body (`__typename`).
    pub(crate) constant: Option<Box<str>>,
}

/// One member of the input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    /// The names under which it may come.
    pub(crate) wire: Box<[Box<str>]>,
    /// Where it goes: the outputs that show it. More than one with GraphQL's aliases.
    pub(crate) uses: Vec<Use>,
    /// Set when no output shows it and another call waits for something in it.
    pub(crate) silent: Option<Target>,
    /// What its absence means.
    pub(crate) missing: Missing,
}

/// One place where a member is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Use {
    pub(crate) output: usize,
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
    /// The number under which the value is noted.
    pub(crate) capture: Option<usize>,
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
}

/// A projected body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projected {
    /// The piece of the answer.
    pub fragment: Fragment,
    /// The noted values, by number: JSON text, or `None` where the value is null or not there.
    pub captures: Vec<Option<Bytes>>,
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

impl Program {
    /// Projects one body. The whole of it must be one JSON value.
    pub fn run(&self, body: &Bytes) -> Result<Projected, ShapeError> {
        pass::run(self, body)
    }

    /// Whether null is a value of it.
    pub fn is_nullable(&self) -> bool {
        self.root.nullable
    }
}
