//! The REST face: one route per endpoint, the same for all of them.

mod body;

use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt as _;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use trefoil_backend::Clients;
use trefoil_context::{Code, Problem, RequestContext};

use crate::access;
use crate::bff::CompiledBff;
use crate::caching;
use crate::conditional;
use crate::head;
use crate::idempotency::{Asked, ClientKey, Fingerprint, Idempotency, REPLAYED, Write};
use crate::inputs::{Inputs, RequestText};
use crate::outcome::{self, Answer};
use crate::plan::Plan;
use crate::run::{self, Timing};
use crate::server_timing::{self, SERVER_TIMING, Taken};
use crate::signals::Signals;
use crate::stream;

/// `Trefoil-Degraded`: what is missing in an answer, and why (RFC 9651 list). A complete answer has none.
pub const DEGRADED_HEADER: HeaderName = HeaderName::from_static("trefoil-degraded");

/// `Cache-Status` (RFC 9211): what the cache did for each call whose answers are kept.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Serves one endpoint.
pub struct Endpoint {
    pub(crate) bff: Arc<CompiledBff>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) signals: Signals,
    /// What its answers depend on beside the URL.
    pub(crate) vary: HeaderValue,
    pub(crate) idempotency: Idempotency,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("name", &self.plan.name).finish_non_exhaustive()
    }
}

/// The route of an endpoint.
pub fn route(endpoint: Endpoint) -> MethodRouter {
    let filter = MethodFilter::try_from(endpoint.plan.method.clone()).unwrap_or(MethodFilter::GET);
    let endpoint = Arc::new(endpoint);
    on(filter, move |request: Request| {
        let endpoint = Arc::clone(&endpoint);
        async move { endpoint.serve(request).await.unwrap_or_else(|problem| (*problem).into_response()) }
    })
}

impl Endpoint {
    async fn serve(self: &Arc<Self>, mut request: Request) -> Result<Response, Box<Problem>> {
        let context = access::enter(&mut request, &self.plan.access)?;
        let named = |problem: Problem| Box::new(problem.with_request_id(context.id.clone()));

        let caller = access::admit(&self.plan.access, &self.bff.name, &context).map_err(named)?;
        // A write that nobody could repeat safely is refused before anything else is looked at.
        let key = ClientKey::of(&self.plan, request.headers()).map_err(named)?;
        let path = self.path(&mut request).await.map_err(named)?;
        let body = body::read(&self.plan, &mut request).await.map_err(named)?;
        let text = RequestText {
            path: &path,
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            body: body.as_deref(),
        };
        let inputs = Inputs::from_request(&self.plan, &self.bff, text, caller).map_err(named)?;
        let write = self.write(key.as_ref(), &inputs, &context).await.map_err(named)?;
        let replayed = write.is_replay();
        if let Some(format) = stream::wanted(request.headers()) {
            let response = stream::respond(self, format, inputs, context.clone(), write).await.map_err(named);
            return response.map(|response| marked(response, replayed));
        }
        let run = run::run(&self.plan, &inputs, &context, &self.clients, &self.signals, &write, None).await;
        let timing = self.bff.server_timing.then(|| server_timing::header(self.entries(&run.timings))).flatten();
        let answer = run.result.and_then(|state| Ok((outcome::answer(&self.plan, &state)?, state)));
        let mut response = match answer {
            Ok((answer, state)) => {
                let response = self.respond(&answer);
                let response = head::put(response, &self.plan, &inputs, &state, &context);
                self.kept_by_clients(response, &answer, &run.timings, request.headers())
            }
            Err((node, failure)) => named(outcome::problem(&self.plan, node, failure)).into_response(),
        };
        if let Some(value) = caching::cache_status(&self.plan, &run.timings) {
            response.headers_mut().insert(CACHE_STATUS, value);
        }
        if let Some(value) = timing {
            response.headers_mut().insert(SERVER_TIMING, value);
        }
        Ok(marked(response, replayed))
    }

    async fn write(
        &self,
        key: Option<&ClientKey>,
        inputs: &Inputs,
        context: &RequestContext,
    ) -> Result<Write, Problem> {
        let Some(key) = key else { return Ok(Write::Plain) };
        let (bff, plan, signals) = (&*self.bff.name, &*self.plan, &self.signals);
        let (fingerprint, turn) = (Fingerprint::of([(plan, inputs)]), Duration::ZERO);
        self.idempotency.begin(Asked { bff, plan, key, part: None, fingerprint, turn, context, signals }).await
    }

    async fn path(&self, request: &mut Request) -> Result<Vec<(String, String)>, Problem> {
        if !self.plan.path.contains('{') {
            return Ok(Vec::new());
        }
        let params = request.extract_parts::<RawPathParams>().await;
        let params =
            params.map_err(|_| Problem::new(Code::InvalidPath).with_detail("the path is not UTF-8 when decoded"))?;
        Ok(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn entries(&self, timings: &[Timing]) -> impl Iterator<Item = (&str, Taken)> {
        server_timing::by_call(timings).into_iter().map(|(node, taken)| (self.plan.name_of(node), taken))
    }

    fn respond(&self, answer: &Answer) -> Response {
        let mut response = Response::new(Body::from(answer.body.clone()));
        let headers = response.headers_mut();
        if !answer.body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(degraded) = outcome::degraded_header(&outcome::named(&self.plan, answer.missing.clone())) {
            headers.insert(DEGRADED_HEADER, degraded);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }

    /// What clients may make of a complete answer to a GET, once its head is known.
    fn kept_by_clients(
        &self,
        mut response: Response,
        answer: &Answer,
        timings: &[Timing],
        asked: &HeaderMap,
    ) -> Response {
        if self.plan.method != Method::GET || !answer.missing.is_empty() {
            return response;
        }
        let caching = caching::cache_control(&self.plan, timings);
        if response.status() == StatusCode::OK && !answer.body.is_empty() {
            conditional::apply(&mut response, &answer.body, asked, caching, &self.vary);
        } else if !response.headers().contains_key(header::SET_COOKIE) {
            // Without a body there is nothing that a client could have already, and a 304 stands for a 200 alone.
            response.headers_mut().insert(header::CACHE_CONTROL, caching);
            response.headers_mut().append(header::VARY, self.vary.clone());
        }
        response
    }
}

/// Says so if the write of this answer was made by an earlier request.
fn marked(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
