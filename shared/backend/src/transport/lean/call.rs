//! One call: over the connection that was given back last, or a new one, or one that comes free before that is there. Written by hand, not
//! `async`, because every call is one: so it lies in memory once, and in less than a kilobyte.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;

use super::LeanTransport;
use super::dial::{Dialed, dial_unless};
use super::exchange::{Exchange, Failed};
use super::pool::Place;
use crate::transport::{Body, Outgoing, TransportError};

/// A call under way. Dropped, it takes its connection along.
pub(super) struct Call<'a> {
    transport: &'a LeanTransport,
    outgoing: Outgoing,
    at: At,
}

/// How far it has come.
enum At {
    Start,
    /// It is over a connection that was used before.
    Kept(Exchange),
    /// Its connection is being made, or comes free before that.
    Dialing(Place, Dialing),
    /// It is over a connection of its own.
    New(Exchange),
    End,
}

type Dialing = Pin<Box<dyn Future<Output = Result<Dialed, TransportError>> + Send>>;

impl<'a> Call<'a> {
    pub(super) fn new(transport: &'a LeanTransport, outgoing: Outgoing) -> Call<'a> {
        Call { transport, outgoing, at: At::Start }
    }

    /// Makes a new connection. Boxed, as all is that not every call does.
    fn dial(&self, place: Place) -> At {
        let Outgoing { address, deadline, .. } = self.outgoing;
        let dialing = dial_unless(place.freed(), address, self.transport.connect_timeout, deadline);
        At::Dialing(place, Box::pin(dialing))
    }
}

impl Future for Call<'_> {
    type Output = Result<Response<Body>, TransportError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let (pool, host) = (&this.transport.pool, &this.transport.host);
        loop {
            match &mut this.at {
                At::Start => {
                    let (place, idle) = pool.enter(this.outgoing.address);
                    this.at = match idle {
                        Some(connection) => At::Kept(Exchange::new(place.with(connection))),
                        None => this.dial(place),
                    };
                }
                At::Kept(exchange) | At::New(exchange) => {
                    let result = ready!(exchange.poll(&mut this.outgoing.request, host, cx));
                    return Poll::Ready(match (mem::replace(&mut this.at, At::End), result) {
                        (At::Kept(exchange) | At::New(exchange), Ok(answer)) => Ok(exchange.answered(answer)),
                        // It was closed just now, or has said what nobody asked for. Nothing was sent, so this is no second try.
                        (At::Kept(exchange), Err(Failed::Unsent(_))) => {
                            this.at = this.dial(exchange.into_place());
                            continue;
                        }
                        (_, Err(Failed::Unsent(error) | Failed::Broken(error))) => Err(error),
                        (_, Ok(_)) => return Poll::Pending,
                    });
                }
                At::Dialing(_, dialing) => {
                    let dialed = ready!(dialing.as_mut().poll(cx));
                    if let At::Dialing(place, _) = mem::replace(&mut this.at, At::End) {
                        this.at = match dialed? {
                            Dialed::Freed(connection) => At::Kept(Exchange::new(place.with(connection))),
                            Dialed::New(connection) => {
                                pool.keep_swept();
                                At::New(Exchange::new(place.with(connection)))
                            }
                        };
                    }
                }
                At::End => return Poll::Pending,
            }
        }
    }
}
