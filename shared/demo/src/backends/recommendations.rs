//! What a segment of people may like, in camelCase: `GET /segments/{segment}/picks`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use http::Uri;
use serde::{Deserialize, Serialize};

use super::answers::{self, Answer, found, missing};
use crate::shop::Shop;
use crate::shop::arithmetic::mix;
use crate::shop::literals::{Decimal, Money};

/// The most picks a segment has.
const MOST: usize = 50;

/// What is made once: the picks of each segment, best first.
type Picks = State<Arc<HashMap<String, Vec<Pick>>>>;

/// A suggestion. The campaign is internal.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pick {
    id: u64,
    name: String,
    price: Money,
    currency: &'static str,
    image_url: String,
    score: Decimal<2>,
    campaign: &'static str,
}

#[derive(Deserialize)]
struct Which {
    limit: Option<usize>,
}

pub(super) fn routes(shop: &Shop) -> Router {
    let segments = ["outdoor", "home", "desk", "newcomer"];
    let picks = segments.into_iter().zip(1..).map(|(segment, salt)| (segment.to_owned(), best(shop, segment, salt)));
    Router::new().route("/segments/{segment}/picks", get(of_segment)).with_state(Arc::new(picks.collect()))
}

/// A segment likes the department of its name; newcomers get some of all.
fn best(shop: &Shop, segment: &str, salt: u64) -> Vec<Pick> {
    let liked = |department: &str| segment == department || segment == "newcomer";
    let mut products: Vec<_> = shop.products.iter().filter(|product| liked(product.department)).collect();
    products.sort_by_key(|product| (Reverse(product.rating_average), mix(product.id, 50 + salt)));
    let scores = (0..98).rev();
    let pick = |(product, score): (&&crate::shop::products::Product, u64)| Pick {
        id: product.id,
        name: product.name.clone(),
        price: product.price,
        currency: product.currency,
        image_url: product.image_url.clone(),
        score: Decimal(score),
        campaign: "autumn-26",
    };
    products.iter().zip(scores).map(pick).take(MOST).collect()
}

async fn of_segment(State(picks): Picks, Path(segment): Path<String>, uri: Uri) -> Answer {
    let Which { limit } = answers::query(&uri)?;
    let picks = picks.get(&segment).ok_or_else(|| missing(format!("no segment {segment}")))?;
    found(&picks[..answers::limit(limit, 6, MOST)?.min(picks.len())])
}
