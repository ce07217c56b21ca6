//! Compresses answers that gain from it, for clients that accept it.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, header};
use tower::Layer;
use tower::util::MapResponse;
use tower_http::compression::CompressionLevel;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::compression::{Compression, CompressionBody, CompressionLayer};

use crate::CompressionConfig;

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

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct Compress(CompressionLayer<Gains>);

/// Whether an answer gains from compression.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gains {
    enabled: bool,
    min: SizeAbove,
}

impl Compress {
    pub(crate) fn new(config: &CompressionConfig) -> Compress {
        let gains = Gains { enabled: config.enabled, min: SizeAbove::new(config.min_bytes) };
        Compress(CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL)).compress_when(gains))
    }
}

impl<S> Layer<S> for Compress {
    type Service = MapResponse<Compression<S, Gains>, fn(Response<CompressionBody<Body>>) -> Response>;

    fn layer(&self, inner: S) -> Self::Service {
        MapResponse::new(self.0.layer(inner), |response| response.map(Body::new))
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
