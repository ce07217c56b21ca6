//! Who is who: `GET /users/{id}`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::answers::{Answer, found, missing};
use crate::shop::Shop;

pub(super) fn routes(shop: Arc<Shop>) -> Router {
    Router::new().route("/users/{id}", get(user)).with_state(shop)
}

async fn user(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Answer {
    found(shop.people.get(&id).ok_or_else(|| missing(format!("no user {id}")))?)
}
