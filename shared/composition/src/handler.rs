//! The escape hatch: an ordinary async function beside a BFF's endpoints, for what no declaration can say.
//!
//! It stands behind the same edge and the same rules: a token, its scopes, the quota, a deadline. It calls the BFF's backends
//! through [`Backends`], which gives each call what a composition's has: the deadline, the caller's headers, a span, the metrics,
//! the checks of what comes back. A call that fails is a [`Problem`] with the same code; `?` hands it to the client.
//!
//! ```
//! use std::time::Duration;
//!
//! use trefoil_composition::Bff;
//! use trefoil_composition::declare::Backend;
//! use trefoil_composition::handler::{Backends, Caller, Handler, IntoResponse, Problem};
//!
//! # struct Orders;
//! # impl Backend for Orders { const NAME: &'static str = "orders"; const DOC: &'static str = ""; }
//! async fn numbers(backends: Backends, caller: Caller) -> Result<impl IntoResponse, Problem> {
//!     let call = backends.get::<Orders>("/users/{}/orders/numbers").value(&caller.id).query("limit", 5);
//!     let numbers: Vec<String> = call.json().await?;
//!     Ok(numbers.join("\n"))
//! }
//!
//! let handler = Handler::get("orderNumbers", "/orders.txt", numbers)
//!     .doc("The numbers of the latest orders, one a line.")
//!     .scopes(["orders:read"])
//!     .deadline(Duration::from_millis(500))
//!     .calls::<Orders>()
//!     .answers("text/plain");
//! let bff = Bff::new("web").handler(handler).compile().unwrap();
//! assert_eq!(bff.routes()[0].path, "/web/orders.txt");
//! ```
//!
//! It is listed in the table of routes and in the OpenAPI document. It is no field of the GraphQL schema, has no stream, and `plan`
//! draws no calls of it, since nobody but its author knows what it asks and answers.

mod backends;
mod caller;
mod draw;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::handler::Handler as Serve;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::HeaderValue;
use tokio::time::timeout_at;
use trefoil_backend::Clients;

pub use axum::extract::{Path, Query};
pub use axum::response::{IntoResponse, Response};
pub use http::{HeaderMap, Method, StatusCode, header};
pub use trefoil_context::{Code, Problem};

pub use self::backends::{BackendCall, Backends};
pub use self::caller::Caller;
use crate::access;
use crate::declare::{Access, Backend};
use crate::limits::{LimitError, Limits, Moved, Timed};
use crate::render;
use crate::run;
use crate::signals::Signals;

/// The most time an answer may take unless the handler says otherwise.
const DEADLINE: Duration = Duration::from_secs(1);

/// An async function as a route of a BFF: what it is called, who may call it, and what documents say of it.
#[derive(Clone)]
pub struct Handler {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// The path's parameters in words, by name.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) access: Access,
    pub(crate) deadline: Duration,
    pub(crate) backends: Vec<String>,
    pub(crate) content_type: Option<String>,
    /// What config has moved of it.
    pub(crate) moved: Vec<Moved>,
    serve: Arc<Function>,
}

type Function = dyn Fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync;

impl Handler {
    /// A handler for GET, and so for HEAD. `name` is its name in the table of routes, the documents, logs and metrics; `path` is
    /// below the BFF's prefix, with `{name}` for parameters, which the function takes by [`Path`].
    pub fn get<T: 'static>(name: &str, path: &str, function: impl Serve<T, ()>) -> Handler {
        Handler::new(Method::GET, name, path, function)
    }

    /// A handler for any method.
    pub fn new<T: 'static>(method: Method, name: &str, path: &str, function: impl Serve<T, ()>) -> Handler {
        Handler {
            name: name.to_owned(),
            doc: String::new(),
            method,
            path: path.to_owned(),
            params: Vec::new(),
            access: Access::Token { scopes: Vec::new() },
            deadline: DEADLINE,
            backends: Vec::new(),
            content_type: None,
            moved: Vec::new(),
            serve: Arc::new(move |request| Box::pin(function.clone().call(request, ()))),
        }
    }

    /// Its documentation: the first paragraph is the summary.
    #[must_use]
    pub fn doc(mut self, doc: &str) -> Handler {
        doc.clone_into(&mut self.doc);
        self
    }

    /// What a parameter of the path means.
    #[must_use]
    pub fn param(mut self, name: &str, doc: &str) -> Handler {
        self.params.push((name.to_owned(), doc.to_owned()));
        self
    }

    /// The scopes that a token needs. Default: none, any valid token of the BFF will do.
    #[must_use]
    pub fn scopes<const N: usize>(mut self, scopes: [&str; N]) -> Handler {
        self.access = Access::Token { scopes: scopes.map(str::to_owned).into() };
        self
    }

    /// Lets anybody in, without a token. There is no [`Caller`] then.
    #[must_use]
    pub fn public(mut self) -> Handler {
        self.access = Access::Public;
        self
    }

    /// The most time until the answer begins. Default: a second. A caller can shorten it; calls get a little less.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Handler {
        self.deadline = deadline;
        self
    }

    /// A backend that it calls: it can call no other.
    #[must_use]
    pub fn calls<B: Backend>(mut self) -> Handler {
        self.backends.push(B::NAME.to_owned());
        self
    }

    /// The media type of its answers, for the documents.
    #[must_use]
    pub fn answers(mut self, content_type: &str) -> Handler {
        self.content_type = Some(content_type.to_owned());
        self
    }

    /// What is wrong with it by itself, each with how to mend it.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !self.name.starts_with(|first: char| first.is_ascii_lowercase()) || !letters(&self.name) {
            faults.push(format!("`{}` is no name of an endpoint; write one in camelCase", self.name));
        }
        let plain = |text: &str| {
            !render::is_no_segment(text)
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        let params: Vec<&str> = self.path_params().collect();
        let sound = |segment: &str| {
            let param = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            param.map_or_else(|| plain(segment), |name| !name.is_empty() && letters(name))
        };
        if self.path.strip_prefix('/').is_none_or(|rest| !rest.split('/').all(sound)) {
            faults.push(format!("`{}` is no path of an endpoint; write `/` and segments of letters, digits and `-._~`, or of `{{name}}` alone", self.path));
        }
        if (1..params.len()).any(|at| params[..at].contains(&params[at])) {
            faults.push(format!("`{}` has a parameter twice; rename one", self.path));
        }
        for (name, _) in self.params.iter().filter(|(name, _)| !params.contains(&name.as_str())) {
            faults.push(format!("`{}` has no parameter `{name}`; name one that it has", self.path));
        }
        if self.deadline.is_zero() {
            faults.push("its deadline leaves no time; give it some".to_owned());
        }
        faults
    }

    /// Moves what an operator may: the deadline, and scopes beside its own. It has no fields whose calls could be given a time.
    pub(crate) fn limit(&mut self, limits: &Limits) -> Result<(), Vec<LimitError>> {
        let unknown = |of: Timed, field: &String| {
            let (endpoint, field) = (self.name.clone(), field.clone());
            LimitError::UnknownField { of, endpoint, field, known: Vec::new() }
        };
        let within = limits.within.keys().map(|field| unknown(Timed::Within, field));
        let mut errors: Vec<LimitError> =
            within.chain(limits.kept.keys().map(|field| unknown(Timed::Kept, field))).collect();
        if !limits.scopes.is_empty() && self.access == Access::Public {
            errors.push(LimitError::Public { endpoint: self.name.clone() });
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        self.moved.extend(limits.move_deadline(&mut self.deadline));
        self.moved.extend(limits.add_scopes(&mut self.access));
        Ok(())
    }

    /// The names of the path's parameters, in order.
    pub(crate) fn path_params(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Its route.
    pub(crate) fn route(&self, bff: &str, clients: &Arc<Clients>, signals: &Signals) -> MethodRouter {
        let filter = MethodFilter::try_from(self.method.clone()).unwrap_or(MethodFilter::GET);
        let serving = Arc::new(Serving {
            handler: self.clone(),
            bff: bff.into(),
            clients: Arc::clone(clients),
            signals: signals.clone(),
        });
        on(filter, move |request: Request| {
            let serving = Arc::clone(&serving);
            async move { serving.serve(request).await.unwrap_or_else(IntoResponse::into_response) }
        })
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler").field("name", &self.name).field("path", &self.path).finish_non_exhaustive()
    }
}

/// A handler in a running BFF.
struct Serving {
    handler: Handler,
    bff: Arc<str>,
    clients: Arc<Clients>,
    signals: Signals,
}

impl Serving {
    async fn serve(self: Arc<Self>, mut request: Request) -> Result<Response, Problem> {
        let context = access::enter(&mut request, &self.handler.access)?;
        let id = context.id.clone();
        let caller = access::admit(&self.handler.access, &self.bff, &context)
            .map_err(|problem| problem.with_request_id(id.clone()))?;
        if caller.is_some()
            && let Some(caller) = &context.caller
        {
            request.extensions_mut().insert(Caller { known: Arc::clone(caller), bff: Arc::clone(&self.bff) });
        }
        let due = run::due(&context, self.handler.deadline);
        let function = Arc::clone(&self.handler.serve);
        request.extensions_mut().insert(Backends::new(self, context, run::for_calls(due)));
        let late = |_| Problem::new(Code::DeadlineExceeded).with_request_id(id);
        let mut response = timeout_at(due.instant(), function(request)).await.map_err(late)?;
        // Nobody knows for whom the answer is but the function: unless it says, it is for nobody else.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        Ok(response)
    }
}
