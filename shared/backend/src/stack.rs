//! What every call passes through, outermost first: deadline → cache → retry → hedge → [an attempt's signals and headers] → concurrency
//! limit → balancer → transport.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, select};
use http::{HeaderMap, Method, Request, Uri, header};
use tokio::time::Instant;
use trefoil_context::{Deadline, RequestContext};

use crate::balance::Asked;
use crate::balance::chosen::Chosen;
use crate::balance::tried::Tried;
use crate::client::{Call, CallFailure, Client, Reply};
use crate::effort::Effort;
use crate::given_up::{GivenUp, Sent};
use crate::signal::Signal;
use crate::transport::{Body, Outgoing, Sending};
use crate::{cache, collect, hedge, retry};

/// Makes one call, given up when `given_up` ends. Each step is a file of its own.
pub(crate) fn send<'a>(
    client: &'a Arc<Client>,
    mut call: Call<'a>,
    given_up: impl Future<Output = Instant> + 'a,
) -> impl Future<Output = Result<Reply, CallFailure>> + 'a {
    match call.cache.take() {
        // Outermost, where there is one: for an answer that is kept nothing below happens, and there is nothing to time.
        Some(policy) if call.method == Method::GET && matches!(call.body, Body::Empty) => {
            // Boxed, as all is that not every call does: futures lie in one another, and are copied as large as the largest.
            Either::Left(Box::pin(cache::call(client, call, policy)))
        }
        _ => Either::Right(exchange(client, Wanted::new(client, call, false), given_up)),
    }
}

/// Asks the backend. It is given up when `given_up` ends, which says when it was to.
pub(crate) async fn exchange(
    client: &Client,
    wanted: Result<Wanted<'_>, CallFailure>,
    given_up: impl Future<Output = Instant>,
) -> Result<Reply, CallFailure> {
    // It stays where it is: what is moved in a future is there twice.
    let wanted = wanted.as_ref().map_err(Clone::clone)?;
    // The deadline covers all attempts, and of each connecting, the head and the whole body: a slow drip is a timeout too.
    match select(pin!(retry::call(client, wanted)), pin!(given_up)).await {
        Either::Left((result, _)) => result,
        // Said before its attempts are dropped, which ask.
        Either::Right((due, _)) => {
            wanted.given_up.at(due);
            Err(CallFailure::Timeout)
        }
    }
}

/// One attempt at a call. Retries come before hedging, which is within a try; both make attempts, and each is as the first: it has its
/// own span, headers and address.
/// `hedge`: it is sent beside another.
pub(crate) async fn attempt(client: &Client, wanted: &Wanted<'_>, hedge: bool) -> Result<Reply, CallFailure> {
    let number = wanted.attempts.fetch_add(1, Ordering::Relaxed) + 1;
    let begun = if number == 1 { wanted.begun } else { Instant::now() };
    // Signals are around all of it: what a span and a metric time is all that the caller waits for.
    let mut signal = client.signals.start(wanted, number, hedge, begun);
    client.lag.watch(begun);
    let sent = Sent { call: &wanted.given_up, lag: &client.lag, at: begun };
    // Room comes before the headers, which say how long is left, and before an address is chosen: both are of the moment it is sent.
    let (result, ended) = match client.limit.enter(wanted, sent, &client.latency).await {
        Ok(place) => {
            signal.let_in(place.sent().at);
            let result = at_an_address(client, wanted, number, place.sent(), &signal).await;
            // The clock is read once, for all that learn from its end.
            let now = Instant::now();
            if hedge::is_of_use(&result) {
                client.latency.record(place.answered(now));
            } else {
                place.failed();
            }
            (result, now)
        }
        Err(failure) => (Err(failure), Instant::now()),
    };
    signal.finish(&result, ended);
    result
}

/// Where something is known of the address before it is asked, and learnt from what became of it.
async fn at_an_address(
    client: &Client,
    wanted: &Wanted<'_>,
    number: u32,
    mut sent: Sent<'_>,
    signal: &Signal<'_>,
) -> Result<Reply, CallFailure> {
    if !client.addresses.are_ready() {
        client.start();
        client.addresses.wait().await?;
        sent.at = Instant::now();
    }
    let (chosen, answer) = send_to_one(client, wanted, number, sent, signal)?;
    let result = match answer.await {
        Ok(response) => collect::whole(response, client.max_body_bytes, wanted.max_inflate_ratio).await,
        Err(error) => Err(CallFailure::Transport(error)),
    };
    chosen.finish(&result);
    result
}

/// Sends it. The request is of no concern to who waits for the answer: it is not kept in that future.
fn send_to_one<'a>(
    client: &'a Client,
    wanted: &Wanted<'_>,
    number: u32,
    sent: Sent<'a>,
    signal: &Signal<'_>,
) -> Result<(Chosen<'a>, Sending<'a>), CallFailure> {
    let mut request = wanted.request();
    // Headers come after the span: `traceparent` names it.
    *request.headers_mut() = client.headers.of(wanted, number, signal.trace(wanted.context))?;
    let asked = Asked { tried: &wanted.tried, may_probe: wanted.method.is_safe() };
    let chosen = client.balancer.choose(&asked, sent)?;
    signal.at(chosen.address());
    let outgoing = Outgoing { request, address: chosen.address(), deadline: wanted.deadline };
    let answer = client.transport.send(outgoing);
    Ok((chosen, answer))
}

/// A call as every attempt at it begins.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) context: &'a RequestContext,
    pub(crate) field: &'a str,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) deadline: Deadline,
    pub(crate) effort: Effort,
    /// Whether the answer is for all callers: then no backend learns who asks.
    pub(crate) shared: bool,
    /// How dense a compressed answer may be; `None` where none is asked for.
    pub(crate) max_inflate_ratio: Option<u32>,
    given_up: GivenUp,
    pub(crate) begun: Instant,
    attempts: AtomicU32,
    /// The addresses of its attempts.
    tried: Tried,
    body: Mutex<Body>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn new(client: &Client, call: Call<'a>, shared: bool) -> Result<Wanted<'a>, CallFailure> {
        let uri = client.base.uri(call.path_and_query);
        let uri = uri.map_err(|_| CallFailure::Unsendable("its path is no valid URL path"))?;
        // A range would be one of the compressed bytes (RFC 9110 section 14.2).
        let decodes = || !call.for_effect && !call.headers.contains_key(header::RANGE);
        Ok(Wanted {
            max_inflate_ratio: client.max_inflate_ratio.filter(|_| decodes()),
            context: call.context,
            field: call.field,
            method: call.method,
            uri,
            headers: call.headers,
            deadline: call.deadline,
            effort: call.effort,
            shared,
            given_up: GivenUp::new(call.effort.own_time),
            begun: Instant::now(),
            attempts: AtomicU32::new(0),
            tried: Tried::default(),
            body: Mutex::new(call.body),
        })
    }

    /// How many attempts have been begun.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Whether another attempt would have the body too.
    pub(crate) fn has_lasting_body(&self) -> bool {
        !matches!(*self.body.lock().unwrap_or_else(PoisonError::into_inner), Body::Stream(_))
    }

    /// The request of an attempt, but for its headers. A body that streams is there for the first attempt only.
    fn request(&self) -> Request<Body> {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        let mut request = Request::new(match &mut *body {
            Body::Empty => Body::Empty,
            Body::Full(bytes) => Body::Full(bytes.clone()),
            stream @ Body::Stream(_) => std::mem::take(stream),
        });
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        request
    }
}
