//! What the macro emits: declarations as plain owned data, and the traits that carry them.
//!
//! The macro emits data; the library runs it. A declaration can be printed, drawn, checked and compiled to a
//! [`crate::plan::Plan`] by ordinary code.

mod derived;
mod head;
mod input;
mod json;
mod needs;

use std::time::Duration;

use http::{HeaderName, Method};
use trefoil_context::Place;

pub use self::derived::{Application, Argument, Derived, Function};
pub use self::head::{HeadLine, HeadPlace};
pub use self::input::{Bounds, Claim, Param};
pub use self::json::Json;
pub use self::needs::{Need, Supply};
use crate::shape::{Shape, Shapes};

/// An endpoint: its answer is the implementing struct. `#[composition]` implements it; do not write it by hand.
pub trait Endpoint: 'static {
    /// Describes the endpoint; the views it leads to are entered into `shapes`.
    fn declare(shapes: &mut Shapes) -> Declaration;
}

/// A backend that a BFF may call. `#[backend]` implements it on a unit struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a backend",
    note = "declare it in `backends.rs`: `#[backend] pub struct {Self};`"
)]
pub trait Backend: 'static {
    /// Its name in config, metrics and traces: the struct's in kebab-case.
    const NAME: &'static str;
    /// Its doc comment.
    const DOC: &'static str;
}

/// The input of an endpoint. `#[input]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no input",
    label = "this says nothing of where its fields stand in a request",
    note = "an endpoint's input is a struct with `#[input]`, each of whose fields says `#[path]`, `#[query]`, `#[header(\"name\")]` or `#[body]`"
)]
pub trait Input: 'static {
    /// The companion whose members are `path`, `query`, `header` and, where there is one, `body` (see [`crate::refer`]).
    type Parts;
    /// The Rust names of the path parameters.
    const PATH: &'static [&'static str];
    /// Whether there is a body among it.
    const HAS_BODY: bool = false;
    /// The companion's value.
    fn parts() -> Self::Parts;
    /// Describes the parameters.
    fn declare(shapes: &mut Shapes) -> Vec<Param>;
}

/// What a BFF knows of a caller beside the id: typed claims of the token. `#[caller]` implements it.
pub trait CallerType: 'static {
    /// The companion: `id` and the claims (see [`crate::refer`]).
    type Parts;
    /// The companion's value.
    fn parts() -> Self::Parts;
    /// Describes the claims.
    fn declare(shapes: &mut Shapes) -> Vec<Claim>;
}

/// One endpoint, as declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Declaration {
    /// The struct's name.
    pub type_name: String,
    /// The struct's doc comment: the operation's summary and description.
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
    pub params: Vec<Param>,
    /// The status of an answer, 200 to 299, where it is not 200.
    pub status: Option<u16>,
    /// The lines of the answer's own head, in declaration order.
    pub head: Vec<HeadLine>,
    /// The struct whose fields calls fill.
    pub answer: Shape,
    /// Whether the answer is the value of the struct's one field, rather than an object with the field in it.
    pub root: bool,
    /// How its write heeds the client's Idempotency-Key, if it does.
    pub idempotency: Option<Idempotency>,
}

/// How the write of an endpoint heeds the client's `Idempotency-Key` (see [`crate::idempotency`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Whether a request without a key is refused.
    pub required: bool,
    /// How long the write's answer is kept. From a minute to seven days.
    pub keep: Duration,
    /// How long the write may take, whoever has left. From 1 s to 60 s.
    pub finish: Duration,
}

/// Who may call an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a token.
    Public,
    /// Whoever has a valid token of the BFF with all of these scopes (which may be none).
    Token {
        /// The scopes needed.
        scopes: Vec<String>,
    },
}

/// The call that fills a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    /// The backend's name.
    pub backend: String,
    /// The method.
    pub method: Method,
    /// The path at the backend.
    pub path: Template,
    /// The query parameters, in declaration order.
    pub query: Vec<(String, Template)>,
    /// The headers, in declaration order.
    pub headers: Vec<(HeaderName, Template)>,
    /// The body.
    pub body: Option<Json>,
    /// The names that lead to the value inside the backend's envelope, as the backend has them; empty for a body that is the value.
    pub at: Vec<String>,
    /// The most time this call may take, inside the endpoint's deadline.
    pub within: Option<Duration>,
    /// Statuses that mean "there is none": null, complete.
    pub absent: Vec<u16>,
    /// Statuses that the answer takes on when this call gets them.
    pub pass: Vec<u16>,
    /// What stands in when the call fails, as JSON in the backend's names.
    pub or: Option<String>,
    /// How often it is made.
    pub fan: Fan,
    /// How its answers are kept; `None` for not at all.
    pub cache: Option<Cache>,
    /// The most attempts at it in all; `None` leaves that to the backend's configuration.
    pub retry: Option<u32>,
    /// Whether a second attempt is sent beside a slow one.
    pub hedge: bool,
    /// What must hold for it to be made: else it is skipped, and its field is null, or its default, and complete.
    pub when: Option<Application>,
}

/// How the answers of a call are kept: never across callers unless it is `shared`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cache {
    /// How long one is fresh; `None` leaves that to the backend's `Cache-Control`.
    pub ttl: Option<Duration>,
    /// Whether the answer is the same for every caller. No backend learns then who asks.
    pub shared: bool,
    /// How long after that it is still given out, while it is made new.
    pub stale_while_revalidate: Duration,
    /// How long after that it is still given out in place of a failure.
    pub stale_if_error: Duration,
    /// What it is purged by. A tag with a null in it is left out.
    pub tags: Vec<Template>,
}

/// How often a call is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fan {
    /// Once, for the answer as a whole.
    #[default]
    One,
    /// Once for each object that has the field; the same request is made once.
    Each {
        /// How many are under way at a time.
        at_once: usize,
    },
    /// Once for all objects that have the field: their keys in one query parameter, separated by commas.
    Batch {
        /// The key: a value of the object.
        key: Reference,
        /// The query parameter that carries the keys.
        parameter: String,
        /// The Rust names that lead to the key in an element of the answer, by which it is matched.
        by: Vec<String>,
        /// The most keys in one call; more make more calls.
        most: usize,
    },
}

/// Text with references in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(pub Vec<Piece>);

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it stands in the declaration.
    Literal(String),
    /// A value, encoded for where it stands.
    Reference(Reference),
}

/// A value that a declaration refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where the value comes from.
    pub root: Root,
    /// The Rust names from there.
    pub path: Vec<String>,
}

/// Where a referred value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// The request: a path, query or header parameter, or the body, from which the path leads on.
    Request(Place),
    /// The verified caller.
    Caller,
    /// A field of the same struct, the first name of the path.
    Field,
    /// What the view says that it needs: the need, the first name of the path. Who uses the view supplies it.
    Needs,
    /// A value that is written where it is supplied: its JSON text, the only name of the path.
    Literal,
}

impl Default for Idempotency {
    /// Required, kept for a day; the write may take half a minute.
    fn default() -> Idempotency {
        Idempotency { required: true, keep: Duration::from_secs(86_400), finish: Duration::from_secs(30) }
    }
}

impl Default for Access {
    /// Any valid token.
    fn default() -> Access {
        Access::Token { scopes: Vec::new() }
    }
}

impl Template {
    /// The references in it, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().filter_map(Piece::reference)
    }
}

impl Piece {
    pub(crate) fn reference(&self) -> Option<&Reference> {
        match self {
            Piece::Reference(reference) => Some(reference),
            Piece::Literal(_) => None,
        }
    }
}

impl Call {
    /// Whether it may change something at the backend (RFC 9110 section 9.2.1).
    pub fn is_write(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Every reference of its request, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let tags = self.cache.iter().flat_map(|cache| &cache.tags);
        let rest =
            self.query.iter().map(|(_, value)| value).chain(self.headers.iter().map(|(_, value)| value)).chain(tags);
        std::iter::once(&self.path)
            .chain(rest)
            .flat_map(Template::references)
            .chain(self.body.iter().flat_map(Json::references))
    }
}

impl Input for () {
    type Parts = ();
    const PATH: &'static [&'static str] = &[];
    fn parts() {}
    fn declare(_: &mut Shapes) -> Vec<Param> {
        Vec::new()
    }
}

/// Checks at compile time that a path's parameters and an input's path parameters are the same.
pub const fn same_names(left: &[&str], right: &[&str]) -> bool {
    contains_all(left, right) && contains_all(right, left)
}

const fn contains_all(names: &[&str], wanted: &[&str]) -> bool {
    let mut index = 0;
    while index < wanted.len() {
        let mut at = 0;
        let mut found = false;
        while at < names.len() {
            found = found || equal(names[at].as_bytes(), wanted[index].as_bytes());
            at += 1;
        }
        if !found {
            return false;
        }
        index += 1;
    }
    true
}

pub(crate) const fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// A caller of whom a BFF knows no more than the id: what a BFF re-exports as its `Caller` when it has no typed claims.
#[derive(Debug, Clone, Copy)]
pub struct StandardCaller;

/// The companion of [`StandardCaller`].
#[derive(Debug)]
pub struct StandardCallerParts {
    /// The subject of the token.
    pub id: crate::refer::Part<String, crate::refer::Sure>,
}

impl CallerType for StandardCaller {
    type Parts = StandardCallerParts;
    fn parts() -> StandardCallerParts {
        StandardCallerParts { id: crate::refer::Part::NEW }
    }
    fn declare(_: &mut Shapes) -> Vec<Claim> {
        Vec::new()
    }
}

/// A type that a string literal can be the default of: `default = "news"`, `or = "none"`.
#[diagnostic::on_unimplemented(
    message = "a string cannot be the default of a `{Self}`",
    label = "this is text",
    note = "write an expression of the type `{Self}`"
)]
pub trait FromText {
    /// The value.
    fn from_text(text: &str) -> Self;
}

impl FromText for String {
    fn from_text(text: &str) -> String {
        text.to_owned()
    }
}

impl FromText for Option<String> {
    fn from_text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}
