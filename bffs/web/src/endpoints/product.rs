//! `GET /web/products/{id}`: a product's page. What is the same for everybody is kept for a while.

use trefoil::{composition, input};

use crate::backends::{Catalog, Inventory, Media, Reviews};
use crate::views::{Availability, Image, Product, Rating, Review, Stock};

/// Which product, and how much of it.
#[input]
pub struct ProductInput {
    /// The product's id.
    #[path]
    pub id: u64,
    /// How many reviews to show.
    #[query(default = 5, min = 0, max = 20)]
    pub reviews: u32,
    /// Whether to show pictures.
    #[query(default = true)]
    pub images: bool,
}

/// Everything a product's page shows.
#[composition(get = "/products/{id}", deadline = "400ms", input = ProductInput, scopes("catalog:read"))]
pub struct ProductPage {
    /// The product. A product that does not exist is a 404.
    #[call(Catalog, get = "/products/{path.id}", pass = [404], retry, hedge,
        cache("30s", shared, stale_if_error = "5m", tags("catalog", "product-{path.id}")))]
    pub product: Product,

    /// Pictures, unless the client wants none; none rather than no page when the service is slow or down.
    #[call(Media, get = "/products/{path.id}/images", when = query.images, within = "120ms", or = Vec::new())]
    pub images: Vec<Image>,

    /// The average of all reviews; null when there are none yet.
    #[call(Reviews, get = "/products/{path.id}/rating", within = "150ms", absent = [404],
        cache("60s", shared, stale_while_revalidate = "60s", tags("reviews", "product-{path.id}")))]
    pub rating: Option<Rating>,

    /// The latest reviews, newest first.
    #[call(Reviews, get = "/products/{path.id}/reviews", query(limit = query.reviews), within = "150ms")]
    pub reviews: Option<Vec<Review>>,

    /// How many reviews there are in all.
    #[from(reviews, header = "x-total-count")]
    pub review_count: Option<u64>,

    /// How many there are. Unknown when the service is slow or down.
    #[call(Inventory, get = "/stock/{path.id}", within = "150ms", absent = [404])]
    pub stock: Option<Stock>,

    /// Whether it can be had, in one word. Unknown when the stock is.
    #[computed(availability(stock.available))]
    pub availability: Option<Availability>,
}

/// Below this many, a product is nearly gone.
const FEW: u32 = 5;

fn availability(available: &u32) -> Availability {
    match *available {
        0 => Availability::SoldOut,
        1..FEW => Availability::NearlyGone,
        _ => Availability::InStock,
    }
}
