//! What will be done to answer an endpoint: plain owned data, made once at start, run by [`crate::run`].
//!
//! A plan knows neither sockets nor requests. It can be printed ([`draw`]), drawn, checked and measured, and a plan made from
//! something else than a Rust declaration would run the same way.

mod compile;
mod cost;
mod draw;
mod error;
mod findings;
mod source;
mod variant;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, Method, StatusCode};
use trefoil_backend::Policy;
use trefoil_context::Place;

pub use self::compile::{compile, narrow};
pub(crate) use self::draw::head as head_drawn;
pub use self::error::DeclarationError;
pub use self::findings::{Finding, Severity};
pub use self::source::{Placed, Source};
pub use self::variant::Variant;
use crate::body::BodyProgram;
use crate::declare::{Access, Bounds, Function, HeadPlace, Idempotency};
use crate::fragment::Buffer;
use crate::limits::Moved;
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
    /// The parameters, in declaration order; the body is one of them.
    pub params: Vec<Parameter>,
    /// How the body is read.
    pub body: Option<PlannedBody>,
    /// The caller's claims that it refers to.
    pub claims: Vec<ClaimUse>,
    /// The values that are written in the declaration, as JSON text.
    pub literals: Vec<Bytes>,
    /// The status of an answer.
    pub status: StatusCode,
    /// The answer's own head. Only REST has one: a plan for a selection has none.
    pub head: Vec<PlannedLine>,
    /// The answer's shape: a struct, or, where a call fills the answer as a whole, what the call gives.
    pub answer: Shape,
    /// The outermost piece of the answer: what a body without members projects to, with a hole for each call shown.
    pub(crate) frame: Arc<Buffer>,
    /// Where calls go: the outermost struct first, then views with calls of their own.
    pub sites: Vec<Site>,
    /// The call fields, place by place. A node stands after all nodes that it waits for.
    pub nodes: Vec<Node>,
    /// The top-level fields that calls fill: hidden ones, then those of the answer in its order.
    pub fields: Vec<TopField>,
    /// The calls. Nodes of one call field at one level share a call: that is what makes a batch.
    pub calls: Vec<PlannedCall>,
    /// The call that may change something, if there is one. Every call that it does not need waits for it, and its failure
    /// fails the answer.
    pub write: Option<usize>,
    /// What of the request goes where not every text can.
    pub placed: Placed,
    /// The limits that config has moved; the plan has them as they are now.
    pub moved: Vec<Moved>,
    /// How the write heeds the client's Idempotency-Key, if it does.
    pub idempotency: Option<Idempotency>,
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

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedBody {
    /// What it must be.
    pub(crate) program: BodyProgram,
    /// The parts of it that calls refer to: the backend's names that lead to each.
    pub(crate) parts: Vec<Vec<String>>,
}

/// One line of an answer's own head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedLine {
    /// Where it stands.
    pub place: HeadPlace,
    /// Its value.
    pub value: Text,
}

/// A typed claim that a plan needs of the caller's token.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimUse {
    /// The name in the token.
    pub wire: String,
    /// Its kind.
    pub shape: Shape,
}

/// A top-level field of the answer, or a hidden one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopField {
    /// The response key, empty where it is the answer as a whole; `None` for what is not in the answer.
    pub key: Option<String>,
    /// Its node.
    pub node: usize,
    /// Every call that it and all under it wait for.
    pub calls: Vec<usize>,
}

/// Objects of one view at one place of the answer, whose fields calls fill.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The call and the program in whose pieces its objects are; `None` for the outermost struct.
    pub(crate) from: Option<(usize, usize)>,
    /// Which node shows what, by the number of the output: the node and the program of its call.
    pub(crate) outputs: Vec<(usize, usize)>,
    /// The response key of each output.
    pub(crate) output_keys: Vec<String>,
    /// How many outputs, the first ones, write nothing: what they stand for is not in the answer.
    pub(crate) unseen: usize,
    /// The nodes of the view's call fields, by field.
    pub(crate) nodes: Vec<Option<usize>>,
    /// The response keys that lead to it from the piece it is in; `None` stands for an index of a list.
    pub(crate) keys: Vec<Option<String>>,
    /// How many values each of its objects notes.
    pub(crate) values: usize,
}

/// A call field at one place of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The path of its field in the client's names; empty where it fills the answer as a whole. See [`Plan::name_of`].
    pub field: String,
    /// The variants of tagged enums on the way to it.
    pub variants: Vec<Variant>,
    /// The site that it belongs to.
    pub site: usize,
    /// The call that fills it.
    pub call: usize,
    /// What a failure of it means.
    pub need: Need,
    /// Whether the answer cannot do without it: nothing on the way to it may be null.
    pub fatal: bool,
    /// The nodes whose values it waits for: others of its view, the one whose pieces it is in, and those that supply its view.
    pub after: Vec<usize>,
    /// Those of its view, and of views that supply it, without whose values its request cannot be made.
    pub needs: Vec<usize>,
}

/// What the failure of a call means where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// What it stands in cannot do without it: null climbs to the nearest thing that may be null.
    Required,
    /// Null, and named as missing.
    Optional,
    /// The call's default, and named as defaulted.
    Default,
}

/// A call, or what stands in for one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlannedCall {
    /// The nodes that it fills. The first one names it.
    pub nodes: Vec<usize>,
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
    /// The body.
    pub body: Option<PlannedJson>,
    /// The most time one request of it may take, inside the deadline.
    pub within: Option<Duration>,
    /// Statuses that mean "there is none".
    pub absent: Vec<u16>,
    /// Statuses that the answer takes on.
    pub pass: Vec<u16>,
    /// How often it is made.
    pub fan: PlannedFan,
    /// How its answers are kept, and what they are purged by.
    pub cache: Option<(Policy, Vec<Text>)>,
    /// The most attempts at one request of it; `None` leaves that to the backend's configuration.
    pub retry: Option<u32>,
    /// Whether a second attempt is sent beside a slow one.
    pub hedge: bool,
    /// What must hold for it to be made.
    pub when: Option<PlannedApplication>,
    /// The headers of its answer that other fields are read from: noted after the values of its body.
    pub heads: Vec<HeaderName>,
    /// The calls that must have settled before it starts: those that its nodes wait for.
    pub after: Vec<usize>,
    /// The shape of its field.
    pub shape: Shape,
    /// What stands in when it fails: one projection for each program.
    pub(crate) default: Option<Vec<Projected>>,
    /// How its body becomes pieces of the answer. The first notes the values that other calls wait for.
    pub(crate) programs: Vec<Program>,
    /// The sites of each program.
    pub(crate) sites: Vec<Vec<usize>>,
    /// Whether objects in what a program makes refer to the very object that it is for: then no two objects share an answer.
    pub(crate) tied: bool,
}

/// How often a call is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PlannedFan {
    /// Once.
    #[default]
    One,
    /// Once for each object, so many at a time; the same request is made once.
    Each {
        /// How many are under way at a time.
        at_once: usize,
    },
    /// Once for the keys of all objects.
    Batch {
        /// Where the key comes from.
        key: Source,
        /// The query parameter that carries the keys, separated by commas.
        parameter: String,
        /// The most keys in one request.
        most: usize,
    },
    /// Not at all: it is made of what is known.
    Derived(Derivation),
}

/// How a field is made that no request fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derivation {
    /// It is read from a header of another call's answer.
    Header {
        /// The field with the call.
        field: usize,
        /// The number under which the header is noted.
        number: usize,
        /// As it was declared: the header and the field.
        written: String,
    },
    /// A function makes it.
    Computed(PlannedApplication),
}

/// A function, and where its arguments come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedApplication {
    /// The function.
    pub function: Function,
    /// Its arguments: where each comes from, and whether the function is also asked when there is none.
    pub arguments: Vec<(Source, bool)>,
    /// As it was declared.
    pub written: String,
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

/// A JSON value with values in it.
#[derive(Debug, Clone, PartialEq)]
pub enum PlannedJson {
    /// JSON text as it is sent.
    Literal(String),
    /// A value as it is.
    Value {
        /// Where the value comes from.
        source: Source,
        /// As it was declared.
        written: String,
        /// An optional input of the request: when it is not given, its member is left out, and without a member the body.
        omit: bool,
        /// What is sent of an object or a list that a backend answered; `None` for what is sent as it is.
        sent: Option<Box<Program>>,
    },
    /// Text.
    Text(Text),
    /// An object: its members in order, under the backend's names.
    Object(Vec<(String, PlannedJson)>),
}

impl PlannedCall {
    /// Whether its request differs from object to object by more than the key of a batch.
    pub(crate) fn varies(&self) -> bool {
        let tags = self.cache.iter().flat_map(|(_, tags)| tags);
        let beside = self.query.iter().map(|(_, text)| text).chain(self.headers.iter().map(|(_, text)| text));
        let of_an_object =
            |source| matches!(source, Source::OwnOf { site, .. } | Source::NotedOf { site, .. } if site > 0);
        std::iter::once(&self.path).chain(beside).chain(tags).flat_map(Text::sources).any(of_an_object)
    }

    /// Whether it makes requests: what is made of other fields does not.
    pub fn is_requested(&self) -> bool {
        !matches!(self.fan, PlannedFan::Derived(_))
    }
}

impl Plan {
    /// The node of a field of the view at a site, if it is filled there.
    pub fn node_at(&self, site: usize, field: usize) -> Option<usize> {
        self.sites.get(site)?.nodes.get(field).copied().flatten()
    }

    /// The node that names a call.
    pub(crate) fn first_node(&self, call: usize) -> usize {
        self.calls[call].nodes.first().copied().unwrap_or_default()
    }

    /// What an author should know of it before users do.
    pub fn findings(&self) -> Vec<Finding> {
        findings::findings(self)
    }

    /// What a node is called where an empty path would name nothing: its field's path, or the endpoint's name.
    pub fn name_of(&self, node: usize) -> &str {
        let field = &self.nodes[node].field;
        if field.is_empty() { &self.name } else { field }
    }

    /// The call that fills a node.
    pub fn call_of(&self, node: usize) -> &PlannedCall {
        &self.calls[self.nodes[node].call]
    }

    /// The calls that make requests.
    pub fn requested(&self) -> impl Iterator<Item = &PlannedCall> {
        self.calls.iter().filter(|call| call.is_requested())
    }

    /// What is said of those calls that it is said of, each with the name of the field that it fills.
    pub(crate) fn by_field<T>(&self, said: impl Fn(&PlannedCall) -> Option<T>) -> Vec<(String, T)> {
        let named =
            |(index, call): (usize, &PlannedCall)| Some((self.name_of(self.first_node(index)).to_owned(), said(call)?));
        self.calls.iter().enumerate().filter_map(named).collect()
    }

    /// The graph, the deadline and the degradation rules, for a terminal.
    pub fn draw(&self) -> String {
        draw::draw(self)
    }
}
