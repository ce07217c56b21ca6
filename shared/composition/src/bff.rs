//! A BFF: its endpoints, listed once, compiled once, served behind every face.

mod clashes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Method;
use opentelemetry::metrics::Meter;
use trefoil_backend::{BackendConfig, Clients};

use crate::declare::{Access, CallerType, Claim, Declaration, Endpoint};
use crate::handler::Handler;
use crate::idempotency::Idempotency;
use crate::limits::{LimitError, Limits, Moved};
use crate::names::{Naming, endpoint_name};
use crate::plan::{self, DeclarationError, Plan};
use crate::project::Selection;
use crate::shape::Shapes;
use crate::signals::Signals;
use crate::{conditional, docs, graphql, openapi, rest};

/// A BFF as its crate declares it.
///
/// ```
/// use trefoil_composition::Bff;
///
/// let bff = Bff::new("web").title("The web shop").naming(Default::default());
/// assert_eq!(bff.name(), "web");
/// ```
#[derive(Debug, Clone)]
pub struct Bff {
    name: String,
    title: String,
    doc: String,
    naming: Naming,
    server_timing: bool,
    shapes: Shapes,
    claims: Vec<Claim>,
    declarations: Vec<Declaration>,
    handlers: Vec<Handler>,
}

/// A BFF whose every endpoint has a plan.
#[derive(Debug, Clone)]
pub struct CompiledBff {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) doc: String,
    pub(crate) naming: Naming,
    pub(crate) server_timing: bool,
    pub(crate) shapes: Shapes,
    pub(crate) claims: Vec<Claim>,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) plans: Vec<Arc<Plan>>,
    /// What an operator moved, by endpoint.
    limits: BTreeMap<String, Limits>,
    pub(crate) handlers: Vec<Handler>,
}

/// One row of the table of routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    /// The method.
    pub method: Method,
    /// The whole path, prefix included.
    pub path: String,
    /// The endpoint's name.
    pub endpoint: String,
    /// Who may call.
    pub access: Access,
    /// The most time an answer may take.
    pub deadline: Duration,
    /// What config has moved of it.
    pub moved: Vec<Moved>,
    /// How many calls it has; only its author knows how many a handler makes. A batch is one; a call for each object is one
    /// here and more when it runs.
    pub calls: Option<usize>,
    /// The calls that say how often they may be attempted in all, by their fields. What config adds is in `moved`.
    pub retries: Vec<(String, u32)>,
    /// The calls beside which a second attempt may be sent, by their fields.
    pub hedges: Vec<String>,
}

impl Bff {
    /// A BFF without endpoints; it is served below `/name`.
    pub fn new(name: &str) -> Bff {
        Bff {
            name: name.to_owned(),
            title: name.to_owned(),
            doc: String::new(),
            naming: Naming::default(),
            server_timing: true,
            shapes: Shapes::new(),
            claims: Vec::new(),
            declarations: Vec::new(),
            handlers: Vec::new(),
        }
    }

    /// The title of its documents.
    #[must_use]
    pub fn title(mut self, title: &str) -> Bff {
        title.clone_into(&mut self.title);
        self
    }

    /// The description of its documents.
    #[must_use]
    pub fn doc(mut self, doc: &str) -> Bff {
        doc.clone_into(&mut self.doc);
        self
    }

    /// The rule for the client's names. Default: camelCase.
    #[must_use]
    pub fn naming(mut self, naming: Naming) -> Bff {
        self.naming = naming;
        self
    }

    /// Whether answers carry `Server-Timing`. Default: yes. Say no where clients are outside your organisation: it names hidden fields,
    /// too.
    #[must_use]
    pub fn server_timing(mut self, on: bool) -> Bff {
        self.server_timing = on;
        self
    }

    /// What its tokens say of a caller beside the id.
    #[must_use]
    pub fn caller<C: CallerType>(mut self) -> Bff {
        self.claims = C::declare(&mut self.shapes);
        self
    }

    /// Adds an endpoint.
    #[must_use]
    pub fn endpoint<E: Endpoint>(mut self) -> Bff {
        let declaration = E::declare(&mut self.shapes);
        self.declarations.push(declaration);
        self
    }

    /// Adds an ordinary async function, for what no declaration can say.
    #[must_use]
    pub fn handler(mut self, handler: Handler) -> Bff {
        self.handlers.push(handler);
        self
    }

    /// Adds an endpoint that is no type: a declaration as plain data, such as a test makes.
    #[doc(hidden)]
    #[must_use]
    pub fn declare(mut self, declare: impl FnOnce(&mut Shapes) -> Declaration) -> Bff {
        let declaration = declare(&mut self.shapes);
        self.declarations.push(declaration);
        self
    }

    /// Its name: the first segment of its paths, and its key in config.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the plans. All errors of all endpoints are returned at once.
    pub fn compile(&self) -> Result<CompiledBff, Vec<DeclarationError>> {
        let mut errors = self.clashes();
        let mut plans = Vec::with_capacity(self.declarations.len());
        for declaration in &self.declarations {
            match plan::compile(declaration, &self.shapes, self.naming, &self.claims) {
                Ok(plan) => plans.push(Arc::new(plan)),
                Err(more) => errors.extend(more),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let compiled = CompiledBff {
            name: self.name.clone(),
            title: self.title.clone(),
            doc: self.doc.clone(),
            naming: self.naming,
            server_timing: self.server_timing,
            shapes: self.shapes.clone(),
            claims: self.claims.clone(),
            declarations: self.declarations.clone(),
            plans,
            limits: BTreeMap::new(),
            handlers: self.handlers.clone(),
        };
        graphql::check(&compiled).map_err(|reason| vec![DeclarationError { place: self.name.clone(), reason }])?;
        Ok(compiled)
    }
}

impl CompiledBff {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The plans of its endpoints, in the order in which they are listed.
    pub fn plans(&self) -> &[Arc<Plan>] {
        &self.plans
    }

    /// The plan of the endpoint with this name.
    pub fn plan(&self, endpoint: &str) -> Option<&Arc<Plan>> {
        self.plans.iter().find(|plan| plan.name == endpoint)
    }

    /// The handler with this name.
    pub fn handler(&self, endpoint: &str) -> Option<&Handler> {
        self.handlers.iter().find(|handler| handler.name == endpoint)
    }

    /// Moves limits of the endpoint with this name, for every face; `false` if there is no such endpoint. Once for each
    /// endpoint, before it is served.
    ///
    /// # Errors
    /// Everything that does not fit the endpoint; nothing is moved then.
    pub fn limit(&mut self, endpoint: &str, limits: Limits) -> Result<bool, Vec<LimitError>> {
        if let Some(handler) = self.handlers.iter_mut().find(|handler| handler.name == endpoint) {
            return handler.limit(&limits).map(|()| true);
        }
        let Some(plan) = self.plans.iter_mut().find(|plan| plan.name == endpoint) else { return Ok(false) };
        let errors = limits.misfits(plan);
        if !errors.is_empty() {
            return Err(errors);
        }
        let limits = limits.for_every_field(plan);
        limits.apply(Arc::make_mut(plan));
        self.limits.insert(endpoint.to_owned(), limits);
        Ok(true)
    }

    /// Notes in the plans how the configuration of their backends tries their calls, for pictures and tables: the clients of the backends
    /// do it for every face. Once, before it is served.
    pub fn tried_by(&mut self, backends: &BTreeMap<String, BackendConfig>) {
        self.plans.iter_mut().for_each(|plan| Arc::make_mut(plan).note_tries(backends));
    }

    /// The plan of the part of an endpoint that a GraphQL selection shows, with the limits that hold.
    pub(crate) fn narrowed(
        &self,
        declaration: &Declaration,
        selection: &Selection,
    ) -> Result<Plan, Vec<DeclarationError>> {
        let mut plan = plan::narrow(declaration, &self.shapes, self.naming, &self.claims, selection)?;
        if let Some(limits) = self.limits.get(&plan.name) {
            limits.apply(&mut plan);
        }
        Ok(plan)
    }

    /// The backends that its calls go to.
    pub fn backends(&self) -> BTreeSet<String> {
        let planned = self.plans.iter().flat_map(|plan| plan.requested()).map(|call| &call.backend);
        planned.chain(self.handlers.iter().flat_map(|handler| &handler.backends)).cloned().collect()
    }

    /// The table of its endpoints.
    pub fn routes(&self) -> Vec<RouteInfo> {
        let row = |plan: &Arc<Plan>| RouteInfo {
            method: plan.method.clone(),
            path: format!("/{}{}", self.name, plan.path),
            endpoint: plan.name.clone(),
            access: plan.access.clone(),
            deadline: plan.deadline,
            moved: plan.moved.clone(),
            calls: Some(plan.requested().count()),
            retries: plan.by_field(|call| call.retry),
            hedges: plan.by_field(|call| call.hedge.then_some(())).into_iter().map(|(field, ())| field).collect(),
        };
        let of_handler = |handler: &Handler| RouteInfo {
            method: handler.method.clone(),
            path: format!("/{}{}", self.name, handler.path),
            endpoint: handler.name.clone(),
            access: handler.access.clone(),
            deadline: handler.deadline,
            calls: None,
            retries: Vec::new(),
            hedges: Vec::new(),
            moved: handler.moved.clone(),
        };
        self.plans.iter().map(row).chain(self.handlers.iter().map(of_handler)).collect()
    }

    /// The routes that need no token, below the prefix, as axum's `MatchedPath` has them: pages, documents and public endpoints.
    pub fn public_routes(&self) -> Vec<(Method, String)> {
        let public = self.plans.iter().filter(|plan| plan.access == Access::Public);
        let endpoints = public.map(|plan| (plan.method.clone(), plan.path.clone()));
        let handlers = self.handlers.iter().filter(|handler| handler.access == Access::Public);
        let endpoints = endpoints.chain(handlers.map(|handler| (handler.method.clone(), handler.path.clone())));
        let pages = ["/openapi.json", "/docs", "/docs/{*file}", "/graphql", "/graphql/{*file}"];
        endpoints.chain(pages.map(|path| (Method::GET, path.to_owned()))).collect()
    }

    /// The OpenAPI 3.1 document, as pretty JSON with a newline at its end.
    pub fn openapi(&self) -> String {
        openapi::document(self)
    }

    /// The GraphQL schema in its definition language.
    pub fn graphql(&self) -> String {
        graphql::definition(self)
    }

    /// All its routes below its prefix, which whoever mounts it adds. `idempotency` keeps the keys of its writes.
    pub fn router(self: &Arc<Self>, clients: &Arc<Clients>, meter: &Meter, idempotency: &Idempotency) -> Router {
        let signals = Signals::new(&self.name, meter);
        let mut router = Router::new();
        for plan in &self.plans {
            let endpoint = rest::Endpoint {
                bff: Arc::clone(self),
                plan: Arc::clone(plan),
                clients: Arc::clone(clients),
                signals: signals.clone(),
                vary: conditional::vary(plan),
                idempotency: idempotency.clone(),
            };
            router = router.route(&plan.path, rest::route(endpoint));
        }
        for handler in &self.handlers {
            router = router.route(&handler.path, handler.route(&self.name, clients, &signals));
        }
        router.merge(openapi::routes(self)).merge(docs::routes(self)).merge(graphql::routes(
            self,
            clients,
            &signals,
            idempotency,
        ))
    }

    /// The declaration of the endpoint with this name.
    pub(crate) fn declaration(&self, endpoint: &str) -> Option<&Declaration> {
        self.declarations.iter().find(|declaration| endpoint_name(&declaration.type_name) == endpoint)
    }
}
