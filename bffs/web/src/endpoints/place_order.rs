//! `POST /web/orders`: places an order.

use trefoil::{composition, input};

use crate::backends::{Orders, Recommendations, Users};
use crate::views::{Basket, Pick, PlacedOrder, Profile};

/// What to order.
#[input]
pub struct PlaceOrderInput {
    /// The basket.
    #[body]
    pub basket: Basket,
}

/// Places an order, and shows it with what else there is to say. One order for each `Idempotency-Key`, however often it is sent.
#[composition(
    post = "/orders",
    deadline = "1s",
    input = PlaceOrderInput,
    scopes("orders:write"),
    idempotency(required),
    status = 201,
    location = "/web/orders/{order.id}"
)]
pub struct PlaceOrder {
    /// The order, as it was placed. What the service does not take is a 422.
    #[call(Orders, post = "/orders", body(user_id = caller.id, lines = body.lines), pass = [422])]
    pub order: PlacedOrder,

    /// Who is signed in. It is read when the order has been placed.
    #[call(Users, get = "/users/{caller.id}", within = "150ms")]
    pub profile: Option<Profile>,

    /// What else they may like.
    #[call(Recommendations, get = "/segments/{profile.segment}/picks", query(limit = 3), within = "80ms")]
    pub picks: Option<Vec<Pick>>,
}
