//! The screen as declarations: passed through, projected, and so that it can do without one of its calls.

use trefoil::{Bff, Naming, Raw, StandardCaller, backend, composition, view};

/// Who people are.
#[backend]
pub(crate) struct Users;

/// What people have ordered.
#[backend]
pub(crate) struct Orders;

/// What people may like.
#[backend]
pub(crate) struct Recommendations;

/// A person.
#[view]
pub(crate) struct Profile {
    /// The account's id.
    pub(crate) id: String,
    /// The full name.
    pub(crate) name: String,
    /// The e-mail address.
    pub(crate) email: String,
    /// The telephone number.
    pub(crate) phone: String,
    /// The segment that suggestions are made for.
    pub(crate) segment: String,
    /// The day on which the account was opened.
    pub(crate) member_since: String,
    /// The street of the home address.
    pub(crate) street: String,
    /// Its city.
    pub(crate) city: String,
    /// Its country.
    pub(crate) country: String,
    /// The standing in the loyalty programme.
    pub(crate) loyalty: Loyalty,
}

/// A standing in the loyalty programme.
#[view]
pub(crate) struct Loyalty {
    /// The tier reached.
    pub(crate) tier: String,
    /// The points collected.
    pub(crate) points: u32,
}

/// An order.
#[view]
pub(crate) struct Order {
    /// The order's id.
    pub(crate) id: u64,
    /// The number that people quote.
    pub(crate) number: String,
    /// When it was placed.
    pub(crate) placed_at: String,
    /// Where it stands.
    pub(crate) status: String,
    /// The currency of its amounts.
    pub(crate) currency: String,
    /// The sum of its lines.
    pub(crate) total: f64,
    /// What was ordered.
    pub(crate) lines: Vec<Line>,
}

/// One line of an order.
#[view]
pub(crate) struct Line {
    /// The product's id.
    pub(crate) product_id: u64,
    /// The product's title.
    pub(crate) title: String,
    /// How many of it.
    pub(crate) quantity: u32,
    /// The price of one.
    pub(crate) unit_price: f64,
}

/// A suggestion.
#[view]
pub(crate) struct Pick {
    /// The product's id.
    pub(crate) product_id: u64,
    /// Its title.
    pub(crate) title: String,
    /// Its price.
    pub(crate) price: f64,
    /// What people think of it, 0 to 5.
    pub(crate) rating: f64,
    /// Where its picture is.
    pub(crate) picture: String,
    /// Whether it can be had.
    pub(crate) in_stock: bool,
}

/// The bodies as they came.
#[composition(get = "/raw", deadline = "10s", public)]
pub(crate) struct RawScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile")]
    pub(crate) profile: Raw<Profile>,
    /// The latest orders.
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Raw<Vec<Order>>,
    /// Suggestions.
    #[call(Recommendations, get = "/picks")]
    pub(crate) picks: Raw<Vec<Pick>>,
}

/// The bodies checked and projected.
#[composition(get = "/projected", deadline = "10s", public)]
pub(crate) struct ProjectedScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile")]
    pub(crate) profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
    /// Suggestions.
    #[call(Recommendations, get = "/picks")]
    pub(crate) picks: Vec<Pick>,
}

/// Two of its calls.
#[composition(get = "/two", deadline = "10s", public)]
pub(crate) struct TwoScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile")]
    pub(crate) profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
}

/// These two, and suggestions, which are waited for so long and no longer.
#[composition(get = "/timed", deadline = "10s", public)]
pub(crate) struct TimedScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile")]
    pub(crate) profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
    /// Suggestions.
    #[call(Recommendations, get = "/picks", within = "800ms")]
    pub(crate) picks: Option<Vec<Pick>>,
}

/// The same for those who may.
#[composition(get = "/guarded", deadline = "10s", scopes("home:read"))]
pub(crate) struct GuardedScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile")]
    pub(crate) profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
    /// Suggestions.
    #[call(Recommendations, get = "/picks")]
    pub(crate) picks: Vec<Pick>,
}

/// The same, with little time, and suggestions that it can do without.
#[composition(get = "/optional", deadline = "100ms", scopes("home:read"))]
pub(crate) struct OptionalScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile")]
    pub(crate) profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
    /// Suggestions.
    #[call(Recommendations, get = "/picks")]
    pub(crate) picks: Option<Vec<Pick>>,
}

/// The guarded screen, each call of it tried again and hedged.
#[composition(get = "/tried", deadline = "10s", scopes("home:read"))]
pub(crate) struct TriedScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile", retry, hedge)]
    pub(crate) profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/orders", retry, hedge)]
    pub(crate) orders: Vec<Order>,
    /// Suggestions.
    #[call(Recommendations, get = "/picks", retry, hedge)]
    pub(crate) picks: Vec<Pick>,
}

/// The screen with little time, each call of it tried again and hedged.
#[composition(get = "/optional-tried", deadline = "100ms", scopes("home:read"))]
pub(crate) struct OptionalTriedScreen {
    /// Who is signed in.
    #[call(Users, get = "/profile", retry, hedge)]
    pub(crate) profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/orders", retry, hedge)]
    pub(crate) orders: Vec<Order>,
    /// Suggestions.
    #[call(Recommendations, get = "/picks", retry, hedge)]
    pub(crate) picks: Option<Vec<Pick>>,
}

/// The BFF. Its name is that of the demo issuer's client whose tokens it believes.
pub(crate) fn bff() -> Bff {
    Bff::new("web")
        // As the backends have them, so that all answers are the same bytes.
        .naming(Naming::SnakeCase)
        .caller::<StandardCaller>()
        .endpoint::<RawScreen>()
        .endpoint::<ProjectedScreen>()
        .endpoint::<TwoScreen>()
        .endpoint::<TimedScreen>()
        .endpoint::<GuardedScreen>()
        .endpoint::<OptionalScreen>()
        .endpoint::<TriedScreen>()
        .endpoint::<OptionalTriedScreen>()
}
