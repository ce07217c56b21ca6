//! The OpenAPI 3.1 face.
use crate::bff::CompiledBff;
use axum::Router;
use std::sync::Arc;

/// The document.
pub(crate) fn document(_bff: &CompiledBff) -> String {
    String::from("{}\n")
}
/// `/openapi.json`.
pub(crate) fn routes(_bff: &Arc<CompiledBff>) -> Router {
    Router::new()
}
