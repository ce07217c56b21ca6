//! `GET /mobile/home`: the app's start screen. Two calls where the web makes three, and a tighter deadline: an app shows what
//! it has cached rather than wait.

use trefoil::composition;

use crate::backends::{Orders, Users};
use crate::views::{Greeting, OrderCard};

/// Everything the start screen shows.
#[composition(get = "/home", deadline = "200ms", scopes("home:read"))]
pub struct Home {
    /// Who is signed in. Without it there is no screen.
    #[call(Users, get = "/users/{caller.id}", retry)]
    pub profile: Greeting,

    /// The two latest orders. The app shows its cached ones when this is missing.
    #[call(Orders, get = "/users/{caller.id}/orders", query(limit = 2), within = "120ms")]
    pub orders: Option<Vec<OrderCard>>,
}
