//! A call that writes comes after what it needs and before all else, and its failure is the answer's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use http::Method;
use serde_json::json;
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{End, FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Users;
#[backend]
pub(crate) struct Catalog;

#[view]
pub(crate) struct Profile {
    pub(crate) segment: String,
    pub(crate) favourite: u64,
    /// Read after the write, although the profile is read before it.
    #[call(Catalog, get = "/products/{favourite}", each(at_once = 2))]
    pub(crate) product: Option<Product>,
}

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) lines: Vec<Line>,
}

#[view]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id))]
    pub(crate) product: Option<Product>,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: u64,
}

#[input]
pub(crate) struct PlaceInput {
    #[path]
    pub(crate) basket: String,
}

/// Places an order.
#[composition(post = "/baskets/{basket}/order", deadline = "1s", input = PlaceInput)]
pub(crate) struct PlaceOrder {
    /// Nothing that the order needs.
    #[call(Catalog, get = "/banner")]
    pub(crate) banner: Option<String>,
    /// What the order needs.
    #[call(Users, get = "/users/{caller.id}")]
    pub(crate) profile: Profile,
    /// The order.
    #[call(Orders, post = "/orders", query(basket = path.basket, segment = profile.segment), pass = [409])]
    pub(crate) order: Order,
    /// Refers to what was there before the order.
    #[call(Catalog, get = "/segments/{profile.segment}/picks")]
    pub(crate) picks: Option<Vec<String>>,
    /// Refers to the order.
    #[call(Orders, get = "/orders/{order.id}/slots")]
    pub(crate) slots: Option<Vec<String>>,
}

macro_rules! method {
    ($name:ident, $word:ident) => {
        /// Changes an address.
        #[composition($word = "/address")]
        pub(crate) struct $name {
            #[call(Users, $word = "/users/{caller.id}/address")]
            pub(crate) address: String,
        }
    };
}
method!(PutAddress, put);
method!(PatchAddress, patch);
method!(DeleteAddress, delete);

/// Asks by POST for what only reads.
#[composition(post = "/search")]
pub(crate) struct Search {
    #[call(Catalog, get = "/search")]
    pub(crate) found: Vec<String>,
}

/// GraphQL has a `Query`, so it needs something to read.
#[composition(get = "/banner")]
pub(crate) struct Banner {
    #[call(Catalog, get = "/banner")]
    pub(crate) banner: String,
}

const COMPLETE: &str = r#"{"banner":"sale","profile":{"segment":"desk","favourite":7,"product":{"id":7}},"order":{"id":1,"lines":[{"productId":7,"product":{"id":7}}]},"picks":["lamp"],"slots":["noon"]}"#;

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("catalog", "/banner").slow(5).json(r#""sale""#);
    backends.on("users", "/users/u-1").slow(20).json(r#"{"segment":"desk","favourite":7}"#);
    backends.on("orders", "/orders").method(Method::POST).slow(30).answer(
        201,
        "application/json",
        r#"{"id":1,"lines":[{"product_id":7}]}"#,
    );
    backends.on("orders", "/orders/1/slots").json(r#"["noon"]"#);
    backends.on("catalog", "/segments/desk/picks").json(r#"["lamp"]"#);
    backends.on("catalog", "/products/7").json(r#"{"id":7}"#);
    backends.on("catalog", "/products?").json(r#"[{"id":7}]"#);
    backends.on("catalog", "/search").json("[]");
    backends
}

fn bff() -> Bff {
    Bff::new("web")
        .caller::<StandardCaller>()
        .endpoint::<PlaceOrder>()
        .endpoint::<PutAddress>()
        .endpoint::<PatchAddress>()
        .endpoint::<DeleteAddress>()
        .endpoint::<Search>()
        .endpoint::<Banner>()
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

async fn place(backends: &FakeBackends) -> trefoil_testing::Answer {
    kit(backends).send(Method::POST, "/baskets/b-1/order", axum::body::Body::empty()).await
}

#[tokio::test(start_paused = true)]
async fn what_a_write_needs_comes_before_it_and_all_else_after() {
    let backends = well();
    assert_eq!(place(&backends).await.text(), COMPLETE);
    let calls = backends.all_calls();
    let started = calls[0].at;
    let write = calls.iter().find(|call| call.method == Method::POST).unwrap();
    assert_eq!(write.path, "/orders?basket=b-1&segment=desk");
    assert_eq!((write.at - started).as_millis(), 20);
    for call in &calls {
        let millis = (call.at - started).as_millis();
        let expected = match call.path.as_str() {
            "/users/u-1" => 0,
            path if path.starts_with("/orders?") => 20,
            _ => 50,
        };
        assert_eq!(millis, expected, "{}", call.path);
    }
    assert_eq!(calls.len(), 7);
}

#[tokio::test(start_paused = true)]
async fn when_what_a_write_needs_fails_nothing_is_written() {
    let backends = well();
    backends.on("users", "/users/u-1").status(500);
    let answer = place(&backends).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["field"]), (502, &json!("profile")));
    assert_eq!(backends.all_calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn when_a_write_fails_nothing_is_read_after_it() {
    let backends = well();
    for (status, expected) in [(500, 502), (409, 409)] {
        backends.on("orders", "/orders").method(Method::POST).status(status);
        let answer = place(&backends).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["field"]), (expected, &json!("order")));
    }
    let paths: Vec<String> = backends.all_calls().into_iter().map(|call| call.path).collect();
    assert_eq!(paths.len(), 4, "{paths:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_read_after_a_write_may_be_missing() {
    let backends = well();
    backends.on("catalog", "/segments/desk/picks").status(500);
    let answer = place(&backends).await;
    assert_eq!(answer.header("trefoil-degraded"), Some("picks;reason=status"));
    assert_eq!(answer.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_no_selection_shows_is_made_once_all_the_same() {
    for selection in ["picks", "__typename", "order { id }", "a: order { id } b: order { id } slots"] {
        let backends = well();
        let query = format!(r#"{{"query":"mutation {{ placeOrder(basket: \"b-1\") {{ {selection} }} }}"}}"#);
        let answer = kit(&backends).post("/graphql", &query).await;
        assert!(answer.json().get("errors").is_none(), "{}", answer.text());
        let writes: Vec<_> = backends.calls("orders").into_iter().filter(|call| call.method == Method::POST).collect();
        assert_eq!(writes.len(), 1, "{selection}");
        assert_eq!(writes[0].end, End::Answered);
        assert!(!backends.all_calls().iter().any(|call| call.path == "/banner"), "{selection}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_method_is_its_endpoints_and_its_calls() {
    let backends = well();
    backends.on("users", "/users/u-1/address").json(r#""home""#);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = kit(&backends).send(method.clone(), "/address", axum::body::Body::empty()).await;
        assert_eq!(answer.text(), r#"{"address":"home"}"#);
        assert_eq!(backends.calls("users").last().unwrap().method, method);
    }
    let answer = kit(&backends).get("/address").await;
    assert_eq!(answer.status, 405);
}

#[tokio::test(start_paused = true)]
async fn a_post_may_only_read() {
    let compiled = bff().compile().unwrap();
    assert_eq!(compiled.plan("search").unwrap().write, None);
    let answer = kit(&well()).send(Method::POST, "/search", axum::body::Body::empty()).await;
    assert_eq!(answer.text(), r#"{"found":[]}"#);
}

#[test]
fn the_plan_says_which_call_writes_and_draws_its_order() {
    let compiled = bff().compile().unwrap();
    let plan = compiled.plan("placeOrder").unwrap();
    let write = plan.write.unwrap();
    assert_eq!(plan.nodes[plan.calls[write].nodes[0]].field, "order");
    let expected = "\
placeOrder  POST /baskets/{basket}/order  deadline 1000 ms  any valid token
└─ profile                          GET users /users/{caller.id}  [required]
   └─ order                         POST orders /orders?basket={path.basket}&segment={profile.segment}  [required, 409 is passed on]
      ├─ banner                     GET catalog /banner  [optional]
      ├─ picks                      GET catalog /segments/{profile.segment}/picks  [optional]  also after profile
      ├─ slots                      GET orders /orders/{order.id}/slots  [optional]
      ├─ profile.product            GET catalog /products/{favourite}, for each, 2 at a time  [optional]  also after profile
      └─ order.lines.product        GET catalog /products?ids=…, all keys at once, 50 at the most  [optional]
";
    let drawn = plan.draw();
    assert!(drawn.starts_with(expected), "{drawn}");
}
