//! `GET /web/orders/{id}`: an order's page.

use trefoil::{composition, input};

use crate::backends::{Orders, Recommendations, Users};
use crate::views::{OrderDetail, Pick, Profile};

/// Which order.
#[input]
pub struct OrderInput {
    /// The order's id.
    #[path]
    pub id: u64,
}

/// Everything an order's page shows.
#[composition(get = "/orders/{id}", deadline = "300ms", input = OrderInput, scopes("orders:read"))]
pub struct OrderPage {
    /// The order. One that does not exist, or is somebody else's, is a 404: the service is asked below the caller's own id.
    #[call(Orders, get = "/users/{caller.id}/orders/{path.id}", pass = [404])]
    pub order: OrderDetail,

    /// Who is signed in, for the greeting.
    #[call(Users, get = "/users/{caller.id}", within = "150ms")]
    pub profile: Option<Profile>,

    /// What else they may like.
    #[call(Recommendations, get = "/segments/{profile.segment}/picks", query(limit = 3), within = "80ms")]
    pub picks: Option<Vec<Pick>>,
}
