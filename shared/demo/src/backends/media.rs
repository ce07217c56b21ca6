//! Pictures of a product: `GET /products/{id}/images`, two to four of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde::Serialize;

use super::answers::{Answer, found, missing};
use crate::shop::Shop;
use crate::shop::arithmetic::between;
use crate::shop::products::image_url;

/// What is shown, by position.
const VIEWS: [&str; 4] = ["from the front", "from the side", "in use", "in its box"];

/// A picture. Where it is stored is internal.
#[derive(Serialize)]
struct Image {
    id: String,
    product_id: u64,
    url: String,
    alt: String,
    width: u64,
    height: u64,
    position: u64,
    storage_key: String,
}

pub(super) fn routes(shop: Arc<Shop>) -> Router {
    Router::new().route("/products/{id}/images", get(images)).with_state(shop)
}

async fn images(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Answer {
    let product = id.parse().ok().and_then(|id| shop.product(id)).ok_or_else(|| missing(format!("no product {id}")))?;
    let image = |(position, view): (u64, &str)| Image {
        id: format!("img-{}-{position}", product.id),
        product_id: product.id,
        url: image_url(product.id, position),
        alt: format!("{} {view}", product.name),
        width: 1200,
        height: [800, 1200, 1600][usize::try_from(between(0, 2, product.id * 4 + position, 61)).unwrap_or_default()],
        position,
        storage_key: format!("s3://shop-media/raw/{}/{position}.tif", product.id),
    };
    let count = usize::try_from(between(2, 4, product.id, 62)).unwrap_or_default();
    found((1..).zip(VIEWS).take(count).map(image).collect::<Vec<_>>())
}
