//! What is sold, in camelCase: one product, several by id, a page in an envelope, and the tree of categories.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use http::Uri;
use serde::{Deserialize, Serialize};

use super::answers::{self, Answer, found, missing};
use crate::shop::Shop;
use crate::shop::products::{self, Product};

#[derive(Deserialize)]
struct Which {
    ids: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    after: u64,
}

/// What a page comes in.
#[derive(Serialize)]
struct Envelope<'a> {
    data: Items<'a>,
    page: Page,
}

#[derive(Serialize)]
struct Items<'a> {
    items: Vec<&'a Product>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    limit: usize,
    /// For `after`, to get the next page; null on the last.
    next_after: Option<u64>,
    has_more: bool,
    total: usize,
}

pub(super) fn routes(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/products/{id}", get(product))
        .route("/products", get(several))
        .route("/categories", get(|| async { found(products::categories()) }))
        .with_state(shop)
}

async fn product(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Answer {
    let product = id.parse().ok().and_then(|id| shop.product(id));
    found(product.ok_or_else(|| missing(format!("no product {id}")))?)
}

/// With `ids`: those there are, as a list, in the order asked. Without: a page, in an envelope.
async fn several(State(shop): State<Arc<Shop>>, uri: Uri) -> Answer {
    let Which { ids, limit, after } = answers::query(&uri)?;
    if let Some(ids) = ids {
        let products: Vec<_> = answers::ids(&ids)?.into_iter().filter_map(|id| shop.product(id)).collect();
        return found(products);
    }
    let limit = answers::limit(limit, 20, 100)?;
    let items: Vec<_> = shop.products.iter().filter(|product| product.id > after).take(limit).collect();
    let next = items.last().map(|last| last.id).filter(|last| *last < products::COUNT);
    let page = Page { limit, next_after: next, has_more: next.is_some(), total: shop.products.len() };
    found(Envelope { data: Items { items }, page })
}
