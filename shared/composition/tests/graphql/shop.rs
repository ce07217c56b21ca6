//! A BFF with one of everything that GraphQL has to show, and its backends when all is well.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};
pub use trefoil_composition::StandardCaller as Caller;
use trefoil_composition::declare::{Declaration, Endpoint};
use trefoil_composition::shape::Shapes;
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

#[backend]
pub struct Users;
#[backend]
pub struct Orders;
#[backend]
pub struct Catalog;

/// How dear a customer is.
#[view]
pub enum Tier {
    /// Buys often.
    #[serde(rename = "gold")]
    Gold,
    /// Is about to.
    #[serde(rename = "on-the-way")]
    OnTheWay,
}

/// Who is signed in.
#[view]
pub struct Profile {
    /// The name to greet with.
    pub name: String,
    #[serde(rename = "segment_code")]
    pub segment: String,
    pub nick_name: Option<String>,
    pub tier: Tier,
}

#[view]
pub struct Line {
    pub sku: String,
    pub quantity: i32,
    pub note: Option<Note>,
}

#[view]
pub struct Note {
    pub text: String,
}

#[view]
pub struct Order {
    pub id: u64,
    pub total: f64,
    pub placed_at: String,
    pub lines: Vec<Line>,
    pub labels: BTreeMap<String, String>,
    pub parcels: Option<BTreeMap<String, Vec<Parcel>>>,
}

#[view]
pub struct Parcel {
    pub sent_at: String,
    pub by: Tier,
}

/// A shelf, with the shelves in it.
#[view]
pub struct Shelf {
    pub name: String,
    pub for_tier: Option<Tier>,
    pub inner: Vec<Shelf>,
}

/// The landing screen.
#[composition(get = "/home", deadline = "300ms", scopes("home:read"))]
pub struct Home {
    /// Who is signed in.
    #[call(Users, get = "/users/{caller.id}", pass = [404])]
    pub profile: Profile,
    /// The latest orders.
    #[call(Orders, get = "/users/{caller.id}/orders")]
    pub orders: Vec<Order>,
    /// Suggestions.
    #[call(Catalog, get = "/segments/{profile.segment}/picks", within = "80ms")]
    pub picks: Option<Vec<String>>,
    /// Depends on an optional call.
    #[call(Catalog, get = "/translations/{banner}")]
    pub translation: Option<String>,
    /// There may be none.
    #[call(Catalog, get = "/banner", absent = [404], within = "100ms")]
    pub banner: Option<String>,
    /// Has a default.
    #[call(Catalog, get = "/footer", or = "Trefoil".to_owned(), within = "100ms")]
    pub footer: String,
}

#[input]
pub struct SearchInput {
    /// Where to look.
    #[path]
    pub shelf_id: u64,
    /// How many.
    #[query(default = 6, min = 1, max = 20)]
    pub limit: u32,
    /// How far down.
    #[query]
    pub offset: Option<i32>,
    /// A word to look for.
    #[query(min_length = 2, max_length = 20)]
    pub word: Option<String>,
    /// How much it may differ.
    #[query]
    pub fuzz: Option<f64>,
    /// For whom.
    #[query]
    pub tier: Option<Tier>,
    /// What is sold out, too.
    #[query(default = false)]
    pub all: bool,
    /// How dear at least.
    #[query]
    pub least: Option<i64>,
    /// The client's language.
    #[header("accept-language")]
    pub language: Option<String>,
}

/// What is found.
#[composition(get = "/shelves/{shelf_id}/search", input = SearchInput)]
pub struct Search {
    /// The names of it.
    #[call(
        Catalog,
        get = "/search/{path.shelf_id}",
        query(
            limit = query.limit,
            offset = query.offset,
            word = query.word,
            fuzz = query.fuzz,
            tier = query.tier,
            all = query.all,
            least = query.least
        ),
        header("accept-language" = header.language)
    )]
    pub found: Vec<String>,
}

/// Whether the shop is open.
#[composition(get = "/status", public)]
pub struct Status {
    /// What it says on the door.
    #[call(Catalog, get = "/door")]
    pub door: Option<String>,
    /// All shelves.
    #[call(Catalog, get = "/shelves")]
    pub shelves: Option<Vec<Shelf>>,
    /// The shelf of the day, if there is one.
    #[call(Catalog, get = "/popular")]
    pub popular: Option<Shelf>,
}

#[input]
pub struct OrderInput {
    /// What to order.
    #[query]
    pub sku: String,
}

/// Places an order.
#[composition(get = "/orders", input = OrderInput)]
pub struct PlaceOrder {
    #[call(Orders, get = "/orders", query(sku = query.sku))]
    pub order: Order,
}

/// [`PlaceOrder`] as a write.
pub struct Write;

impl Endpoint for Write {
    fn declare(shapes: &mut Shapes) -> Declaration {
        Declaration { method: Method::POST, ..PlaceOrder::declare(shapes) }
    }
}

pub fn bff() -> Bff {
    Bff::new("shop")
        .title("The shop <for all>")
        .caller::<StandardCaller>()
        .endpoint::<Home>()
        .endpoint::<Search>()
        .endpoint::<Status>()
        .endpoint::<Write>()
}

/// Orders as their backend writes them: members in its own order, unknown ones among them, number literals of all kinds.
pub const ORDERS: &str = r#"[{"total":1.10,"id":9007199254740993,"secret":1,"placed_at":"now","lines":[{"quantity":2,"sku":"a","note":null},{"quantity":1,"note":{"text":"x"},"sku":"b"}],"labels":{"b":"2","a":"1"},"parcels":{"x-1":[{"by":"on-the-way","secret":1,"sent_at":"now"}],"y":[]}},
 {"id":18446744073709551615,"placed_at":"then","total":1e2,"lines":[],"labels":{}}]"#;

/// The backends, all of them well.
pub fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("users", "/users/u-1").json(r#"{"name":"Ada","segment_code":"home","tier":"gold","password":"x"}"#);
    backends.on("orders", "/users/u-1/orders").json(ORDERS);
    backends.on("orders", "/orders").json(r#"{"id":7,"placed_at":"now","total":2.50,"lines":[],"labels":{}}"#);
    backends.on("catalog", "/segments/home/picks").json(r#"["lamp"]"#);
    backends.on("catalog", "/banner").json(r#""sale""#);
    backends.on("catalog", "/translations/sale").json(r#""soldes""#);
    backends.on("catalog", "/footer").json(r#""(c)""#);
    backends.on("catalog", "/search/").json(r#"["lamp","rug"]"#);
    backends.on("catalog", "/door").json(r#""open""#);
    backends.on("catalog", "/popular").json("null");
    backends.on("catalog", "/shelves").json(r#"[{"name":"a","inner":[{"name":"b","inner":[]}]}]"#);
    backends
}

pub fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &["home:read"])
}

/// Sends a document without variables, and expects 200.
pub async fn ask(backends: &FakeBackends, query: &str) -> Answer {
    ask_with(&kit(backends), query, json!({})).await
}

/// Sends a document with variables, and expects 200.
pub async fn ask_with(kit: &Kit, query: &str, variables: Value) -> Answer {
    let answer = kit.post("/graphql", &json!({ "query": query, "variables": variables }).to_string()).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    answer
}

/// The paths that the backends were asked for, sorted.
pub fn asked(backends: &FakeBackends) -> Vec<String> {
    let mut paths: Vec<String> = backends.all_calls().into_iter().map(|call| call.path).collect();
    paths.sort();
    paths
}
