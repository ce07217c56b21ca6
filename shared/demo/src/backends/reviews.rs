//! What people say: a product's reviews, and their sum. A product without reviews has no rating: 404.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use http::Uri;
use serde::Deserialize;

use super::answers::{self, Answer, Refusal, found, missing};
use crate::shop::{Shop, reviews};

#[derive(Deserialize)]
struct Which {
    limit: Option<usize>,
}

pub(super) fn routes(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/products/{id}/reviews", get(of_product))
        .route("/products/{id}/rating", get(rating))
        .with_state(shop)
}

async fn of_product(State(shop): State<Arc<Shop>>, Path(id): Path<String>, uri: Uri) -> Answer {
    let Which { limit } = answers::query(&uri)?;
    let reviews = reviews::of(known(&shop, &id)?);
    let limit = answers::limit(limit, 10, 100)?;
    answers::listed(reviews.len(), &reviews[..limit.min(reviews.len())])
}

async fn rating(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Answer {
    let rating = reviews::rating(known(&shop, &id)?);
    if rating.count == 0 { Err(missing(format!("product {id} has no rating yet"))) } else { found(rating) }
}

fn known(shop: &Shop, id: &str) -> Result<u64, Refusal> {
    let product = id.parse().ok().and_then(|id| shop.product(id));
    product.map(|product| product.id).ok_or_else(|| missing(format!("no product {id}")))
}
