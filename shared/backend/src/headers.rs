//! The headers that every call carries beside the declared ones. Only these and the declared ones are sent.

use http::{HeaderValue, Request, header};
use trefoil_context::{ATTEMPT_HEADER, REQUEST_ID_HEADER, TIMEOUT_HEADER, TRACEPARENT_HEADER, TRACESTATE_HEADER};

use crate::client::{CallFailure, Client};
use crate::signal::Propagated;
use crate::stack::Wanted;
use crate::transport::Body;

/// Writes who asks, how long is left, which attempt it is, and where the call stands in the trace. Set, never appended: a declared
/// header of the same name loses. A call that is shared is sent without a word of who asks.
pub(crate) fn write(
    client: &Client,
    wanted: &Wanted<'_>,
    request: &mut Request<Body>,
    attempt: u32,
    trace: &Propagated,
) -> Result<(), CallFailure> {
    let headers = request.headers_mut();
    headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
    if let Some(caller) = wanted.context.caller.as_ref().filter(|_| !wanted.shared) {
        client.write_identity(caller, headers)?;
    }
    let remaining = u64::try_from(wanted.deadline.remaining().as_millis()).unwrap_or(u64::MAX);
    headers.insert(TIMEOUT_HEADER, HeaderValue::from(remaining));
    headers.insert(ATTEMPT_HEADER, HeaderValue::from(attempt));
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| CallFailure::Unsendable("a trace header"));
    headers.insert(TRACEPARENT_HEADER, value(&trace.traceparent)?);
    if let Some(tracestate) = &trace.tracestate {
        headers.insert(TRACESTATE_HEADER, value(tracestate)?);
    }
    headers.insert(REQUEST_ID_HEADER, value(wanted.context.id.as_str())?);
    Ok(())
}
