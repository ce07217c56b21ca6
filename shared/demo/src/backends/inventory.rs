//! How many there are, and where: one product's stock, several by id, or a page whose cursor travels in a header.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::Uri;
use serde::Deserialize;

use super::answers::{self, Answer, found, missing};
use crate::shop::products::COUNT;
use crate::shop::{Shop, stock};

#[derive(Deserialize)]
struct Which {
    product_ids: Option<String>,
    warehouse: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    after: u64,
}

pub(super) fn routes(shop: Arc<Shop>) -> Router {
    Router::new().route("/stock/{product_id}", get(one)).route("/stock", get(several)).with_state(shop)
}

async fn one(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Answer {
    let product = id.parse().ok().and_then(|id| shop.product(id));
    found(stock::of(product.ok_or_else(|| missing(format!("no product {id}")))?))
}

/// With `product_ids`: those there are, of all of them or in one `warehouse`. Without: a page, with `X-Total-Count`, and `X-Next-Cursor` unless it is the last.
async fn several(State(shop): State<Arc<Shop>>, uri: Uri) -> Answer {
    let Which { product_ids, warehouse, limit, after } = answers::query(&uri)?;
    if let Some(ids) = product_ids {
        let products = answers::ids(&ids)?.into_iter().filter_map(|id| shop.product(id));
        let code = warehouse.filter(|code| code != "all");
        let there = |stock: stock::Stock| match &code {
            Some(code) => stock.at(code),
            None => stock,
        };
        return found(products.map(stock::of).map(there).collect::<Vec<_>>());
    }
    let limit = answers::limit(limit, 20, 100)?;
    let page: Vec<_> = shop.products.iter().filter(|product| product.id > after).take(limit).map(stock::of).collect();
    let next = page.last().map(|last| last.product_id).filter(|last| *last < COUNT);
    let list = answers::listed(shop.products.len(), page)?;
    Ok(match next {
        Some(next) => ([("x-next-cursor", next.to_string())], list).into_response(),
        None => list,
    })
}
