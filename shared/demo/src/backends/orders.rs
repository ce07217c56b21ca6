//! What was bought: a user's orders, one order (for a user, only their own), and the one write of the shop.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri, header};
use serde::Deserialize;

use super::answers::{self, Answer, bad, conflict, found, missing, unfit};
use super::placed::Placed;
use crate::shop::Shop;
use crate::shop::orders::{STATUSES, line_of};

type Orders = State<(Arc<Shop>, Placed)>;

#[derive(Deserialize)]
struct Which {
    limit: Option<usize>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Basket {
    user_id: String,
    lines: Vec<Wanted>,
}

#[derive(Deserialize)]
struct Wanted {
    product_id: u64,
    quantity: u64,
}

pub(super) fn routes(shop: Arc<Shop>, placed: Placed) -> Router {
    Router::new()
        .route("/users/{id}/orders", get(of_user))
        .route("/users/{id}/orders/{order}", get(one_of_user).delete(cancel))
        .route("/orders/{id}", get(order))
        .route("/orders", post(place))
        .with_state((shop, placed))
}

async fn of_user(State((_, placed)): Orders, Path(user): Path<String>, uri: Uri) -> Answer {
    let Which { limit, status } = answers::query(&uri)?;
    let limit = answers::limit(limit, 20, 100)?;
    if let Some(status) = status.as_deref().filter(|status| !STATUSES.contains(status)) {
        return Err(bad(format!("status is {status}, and must be one of {}", STATUSES.join(", "))));
    }
    let mut orders = placed.of(&user);
    orders.retain(|order| status.as_deref().is_none_or(|status| order.summary.status == status));
    let page: Vec<_> = orders.iter().take(limit).map(|order| &order.summary).collect();
    answers::listed(orders.len(), page)
}

async fn one_of_user(State((_, placed)): Orders, Path((user, id)): Path<(String, String)>) -> Answer {
    let order = id.parse().ok().and_then(|id| placed.find(id)).filter(|order| order.user_id == user);
    found(&*order.ok_or_else(|| missing(format!("no order {id} of {user}")))?)
}

/// What was placed since the start is not on its way yet; a seeded order is.
async fn cancel(State((_, placed)): Orders, Path((user, id)): Path<(String, String)>) -> Answer {
    let order = id.parse().ok().and_then(|id| placed.find(id)).filter(|order| order.user_id == user);
    let order = order.ok_or_else(|| missing(format!("no order {id} of {user}")))?;
    if placed.cancel(order.summary.id) {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(conflict(format!("order {id} is on its way")))
    }
}

async fn order(State((_, placed)): Orders, Path(id): Path<String>) -> Answer {
    let order = id.parse().ok().and_then(|id| placed.find(id));
    found(&*order.ok_or_else(|| missing(format!("no order {id}")))?)
}

async fn place(State((shop, placed)): Orders, headers: HeaderMap, body: Bytes) -> Answer {
    let basket: Basket = serde_json::from_slice(&body).map_err(|cause| bad(cause.to_string()))?;
    if basket.user_id.is_empty() || basket.user_id.len() > 64 {
        return Err(unfit("user_id must have 1 to 64 bytes"));
    }
    if basket.lines.is_empty() || basket.lines.len() > 50 {
        return Err(unfit("an order has 1 to 50 lines"));
    }
    let mut lines = Vec::with_capacity(basket.lines.len());
    for Wanted { product_id, quantity } in basket.lines {
        let product = shop.product(product_id).ok_or_else(|| unfit(format!("no product {product_id}")))?;
        if !(1..=99).contains(&quantity) {
            return Err(unfit(format!("quantity is {quantity}, and must be from 1 to 99")));
        }
        lines.push(line_of(product, quantity));
    }
    let key = headers.get("idempotency-key").map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
    let order = placed.place(basket.user_id, lines, key);
    let location = format!("/orders/{}", order.summary.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(&*order)).into_response())
}
