//! `retry` and `hedge`, from their declaration to what backends see; and a write under a key, which a retry never doubles.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use http::Method;
use serde_json::json;
use trefoil_composition::handler::{Backends, Handler, IntoResponse, Problem};
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
    /// Kept simple: one call for each order.
    #[call(Catalog, get = "/parcels/{id}", each(at_once = 4), retry)]
    pub(crate) parcel: Option<String>,
}

/// Reads.
#[composition(get = "/home", deadline = "300ms")]
pub(crate) struct Home {
    /// Tried three times.
    #[call(Orders, get = "/orders", retry(attempts = 3))]
    pub(crate) orders: Vec<Order>,
    /// Hedged.
    #[call(Catalog, get = "/picks", within = "100ms", hedge)]
    pub(crate) picks: Option<Vec<String>>,
    /// Once, whatever config says.
    #[call(Catalog, get = "/banner", within = "20ms", retry(attempts = 1))]
    pub(crate) banner: Option<String>,
    /// There is hardly time for one attempt.
    #[call(Catalog, get = "/hint", within = "20ms", retry)]
    pub(crate) hint: Option<String>,
}

/// Writes.
#[composition(post = "/orders", idempotency(optional))]
pub(crate) struct PlaceOrder {
    /// The order.
    #[call(Orders, post = "/orders", retry(attempts = 4))]
    pub(crate) order: u64,
}

/// Reads by hand.
async fn by_hand(backends: Backends) -> Result<impl IntoResponse, Problem> {
    backends.get::<Catalog>("/picks").attempts(2).json::<Vec<String>>().await.map(axum::Json)
}

fn bff() -> Bff {
    Bff::new("shop")
        .caller::<StandardCaller>()
        .endpoint::<Home>()
        .endpoint::<PlaceOrder>()
        .handler(Handler::get("byHand", "/by-hand", by_hand).calls::<Catalog>())
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(r#"[{"id":1}]"#);
    backends.on("catalog", "/parcels/1").json("\"p\"");
    backends.on("catalog", "/picks").json("[]");
    backends.on("catalog", "/banner").json("\"b\"");
    backends.on("catalog", "/hint").json("\"h\"");
    backends
}

fn count(backends: &FakeBackends, backend: &str, path: &str) -> usize {
    backends.calls(backend).iter().filter(|call| call.path == path).count()
}

#[tokio::test(start_paused = true)]
async fn a_declared_retry_mends_a_failure_in_passing_and_the_answer_is_complete() {
    let backends = well();
    backends.on("orders", "/orders").in_turn([Reply::status(503), Reply::refused(), Reply::json(r#"[{"id":1}]"#)]);
    backends.on("catalog", "/parcels/1").in_turn([Reply::broken(), Reply::json("\"p\"")]);
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(answer.json()["orders"], json!([{"id": 1, "parcel": "p"}]));
    assert_eq!((count(&backends, "orders", "/orders"), count(&backends, "catalog", "/parcels/1")), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn what_says_one_attempt_has_one() {
    let backends = well();
    backends.on("catalog", "/banner").refused();
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("banner;reason=connect"));
    assert_eq!(count(&backends, "catalog", "/banner"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_says_it_retries_is_not_retried_behind() {
    for attempt in ["2", "256", "99999999999999999999"] {
        let backends = well();
        backends.on("orders", "/orders").status(503);
        let answer = kit(&backends).header("trefoil-attempt", attempt).get("/home").await;
        assert_eq!((answer.status.as_u16(), count(&backends, "orders", "/orders")), (502, 1), "{attempt}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_declared_hedge_wins_over_a_slow_answer() {
    let backends = well();
    let kit = kit(&backends);
    for _ in 0..40 {
        kit.get("/home").await;
    }
    let before = count(&backends, "catalog", "/picks");
    backends.on("catalog", "/picks").in_turn([Reply::json("[]").slow(500), Reply::json("[\"hedged\"]")]);
    let answer = kit.get("/home").await;
    assert_eq!(answer.json()["picks"], json!(["hedged"]), "{}", answer.text());
    assert_eq!(count(&backends, "catalog", "/picks"), before + 2);
}

/// How often each key was sent.
type Written = Arc<Mutex<BTreeMap<Option<String>, usize>>>;

/// A backend that makes a write and loses its answer, and tells by the key whether it made it before.
fn forgetful() -> (FakeBackends, Written) {
    let backends = FakeBackends::new();
    let written = Arc::new(Mutex::new(BTreeMap::new()));
    let store = Arc::clone(&written);
    backends.on("orders", "/orders").method(Method::POST).asked(move |call| {
        let mut written = store.lock().unwrap();
        let asked = written.entry(call.header("idempotency-key").map(str::to_owned)).or_insert(0);
        *asked += 1;
        if *asked < 3 { Reply::broken() } else { Reply::answer(201, "application/json", "7") }
    });
    (backends, written)
}

#[tokio::test(start_paused = true)]
async fn a_write_under_a_key_is_tried_again_under_the_same_key_so_a_retry_never_doubles_it() {
    let (backends, written) = forgetful();
    let answer = kit(&backends).key("k").send(Method::POST, "/orders", Body::empty()).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, r#"{"order":7}"#));
    // Three attempts, and to the backend they are one write.
    assert_eq!(written.lock().unwrap().values().collect::<Vec<_>>(), [&3]);
}

#[tokio::test(start_paused = true)]
async fn a_write_without_a_key_is_tried_once() {
    let (backends, written) = forgetful();
    let answer = kit(&backends).send(Method::POST, "/orders", Body::empty()).await;
    assert_eq!(answer.status, 503);
    assert_eq!(written.lock().unwrap().get(&None), Some(&1));
}

#[tokio::test(start_paused = true)]
async fn a_handlers_call_may_be_tried_again_too() {
    let backends = well();
    backends.on("catalog", "/picks").in_turn([Reply::status(502), Reply::json("[\"a\"]")]);
    assert_eq!(kit(&backends).get("/by-hand").await.json(), json!(["a"]));
}

#[test]
fn the_plan_draws_how_hard_a_call_is_tried_and_says_where_that_is_in_vain() {
    let compiled = bff().compile().unwrap();
    let plan = compiled.plan("home").unwrap();
    let drawn = plan.draw();
    for rules in [
        "[required, up to 3 attempts]",
        "[optional, within 100 ms, hedged]",
        "[optional, within 20 ms, no retries]",
        "[optional, up to 2 attempts]",
    ] {
        assert!(drawn.contains(rules), "{rules}: {drawn}");
    }
    let vain: Vec<String> =
        plan.findings().iter().filter(|finding| finding.what.contains("attempted")).map(ToString::to_string).collect();
    assert_eq!(vain.len(), 1, "{vain:?}");
    assert!(vain[0].starts_with("home.hint:") && vain[0].contains("has 20 ms"), "{vain:?}");
    assert_eq!(plan.deadline, Duration::from_millis(300));
}

#[tokio::test(start_paused = true)]
async fn the_matrix_takes_the_attempts_of_one_keyed_write_for_one_write() {
    let backends = well();
    backends.on("orders", "/orders").method(Method::POST).json("7");
    let matrix = kit(&backends).key("k-1").matrix_of("POST", "/orders", "").await;
    matrix.assert_semantics();
    assert_eq!(matrix.cases().len(), trefoil_testing::Fault::ALL.len());
}
