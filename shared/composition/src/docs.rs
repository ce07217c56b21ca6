//! `/docs`: Swagger UI.
use crate::bff::CompiledBff;
use axum::Router;
use std::sync::Arc;

/// `/docs` and its assets.
pub(crate) fn routes(_bff: &Arc<CompiledBff>) -> Router {
    Router::new()
}
