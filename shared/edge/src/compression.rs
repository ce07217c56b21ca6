//! Compresses answers that gain from it, for clients that accept it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use pin_project_lite::pin_project;
use tower::{Layer, Service};
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::compression::{Compression, CompressionLayer, CompressionLevel, ResponseFuture};

use crate::{CompressionConfig, no_content};

/// Media types that gain: text in some form. Streams are not among them: compressing would hold their events back.
const COMPRESSIBLE: [&str; 8] = [
    "application/json",
    "application/problem+json",
    "application/graphql-response+json",
    "application/javascript",
    "application/openapi+json",
    "application/xml",
    "image/svg+xml",
    "text/",
];
/// Of both codings: where more effort stops paying at request time.
const LEVEL: i32 = 4;
/// Who accepts no coding that there is gets the answer as it is (RFC 9110 section 12.5.3), and who accepts one gets that.
const LAST_RESORT: &str = "identity;q=0.001";

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct Compress {
    gains: Gains,
    layer: CompressionLayer<Gains>,
}

/// The service of [`Compress`].
#[derive(Clone)]
pub(crate) struct CompressService<S> {
    gains: Gains,
    inner: Compression<S, Gains>,
}

/// Whether an answer gains from compression.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gains {
    enabled: bool,
    min: SizeAbove,
}

pin_project! {
    /// The future of a [`CompressService`].
    #[project = CompressFutureProjection]
    pub(crate) enum CompressFuture<F> {
        Negotiated { #[pin] future: ResponseFuture<F, Gains> },
        // Of a client that accepts no coding: its answer is not even put into another body.
        Plain { #[pin] future: F, gains: Gains },
    }
}

// === impl Compress ===

impl Compress {
    pub(crate) fn new(config: &CompressionConfig) -> Compress {
        let gains = Gains { enabled: config.enabled, min: SizeAbove::new(config.min_bytes) };
        let layer = CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL)).compress_when(gains);
        Compress { gains, layer }
    }
}

impl<S> Layer<S> for Compress {
    type Service = CompressService<S>;

    fn layer(&self, inner: S) -> CompressService<S> {
        CompressService { gains: self.gains, inner: self.layer.layer(inner) }
    }
}

// === impl CompressService ===

impl<S> Service<Request> for CompressService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = CompressFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.get_mut().poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if refuses_unencoded(request.headers()) {
            // What compresses would make a 406 of an answer when all is done, a write among it. First, since the first of its name counts.
            let asked = request.headers_mut().get_all(header::ACCEPT_ENCODING).iter().cloned().collect::<Vec<_>>();
            request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(LAST_RESORT));
            asked.into_iter().for_each(|value| _ = request.headers_mut().append(header::ACCEPT_ENCODING, value));
        }
        if request.headers().contains_key(header::ACCEPT_ENCODING) {
            CompressFuture::Negotiated { future: self.inner.call(request) }
        } else {
            CompressFuture::Plain { future: self.inner.get_mut().call(request), gains: self.gains }
        }
    }
}

// === impl CompressFuture ===

impl<F> Future for CompressFuture<F>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = match self.project() {
            CompressFutureProjection::Negotiated { future } => ready!(future.poll(cx))?.map(Body::new),
            CompressFutureProjection::Plain { future, gains } => {
                let mut response = ready!(future.poll(cx))?;
                gains.vary(&mut response);
                response
            }
        };
        no_content::leave_length_out(&mut response);
        Poll::Ready(Ok(response))
    }
}

// === impl Gains ===

impl Gains {
    /// Tells caches that another client might get another form of this answer.
    fn vary(self, response: &mut Response) {
        let headers = response.headers();
        let as_it_is = headers.contains_key(header::CONTENT_ENCODING) || headers.contains_key(header::CONTENT_RANGE);
        if !as_it_is && self.should_compress(response) && !headers.get_all(header::VARY).iter().any(names_coding) {
            response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
    }
}

impl Predicate for Gains {
    fn should_compress<B: http_body::Body>(&self, response: &http::Response<B>) -> bool {
        self.enabled && is_compressible(response.headers()) && self.min.should_compress(response)
    }
}

fn is_compressible(headers: &HeaderMap) -> bool {
    let Some(Ok(media_type)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    COMPRESSIBLE.iter().any(|prefix| media_type.starts_with(prefix)) && !media_type.starts_with("text/event-stream")
}

/// Whether a `Vary` says already that the coding matters.
fn names_coding(vary: &HeaderValue) -> bool {
    let mut names = vary.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    names.any(|name| name.eq_ignore_ascii_case(b"accept-encoding"))
}

/// Whether a client says that it does not want an answer as it is: `identity` or all codings have the weight 0.
fn refuses_unencoded(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    accepted.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).any(|piece| {
        let mut parts = piece.splitn(2, |byte| *byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        (name == b"*" || name.eq_ignore_ascii_case(b"identity")) && parts.next().is_some_and(is_zero)
    })
}

/// Whether a weight is `q=0`, `q=0.0` and so on.
fn is_zero(weight: &[u8]) -> bool {
    let value = weight.strip_prefix(b"q=").or_else(|| weight.strip_prefix(b"Q="));
    value.is_some_and(|value| value.iter().all(|byte| matches!(byte, b'0' | b'.')))
}
