//! What was written, parsed: one type for each thing that a declaration can say.

mod needs;

use proc_macro2::Span;
use syn::{Attribute, Expr, Ident, ItemEnum, ItemStruct, LitBool, LitInt, LitStr, Path, Type};

pub(crate) use self::needs::{Literal, LiteralKind, Need, Supplied, Supply, ViewOptions};
use crate::attr::derived::is_derived;
use crate::attr::serde::{ContainerNames, FieldNames};
use crate::reference::{Reference, Template};

/// A doc comment, joined: a string, or a `concat!` where it includes files.
#[derive(Clone)]
pub(crate) struct Doc(pub(crate) proc_macro2::TokenStream);

/// A struct whose attributes of ours have been taken out. Its fields are named, save the one of a tuple struct that is the
/// answer as a whole.
pub(crate) struct View {
    pub(crate) item: ItemStruct,
    pub(crate) doc: Doc,
    pub(crate) names: ContainerNames,
    pub(crate) fields: Vec<Field>,
    /// What it needs of whoever uses it.
    pub(crate) needs: Vec<Need>,
    /// What it supplies the views with that its fields lead to.
    pub(crate) supply: Vec<Supply>,
}

/// One field, in declaration order.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// The Rust name without `r#`.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) doc: Doc,
    pub(crate) names: FieldNames,
    /// `#[hidden]`: it feeds others and is in no answer.
    pub(crate) hidden: Option<Attribute>,
    /// `#[root]`: its value is the whole answer.
    pub(crate) root: Option<Attribute>,
    /// What fills it, if neither a call nor the backend's body does.
    pub(crate) derived: Option<Derived>,
    /// What it must satisfy in a request.
    pub(crate) bounds: Bounds,
    /// The other attributes of ours that stood on it.
    pub(crate) ours: Vec<Attribute>,
}

impl Field {
    /// Whether something else than the backend's body fills it: a call, a header or a function.
    pub(crate) fn is_filled(&self) -> bool {
        self.ours.iter().any(|attribute| attribute.path().is_ident("call") || is_derived(attribute))
    }
}

/// What fills a field besides a call.
pub(crate) enum Derived {
    /// A header of the answer to another field's call.
    Header { of: Reference, name: LitStr },
    /// A function of other values.
    Computed(Application),
}

/// A function and the values that it is given.
pub(crate) struct Application {
    pub(crate) function: Path,
    pub(crate) arguments: Vec<Reference>,
}

/// What must hold for a call to be made.
pub(crate) enum Condition {
    Value(Reference),
    Function(Application),
}

impl Condition {
    pub(crate) fn references(&self) -> &[Reference] {
        match self {
            Condition::Value(value) => std::slice::from_ref(value),
            Condition::Function(application) => &application.arguments,
        }
    }
}

impl Derived {
    pub(crate) fn references(&self) -> &[Reference] {
        match self {
            Derived::Header { of, .. } => std::slice::from_ref(of),
            Derived::Computed(application) => &application.arguments,
        }
    }
}

/// An enum of unit variants.
pub(crate) struct Enumeration {
    pub(crate) item: ItemEnum,
    pub(crate) doc: Doc,
    pub(crate) names: ContainerNames,
    pub(crate) variants: Vec<Variant>,
}

/// A tagged enum: each variant is a view.
pub(crate) struct Choice {
    /// What its variants need of whoever uses it.
    pub(crate) needs: Vec<Need>,
    pub(crate) of: Enumeration,
    /// The member that says which variant it is.
    pub(crate) tag: LitStr,
    /// The views, in the order of the variants.
    pub(crate) views: Vec<Type>,
}

/// One variant, in declaration order.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) doc: Doc,
    pub(crate) names: FieldNames,
}

/// `#[composition(…)]` on a struct.
pub(crate) struct Composition {
    pub(crate) options: EndpointOptions,
    pub(crate) view: View,
    /// One for each field of the view; `None` where it could not be read.
    pub(crate) calls: Vec<Option<Call>>,
    /// Whether the answer is the value of the one field.
    pub(crate) root: bool,
}

/// `#[view]` on a struct.
pub(crate) struct ViewWithCalls {
    pub(crate) view: View,
    /// One for each field of the view; `None` where there is none, or it could not be read.
    pub(crate) calls: Vec<Option<Call>>,
}

/// A struct and its calls, wherever they stand.
#[derive(Clone, Copy)]
pub(crate) struct Called<'a> {
    pub(crate) view: &'a View,
    /// One for each field of the view.
    pub(crate) calls: &'a [Option<Call>],
    /// The endpoint that the struct is; `None` for a view, which any endpoint may use.
    pub(crate) endpoint: Option<&'a EndpointOptions>,
}

impl Composition {
    pub(crate) fn called(&self) -> Called<'_> {
        Called { view: &self.view, calls: &self.calls, endpoint: Some(&self.options) }
    }
}

impl EndpointOptions {
    /// The path as written.
    pub(crate) fn path(&self) -> Option<&LitStr> {
        self.route.as_ref().map(|(_, path)| path)
    }
}

impl Call {
    /// Whether it may change something at the backend (RFC 9110 section 9.2.1).
    pub(crate) fn is_write(&self) -> bool {
        self.method != "get"
    }
}

impl ViewWithCalls {
    pub(crate) fn called(&self) -> Called<'_> {
        Called { view: &self.view, calls: &self.calls, endpoint: None }
    }
}

/// What stands in `#[composition(…)]`.
#[derive(Default)]
pub(crate) struct EndpointOptions {
    /// The word for the method, and the path.
    pub(crate) route: Option<(Ident, LitStr)>,
    pub(crate) deadline: Option<Time>,
    pub(crate) input: Option<Type>,
    /// The word `public`.
    pub(crate) public: Option<Ident>,
    /// The word `scopes` and what stands in it.
    pub(crate) scopes: Option<(Ident, Vec<LitStr>)>,
    /// The success status.
    pub(crate) status: Option<(LitInt, u16)>,
    /// The lines of the answer's own head.
    pub(crate) head: Vec<HeadLine>,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) supply: Vec<Supply>,
}

/// `idempotency(required, keep = "24h", finish = "30s")`.
pub(crate) struct Idempotency {
    pub(crate) word: Ident,
    /// Whether a request needs a key; `None` where it does not say, which has been said.
    pub(crate) required: Option<bool>,
    /// In milliseconds.
    pub(crate) keep: Option<u64>,
    pub(crate) finish: Option<Time>,
}

/// One line of the answer's own head.
pub(crate) struct HeadLine {
    /// The header's, the cookie's or the relation's.
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) place: HeadPlace,
    pub(crate) value: Template,
}

/// Where a line of the head stands.
pub(crate) enum HeadPlace {
    Location,
    Link,
    Cookie(Cookie),
    Header,
}

/// The attributes of a cookie; the words of `same_site` are those of the RFC.
#[derive(Default)]
pub(crate) struct Cookie {
    pub(crate) path: Option<LitStr>,
    pub(crate) domain: Option<LitStr>,
    /// In seconds.
    pub(crate) max_age: Option<u64>,
    pub(crate) same_site: Option<(&'static str, Span)>,
    pub(crate) secure: Option<LitBool>,
    pub(crate) http_only: Option<LitBool>,
}

/// What stands in `#[call(…)]`.
pub(crate) struct Call {
    pub(crate) backend: Path,
    /// The word for the method.
    pub(crate) method: Ident,
    /// The path as written, and the references in it.
    pub(crate) path: (LitStr, Template),
    pub(crate) query: Vec<Entry>,
    pub(crate) headers: Vec<Entry>,
    /// The word `body`, and what is sent.
    pub(crate) body: Option<(Ident, Json)>,
    /// The names of `at = "data.items"`.
    pub(crate) at: Option<Vec<String>>,
    pub(crate) within: Option<Time>,
    pub(crate) absent: Option<Statuses>,
    pub(crate) pass: Option<Statuses>,
    pub(crate) or: Option<(Ident, Expr)>,
    pub(crate) fan: Option<Fan>,
    pub(crate) cache: Option<Cache>,
    pub(crate) retry: Option<Retry>,
    /// The word `hedge`.
    pub(crate) hedge: Option<Ident>,
    /// The word `when` and what must hold.
    pub(crate) when: Option<(Ident, Condition)>,
}

/// `cache("60s", shared, stale_if_error = "5m", tags("catalog"))`; times in seconds.
pub(crate) struct Cache {
    pub(crate) word: Ident,
    /// `None` for `cache(backend)`.
    pub(crate) ttl: Option<u64>,
    /// The word `shared`.
    pub(crate) shared: Option<Ident>,
    pub(crate) stale_while_revalidate: Option<u64>,
    pub(crate) stale_if_error: Option<u64>,
    pub(crate) tags: Vec<(LitStr, Template)>,
}

/// `retry`, `retry(attempts = 3)`.
pub(crate) struct Retry {
    pub(crate) word: Ident,
    /// The first one counted.
    pub(crate) attempts: u32,
}

/// `batch(…)` or `each(…)`.
pub(crate) struct Fan {
    pub(crate) word: Ident,
    /// `None` where it could not be read, which has been said.
    pub(crate) how: Option<How>,
}

/// How often the call of a view is made.
pub(crate) enum How {
    /// Once for each object, so many at a time.
    Each(usize),
    /// Once for many objects.
    Batch(Batch),
}

/// `batch(ids = product_id, by = id, most = 50)`.
pub(crate) struct Batch {
    pub(crate) parameter: String,
    pub(crate) parameter_span: Span,
    pub(crate) key: Reference,
    /// The names that lead to the key in an element of the answer.
    pub(crate) by: Reference,
    pub(crate) most: usize,
}

/// The body that a call sends.
pub(crate) enum Json {
    /// A number or a boolean, as JSON text.
    Literal(String),
    Value(Reference),
    Text(Template),
    Object(Vec<Member>),
}

/// One member of an object in it.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) value: Json,
}

/// One query parameter or header of a call.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) value: Template,
}

/// A time as it is written, and in milliseconds: 0 where it is none, which has been said.
pub(crate) struct Time {
    pub(crate) literal: LitStr,
    pub(crate) millis: u64,
}

/// `absent = […]` or `pass = […]`.
pub(crate) struct Statuses {
    pub(crate) word: Ident,
    pub(crate) list: Vec<(LitInt, u16)>,
}

/// `#[input]` on a struct.
pub(crate) struct Input {
    pub(crate) item: ItemStruct,
    pub(crate) params: Vec<Param>,
}

/// One parameter of a request.
pub(crate) struct Param {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) doc: Doc,
    pub(crate) place: Place,
    pub(crate) renamed: Option<LitStr>,
    pub(crate) default: Option<(Ident, Expr)>,
    pub(crate) bounds: Bounds,
}

/// Where a parameter stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// The bounds of a parameter, each with what to underline for it.
#[derive(Default)]
pub(crate) struct Bounds {
    pub(crate) min: Option<(i128, Span)>,
    pub(crate) max: Option<(i128, Span)>,
    pub(crate) min_length: Option<(usize, Span)>,
    pub(crate) max_length: Option<(usize, Span)>,
    pub(crate) min_items: Option<(usize, Span)>,
    pub(crate) max_items: Option<(usize, Span)>,
}

/// `#[caller]` on a struct.
pub(crate) struct Caller {
    pub(crate) item: ItemStruct,
    pub(crate) claims: Vec<Claim>,
}

/// One typed claim.
pub(crate) struct Claim {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) doc: Doc,
    pub(crate) wire: Option<LitStr>,
}

/// `#[backend]` on a unit struct.
pub(crate) struct Backend {
    pub(crate) item: ItemStruct,
    pub(crate) doc: Doc,
    pub(crate) name: Option<LitStr>,
}
