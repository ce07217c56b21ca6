//! The outermost layer: gives the request its id and its context, and every answer the id.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use tokio::time::Instant;
use trefoil_context::{Deadline, REQUEST_ID_HEADER, RequestContext, RequestId, TraceContext};

use crate::around::{Around, Step};
use crate::bff::Bffs;
use crate::visit::{RouteFacts, Tls, Visit, known_method};

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct GiveContext {
    bffs: Arc<Bffs>,
    facts: RouteFacts,
}

impl GiveContext {
    pub(crate) fn new(bffs: Arc<Bffs>) -> GiveContext {
        GiveContext { bffs, facts: RouteFacts::new() }
    }
}

impl Around for GiveContext {
    type Kept = RequestId;

    fn for_route(&self) -> GiveContext {
        GiveContext { bffs: self.bffs.clone(), facts: RouteFacts::new() }
    }

    fn before(&self, request: &mut Request) -> Step<RequestId> {
        let arrived = Instant::now();
        let headers = request.headers();
        let id = sent_id(request).unwrap_or_else(RequestId::random);
        let remote = TraceContext::from_headers(headers);
        let tracestate = remote.and_then(|_| trefoil_context::tracestate(headers)).map(Arc::new);
        let context = RequestContext {
            id: id.clone(),
            arrived,
            deadline: Deadline::asked_for(headers).map(|budget| Deadline::after(arrived, budget)),
            attempt: trefoil_context::attempt(headers),
            trace: remote.unwrap_or_else(TraceContext::random),
            tracestate,
            caller: None,
        };
        let found = self.facts.look_up(request, &self.bffs);
        let tls = request.extensions().get::<Tls>().is_some();
        let visit = Visit::new(id.clone(), known_method(request.method()), found, tls, remote);
        let extensions = request.extensions_mut();
        extensions.insert(Arc::new(visit));
        extensions.insert(context);
        Step::Go(id)
    }

    fn after(&self, id: RequestId, response: &mut Response) {
        response.headers_mut().insert(REQUEST_ID_HEADER, id.to_header());
    }
}

/// The client's own id, if it sent exactly one and it is sane.
fn sent_id(request: &Request) -> Option<RequestId> {
    let mut sent = request.headers().get_all(REQUEST_ID_HEADER).iter();
    let id = RequestId::accept(sent.next()?.to_str().ok()?)?;
    sent.next().is_none().then_some(id)
}
