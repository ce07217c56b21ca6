//! `GET /web/home`: the landing screen, in one round trip.

use trefoil::composition;

use crate::backends::{Orders, Recommendations, Users};
use crate::views::{Order, Pick, Profile};

/// Everything the landing screen shows.
#[composition(get = "/home", deadline = "300ms", scopes("home:read"))]
pub struct Home {
    /// Who is signed in. Without it there is no screen.
    #[call(Users, get = "/users/{caller.id}", retry)]
    pub profile: Profile,

    /// The latest orders, newest first.
    #[call(Orders, get = "/users/{caller.id}/orders", query(limit = 5))]
    pub orders: Vec<Order>,

    /// Suggestions. Left out, and named as missing, when the service is slow or down.
    #[call(Recommendations, get = "/segments/{profile.segment}/picks", query(limit = 6), within = "80ms", hedge)]
    pub picks: Option<Vec<Pick>>,
}
