//! The GraphQL face.
use crate::bff::CompiledBff;
use crate::signals::Signals;
use axum::Router;
use std::sync::Arc;
use trefoil_backend::Clients;

/// The schema in its definition language.
pub(crate) fn definition(_bff: &CompiledBff) -> String {
    String::new()
}
/// `/graphql`: the API by POST, the explorer by GET.
pub(crate) fn routes(_bff: &Arc<CompiledBff>, _clients: &Arc<Clients>, _signals: &Signals) -> Router {
    Router::new()
}
