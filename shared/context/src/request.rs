//! The context of one request, made by the edge and carried in the request's extensions.

use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use tokio::time::Instant;

use crate::{Caller, Deadline, TraceContext};

/// `X-Request-Id`: accepted from a client if sane, else made; echoed in every answer and in every problem.
pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which this request is found in logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The most bytes an id may have.
    pub const MAX_BYTES: usize = 128;

    /// `text`, if it is sane: 1 to 128 bytes, each a letter, a digit or one of `-_.`.
    pub fn accept(text: &str) -> Option<RequestId> {
        let sane = !text.is_empty()
            && text.len() <= Self::MAX_BYTES
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        sane.then(|| RequestId(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the edge knows about a request. The edge puts one into the request's extensions; composition reads it.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The id echoed to the client.
    pub id: RequestId,
    /// When the request's head was read.
    pub arrived: Instant,
    /// What the caller said it will wait (`Trefoil-Timeout-Ms`), if it did.
    pub deadline: Option<Deadline>,
    /// Which attempt of the caller at this request it is, from 1, as the caller says (`Trefoil-Attempt`). One that is a retry is not
    /// retried again behind it: attempts would multiply.
    pub attempt: u32,
    /// Where the request stands in a trace.
    pub trace: TraceContext,
    /// Who is asking; `None` until a token has been verified, and on public endpoints.
    pub caller: Option<Arc<Caller>>,
}

impl RequestContext {
    /// A context for a request that did not come through an edge: tests, the command line.
    pub fn local(id: &str, caller: Option<Caller>) -> RequestContext {
        RequestContext {
            id: RequestId::accept(id).unwrap_or_else(|| RequestId("local".into())),
            arrived: Instant::now(),
            deadline: None,
            attempt: 1,
            trace: TraceContext::random(),
            caller: caller.map(Arc::new),
        }
    }
}
