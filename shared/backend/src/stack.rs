//! What every call passes through, outermost first.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use http::{Method, Request, Uri};
use tokio::time::sleep_until;

use crate::client::{Call, CallFailure, Client, Reply};
use crate::transport::{Body, Outgoing};
use crate::{cache, collect, headers};

/// Makes one call. Each step is a file of its own.
pub(crate) async fn send(client: &Arc<Client>, mut call: Call<'_>) -> Result<Reply, CallFailure> {
    match call.cache.take() {
        // Outermost, where there is one: for an answer that is kept nothing below happens, and there is nothing to time.
        Some(policy) if call.method == Method::GET && matches!(call.body, Body::Empty) => {
            cache::call(client, call, policy).await
        }
        _ => {
            let given_up = sleep_until(call.deadline.instant());
            exchange(client, call, false, given_up).await
        }
    }
}

/// Asks the backend. It is given up when `given_up` ends.
pub(crate) async fn exchange(
    client: &Client,
    call: Call<'_>,
    shared: bool,
    given_up: impl Future<Output = ()>,
) -> Result<Reply, CallFailure> {
    // Signals are around all of it: what a span and a metric time is all that the caller waits for.
    let signal = client.signals.start(&call, &client.base);

    let deadline = call.deadline;
    let result = async {
        // Headers come before the transport, after the span: `traceparent` names the span.
        let mut request = request(client, call)?;
        headers::write(client, &mut request, shared, &signal.trace(), deadline)?;

        // The deadline covers connecting, the head and the whole body: a slow drip is a timeout too.
        let exchange = async {
            let response = client
                .transport
                .send(Outgoing { request: request.0, deadline })
                .await
                .map_err(CallFailure::Transport)?;
            collect::whole(response, client.max_body_bytes).await
        };
        match select(pin!(exchange), pin!(given_up)).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(CallFailure::Timeout),
        }
    }
    .await;

    signal.finish(&result);
    result
}

/// A request, and the context that its headers are written from.
pub(crate) struct Pending<'a>(pub(crate) Request<Body>, pub(crate) &'a trefoil_context::RequestContext);

fn request<'a>(client: &Client, call: Call<'a>) -> Result<Pending<'a>, CallFailure> {
    let path = if client.base.prefix.is_empty() {
        call.path_and_query
    } else {
        [client.base.prefix.as_str(), call.path_and_query.as_str()].concat()
    };
    let uri = Uri::builder()
        .scheme(client.base.scheme.clone())
        .authority(client.base.authority.clone())
        .path_and_query(path)
        .build()
        .map_err(|_| CallFailure::Unsendable("its path is no valid URL path"))?;
    let mut request = Request::new(call.body);
    *request.method_mut() = call.method;
    *request.uri_mut() = uri;
    *request.headers_mut() = call.headers;
    Ok(Pending(request, call.context))
}
