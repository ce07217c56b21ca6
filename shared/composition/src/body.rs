//! A request's body: what it must be, and how it is written on.
//!
//! A client writes the client's names, a backend reads its own. So a body is validated as a whole and, if it fits, written
//! anew in the backend's names: members in declared order, nothing unknown, every literal as it came. It is a second reading
//! of the same shapes as an answer's projection, and the other way round: an answer drops what it does not know, and stops at
//! the first fault; a body refuses what it does not know, and tells every fault.

mod compile;
mod read;

use std::fmt;

use bytes::Bytes;
use trefoil_context::Fault;

pub(crate) use self::compile::compile;
use crate::inputs::range::Range;
use crate::shape::Int;

/// The most elements of a list, or entries of a map, that declares no bound of its own.
pub const MAX_ITEMS: usize = 1_000;
/// The most faults that are told of one request. Where there are more, the problem's `detail` says so.
pub const MAX_FAULTS: usize = 50;
/// How deep objects, lists and maps may stand in each other, where a view contains itself.
pub const MAX_DEPTH: usize = 32;

/// What a body must be: data, made once by [`compile()`].
#[derive(Debug, Clone, PartialEq)]
pub struct BodyProgram {
    pub(crate) objects: Vec<Vec<Member>>,
    pub(crate) root: Target,
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    /// The client's name.
    pub(crate) name: Box<str>,
    /// The backend's, quoted, with a colon.
    pub(crate) key: Box<str>,
    pub(crate) target: Target,
    /// What is written when it is left out, where it may be and something is; JSON in the backend's names.
    pub(crate) default: Option<Box<str>>,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    pub(crate) nullable: bool,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Bool,
    /// Within the type and the declared bounds.
    Int(Int),
    /// Within the declared bounds.
    Float(Range),
    /// From so many to so many characters.
    Text(usize, usize),
    Enum(Box<[Box<str>]>),
    /// An index in [`BodyProgram::objects`].
    Object(usize),
    /// From so many to so many elements.
    List(Box<Target>, usize, usize),
    Map(Box<Target>),
}

/// Why a body does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is no JSON text.
    Malformed(String),
    /// It is JSON, and not what was declared.
    Faults(Vec<Fault>),
}

impl BodyProgram {
    /// Validates a body and writes it in the backend's names.
    pub(crate) fn read(&self, body: &[u8]) -> Result<Bytes, Unfit> {
        read::read(self, body)
    }

    /// What a body must be, in words.
    pub(crate) fn expected(&self) -> String {
        self.root.kind.to_string()
    }
}

impl Kind {
    /// Whether views stand in it.
    fn has_views(&self) -> bool {
        match self {
            Kind::Object(_) => true,
            Kind::List(items, ..) | Kind::Map(items) => items.kind.has_views(),
            Kind::Bool | Kind::Int(_) | Kind::Float(_) | Kind::Text(..) | Kind::Enum(_) => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Bool => f.write_str("`true` or `false`"),
            Kind::Int(Int { min, max }) => write!(f, "a whole number from {min} to {max}"),
            Kind::Float(range) => range.fmt(f),
            Kind::Text(min, max) => write!(f, "text of {min} to {max} characters"),
            Kind::Enum(words) => write!(f, "one of {}", words.join(", ")),
            Kind::Object(_) => f.write_str("an object"),
            Kind::List(_, min, max) => write!(f, "a list of {min} to {max} elements"),
            Kind::Map(_) => write!(f, "an object of at most {MAX_ITEMS} members"),
        }
    }
}
