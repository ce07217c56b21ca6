//! A small BFF for the tests of the semantics, and its backends when all is well.
#![allow(dead_code, missing_docs, reason = "each test file uses what it needs")]

use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Users;
#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Recommendations;
#[backend]
pub(crate) struct Banners;

#[view]
pub(crate) struct Profile {
    pub name: String,
    pub segment: String,
    pub nickname: Option<String>,
}

#[view]
pub(crate) struct Order {
    pub id: u64,
    pub total: f64,
    pub placed_at: String,
}

#[view]
pub(crate) struct Banner {
    pub text: String,
}

/// The landing screen.
#[composition(get = "/home", deadline = "300ms", scopes("home:read"))]
pub(crate) struct Home {
    /// Who is signed in.
    #[call(Users, get = "/users/{caller.id}")]
    pub profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/users/{caller.id}/orders", query(limit = 5))]
    pub orders: Vec<Order>,
    /// Suggestions.
    #[call(Recommendations, get = "/segments/{profile.segment}/picks", within = "80ms")]
    pub picks: Option<Vec<String>>,
    /// Depends on an optional call and on a value that may be null.
    #[call(Recommendations, get = "/nicknames/{profile.nickname}")]
    pub nickname_of: Option<Vec<String>>,
    /// There may be none.
    #[call(Banners, get = "/banner", absent = [404], within = "100ms")]
    pub banner: Option<Banner>,
    /// Depends on an optional call.
    #[call(Banners, get = "/translations/{banner.text}")]
    pub translation: Option<String>,
    /// Has a default.
    #[call(Banners, get = "/footer", or = Banner { text: "Trefoil".to_owned() }, within = "100ms")]
    pub footer: Banner,
    /// Depends on one with a default.
    #[call(Banners, get = "/links/{footer.text}")]
    pub links: Option<Vec<String>>,
}

#[input]
pub(crate) struct OrderInput {
    /// The order's id.
    #[path]
    pub id: u64,
    /// How many lines.
    #[query(default = 10, min = 1, max = 50)]
    pub line_limit: u32,
    /// A word to look for.
    #[query(min_length = 2, max_length = 20)]
    pub search: Option<String>,
    /// The client's language.
    #[header("accept-language")]
    pub language: Option<String>,
}

/// One order.
#[composition(get = "/orders/{id}", deadline = "300ms", input = OrderInput)]
pub(crate) struct OrderPage {
    /// The order.
    #[call(Orders, get = "/orders/{path.id}", query(lines = query.line_limit, q = query.search), header("accept-language" = header.language), pass = [404, 410])]
    pub order: Order,
}

/// Whether the shop is open.
#[composition(get = "/status", public)]
pub(crate) struct Status {
    /// The banner.
    #[call(Banners, get = "/banner")]
    pub banner: Banner,
}

pub(crate) fn bff() -> Bff {
    Bff::new("web").caller::<StandardCaller>().endpoint::<Home>().endpoint::<OrderPage>().endpoint::<Status>()
}

pub(crate) const COMPLETE: &str = r#"{"profile":{"name":"Ada","segment":"home","nickname":"countess"},"orders":[{"id":9007199254740993,"total":1.10,"placedAt":"2026-11-24"}],"picks":["lamp"],"nicknameOf":["a"],"banner":{"text":"sale"},"translation":"soldes","footer":{"text":"imprint"},"links":["b"]}"#;

/// Backends that answer all that `Home` and `OrderPage` ask.
pub(crate) fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends
        .on("users", "/users/")
        .json(r#"{"nickname":"countess","name":"Ada","segment":"home","password_hash":"x"}"#);
    backends
        .on("orders", "/users/")
        .json(r#"[{"total":1.10,"id":9007199254740993,"placed_at":"2026-11-24","margin":7}]"#);
    backends.on("orders", "/orders/").json(r#"{"id":7,"total":20.00,"placed_at":"2026-11-24"}"#);
    backends.on("recommendations", "/segments/").json(r#"["lamp"]"#);
    backends.on("recommendations", "/nicknames/").json(r#"["a"]"#);
    backends.on("banners", "/banner").json(r#"{"text":"sale"}"#);
    backends.on("banners", "/translations/").json(r#""soldes""#);
    backends.on("banners", "/footer").json(r#"{"text":"imprint"}"#);
    backends.on("banners", "/links/").json(r#"["b"]"#);
    backends
}

/// The BFF over these backends, asked by somebody with every scope.
pub(crate) fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &["home:read"])
}
