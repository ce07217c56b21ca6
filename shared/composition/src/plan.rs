//! What will be done to answer an endpoint: plain owned data, made once at start, run by [`crate::run`].
//!
//! A plan knows neither sockets nor requests. It can be printed ([`draw`]), drawn, checked and measured, and a plan made from
//! something else than a Rust declaration would run the same way.

mod compile;
mod draw;

use std::fmt;
use std::time::Duration;

use http::{HeaderName, Method};
use trefoil_context::Place;

pub use self::compile::{compile, narrow};
use crate::declare::{Access, Bounds};
use crate::fragment::Fragment;
use crate::project::{Program, Projected};
use crate::shape::Shape;

/// Everything that is known about an endpoint before a request comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The endpoint's name: its struct's in camelCase. Config, GraphQL and the command line know it by this.
    pub name: String,
    /// The struct's name.
    pub type_name: String,
    /// The struct's doc comment.
    pub doc: String,
    /// The method that clients use.
    pub method: Method,
    /// The path below the BFF's prefix, with `{rust_name}` for path parameters.
    pub path: String,
    /// The most time an answer may take.
    pub deadline: Duration,
    /// Who may call.
    pub access: Access,
    /// The parameters, in declaration order.
    pub params: Vec<Parameter>,
    /// The caller's claims that it refers to.
    pub claims: Vec<ClaimUse>,
    /// The answer's shape.
    pub answer: Shape,
    /// The outermost piece of the answer, with a hole for each call shown.
    pub frame: Fragment,
    /// What stands in each hole of the frame.
    pub holes: Vec<Hole>,
    /// The calls. A call stands after all calls that it waits for.
    pub nodes: Vec<Node>,
}

/// One parameter, with its client's name decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Where it stands.
    pub place: Place,
    /// The client's name there.
    pub name: String,
    /// The Rust name; for a path parameter the name in [`Plan::path`].
    pub rust: String,
    /// The doc comment.
    pub doc: String,
    /// Its kind.
    pub shape: Shape,
    /// What stands in when it is not given, as JSON.
    pub default: Option<String>,
    /// What it must satisfy beside its kind.
    pub bounds: Bounds,
}

/// A typed claim that a plan needs of the caller's token.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimUse {
    /// The name in the token.
    pub wire: String,
    /// Its kind.
    pub shape: Shape,
}

/// A place in an answer that a call fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The call.
    pub node: usize,
    /// Which of the call's programs: more than one where GraphQL shows a call field under several aliases.
    pub program: usize,
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The path of its field in the client's names: how failures name it.
    pub field: String,
    /// The backend's name.
    pub backend: String,
    /// The method.
    pub method: Method,
    /// The path at the backend.
    pub path: Text,
    /// The query parameters, in order.
    pub query: Vec<(String, Text)>,
    /// The headers, in order.
    pub headers: Vec<(HeaderName, Text)>,
    /// The most time it may take, inside the deadline.
    pub within: Option<Duration>,
    /// Statuses that mean "there is none".
    pub absent: Vec<u16>,
    /// Statuses that the answer takes on.
    pub pass: Vec<u16>,
    /// What a failure of it means.
    pub need: Need,
    /// The calls whose values it waits for.
    pub after: Vec<usize>,
    /// The shape of its value.
    pub shape: Shape,
    /// How its body becomes pieces of the answer. The first notes the values that other calls wait for.
    pub programs: Vec<Program>,
}

/// What the failure of a call means for the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Need {
    /// There is no answer without it.
    Required,
    /// Null, and named as missing.
    Optional,
    /// This, and named as defaulted: one piece for each of the node's programs.
    Default(Vec<Projected>),
}

/// Text with values in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub Vec<TextPart>);

/// A part of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPart {
    /// As it stands.
    Literal(String),
    /// A value, encoded for where it stands.
    Value {
        /// Where the value comes from.
        source: Source,
        /// As it was declared, for pictures and errors: `profile.segment`.
        written: String,
        /// An optional input of the request: when it is not given, its query parameter or header is left out.
        omit: bool,
    },
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The request's parameter with this index.
    Param(usize),
    /// The caller's id.
    CallerId,
    /// The caller's claim with this index.
    Claim(usize),
    /// A value noted from a call's body.
    Noted {
        /// The call.
        node: usize,
        /// The number under which its first program notes it.
        number: usize,
    },
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

impl Plan {
    /// The graph, the deadline and the degradation rules, for a terminal.
    pub fn draw(&self) -> String {
        draw::draw(self)
    }
}

/// Why a declaration cannot become a plan. The macro finds nearly all of these at compile time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarationError {
    /// The endpoint's struct, or the BFF.
    pub place: String,
    /// What is wrong and how to mend it.
    pub reason: String,
}

impl fmt::Display for DeclarationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl std::error::Error for DeclarationError {}
