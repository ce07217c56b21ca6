//! A key makes one write, whoever repeats, leaves or comes late; and it is its caller's alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use futures_util::future::{BoxFuture, join};
use http::Method;
use serde_json::{Value, json};
use trefoil_composition::idempotency::{
    Begun, Claim, Idempotency, IdempotencyPolicy, IdempotencyStore, InProcessIdempotency, StoreError, Stored,
    WhenStoreFails,
};
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{Answer, End, FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
}

#[input]
pub(crate) struct PlaceInput {
    #[path]
    pub(crate) basket: String,
    #[query(min = 1, max = 9)]
    pub(crate) count: u8,
}

/// Places an order.
#[composition(post = "/baskets/{basket}/order", deadline = "1s", input = PlaceInput, idempotency(required))]
pub(crate) struct PlaceOrder {
    /// What the order needs.
    #[call(Catalog, get = "/price")]
    pub(crate) price: u64,
    /// The order.
    #[call(Orders, post = "/orders", query(basket = path.basket, count = query.count, price = price), pass = [409, 422])]
    pub(crate) order: Order,
    /// Read when it has happened.
    #[call(Catalog, get = "/stock")]
    pub(crate) stock: Option<u64>,
}

/// Changes an address.
#[composition(put = "/address", idempotency(optional, keep = "2m", finish = "5s"))]
pub(crate) struct PutAddress {
    #[call(Orders, put = "/address")]
    pub(crate) address: String,
}

/// GraphQL has a `Query`, so it needs something to read.
#[composition(get = "/price")]
pub(crate) struct Price {
    #[call(Catalog, get = "/price")]
    pub(crate) price: u64,
}

const PLACE: &str = "/baskets/b/order?count=1";

fn bff() -> Bff {
    Bff::new("shop")
        .caller::<StandardCaller>()
        .server_timing(false)
        .endpoint::<PlaceOrder>()
        .endpoint::<PutAddress>()
        .endpoint::<Price>()
}

/// Each order has the next number, and each look at the stock finds one less.
fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("catalog", "/price").json("7");
    let (orders, stock) = (AtomicUsize::new(0), AtomicUsize::new(100));
    backends.on("orders", "/orders").method(Method::POST).slow(50).asked(move |_| {
        Reply::answer(201, "application/json", &json!({"id": orders.fetch_add(1, Ordering::SeqCst) + 1}).to_string())
    });
    backends
        .on("catalog", "/stock")
        .asked(move |_| Reply::json(&(stock.fetch_sub(1, Ordering::SeqCst) - 1).to_string()));
    backends.on("orders", "/address").method(Method::PUT).slow(10).json("\"here\"");
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

async fn post(kit: &Kit, path: &str) -> Answer {
    kit.send(Method::POST, path, Body::empty()).await
}

fn writes(backends: &FakeBackends) -> usize {
    backends.calls("orders").iter().filter(|call| call.method != Method::GET).count()
}

fn code(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

fn replayed(answer: &Answer) -> bool {
    answer.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

#[tokio::test(start_paused = true)]
async fn the_same_request_sent_twice_makes_one_write_and_reads_anew() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let first = post(&kit, PLACE).await;
    assert_eq!((first.status.as_u16(), replayed(&first)), (200, false));
    assert_eq!(first.json(), json!({"price": 7, "order": {"id": 1}, "stock": 99}));
    let again = post(&kit, PLACE).await;
    assert_eq!((again.status.as_u16(), replayed(&again)), (200, true));
    assert_eq!(
        again.json(),
        json!({"price": 7, "order": {"id": 1}, "stock": 98}),
        "the write is the first, the reads are new"
    );
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn the_backend_of_the_write_alone_gets_a_key_and_no_two_callers_ever_the_same() {
    let key_of = async |caller: &str, key: &str| {
        let backends = well();
        post(&kit(&backends).caller(caller, &[]).key(key), PLACE).await;
        let sent: Vec<_> =
            backends.all_calls().iter().map(|call| call.header("idempotency-key").map(ToOwned::to_owned)).collect();
        assert!(matches!(sent.as_slice(), [None, Some(_), None]), "{sent:?}");
        sent[1].clone().unwrap()
    };
    let first = key_of("u-1", "\"k-1\"").await;
    assert_eq!((first.len(), first.matches('-').count()), (36, 4), "{first}");
    assert_eq!(key_of("u-1", "k-1").await, first, "a repeat has the same, however it is spelt");
    assert_ne!(key_of("u-2", "k-1").await, first);
    assert_ne!(key_of("u-1", "k-2").await, first);
}

#[tokio::test(start_paused = true)]
async fn no_write_begins_for_a_caller_who_waits_no_more_and_its_key_is_free() {
    let backends = well();
    let kit = kit(&backends);
    for waits in ["0", "1"] {
        let late = kit.clone().header("trefoil-timeout-ms", waits);
        for asked in [late.clone(), late.key("k-1")] {
            assert_eq!(asked.send(Method::PUT, "/address", Body::empty()).await.status, 504, "{waits}");
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert_eq!(writes(&backends), 0, "{waits}");
        }
    }
    let answer = kit.key("k-1").send(Method::PUT, "/address", Body::empty()).await;
    assert_eq!((answer.status.as_u16(), replayed(&answer), writes(&backends)), (200, false, 1));
}

#[tokio::test(start_paused = true)]
async fn another_key_is_another_write_and_spelling_makes_none() {
    let backends = well();
    let kit = kit(&backends);
    post(&kit.clone().key("a"), PLACE).await;
    post(&kit.clone().key("b"), PLACE).await;
    assert_eq!(writes(&backends), 2);
    assert!(replayed(&post(&kit.clone().key("\"a\""), PLACE).await));
    assert_eq!(writes(&backends), 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_with_another_input_is_refused() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    post(&kit, PLACE).await;
    for other in ["/baskets/b/order?count=2", "/baskets/c/order?count=1"] {
        let answer = post(&kit, other).await;
        assert_eq!((answer.status.as_u16(), code(&answer).as_str()), (422, "idempotency-key-reused"));
    }
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn while_the_first_is_under_way_a_repeat_is_told_to_wait() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let (first, second) = join(post(&kit, PLACE), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        (post(&kit, PLACE).await, post(&kit, "/baskets/c/order?count=1").await)
    })
    .await;
    assert_eq!(first.status, 200);
    let (same, other) = second;
    assert_eq!((same.status.as_u16(), code(&same).as_str()), (409, "idempotency-key-in-use"));
    assert_eq!(same.headers["retry-after"], "1");
    assert_eq!(other.status, 422);
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn of_many_at_once_one_writes() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let answers = futures_util::future::join_all((0..20).map(|_| post(&kit, PLACE))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 19);
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn the_key_of_another_caller_or_endpoint_is_another_key() {
    let backends = well();
    let kit = kit(&backends);
    post(&kit.clone().key("k"), PLACE).await;
    let other = post(&kit.clone().caller("u-2", &[]).key("k"), PLACE).await;
    assert_eq!(other.json()["order"], json!({"id": 2}), "an order of one's own");
    assert!(!replayed(&other));
    let address = kit.clone().key("k").send(Method::PUT, "/address", Body::empty()).await;
    assert_eq!((address.status.as_u16(), replayed(&address)), (200, false));
}

#[tokio::test(start_paused = true)]
async fn a_missing_key_is_named_before_anything_else_is_looked_at() {
    let backends = well();
    let kit = kit(&backends);
    for path in [PLACE, "/baskets/b/order?count=0", "/baskets/b/order"] {
        let answer = kit.post(path, "{ not json").await;
        assert_eq!((answer.status.as_u16(), code(&answer).as_str()), (400, "missing-idempotency-key"), "{path}");
    }
    // But not before the caller is.
    assert_eq!(Kit::new(&bff(), &backends).send(Method::POST, PLACE, Body::empty()).await.status, 401);
    assert!(backends.all_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_no_key_is_a_400() {
    let backends = well();
    for bad in ["", "\"\"", "\"open", "a b", "a, b", &"x".repeat(256)] {
        let answer = post(&kit(&backends).key(bad), PLACE).await;
        assert_eq!((answer.status.as_u16(), code(&answer).as_str()), (400, "bad-request"), "{bad:?}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("Idempotency-Key"), "{bad:?}");
    }
    let twice = kit(&backends).key("a").key("b");
    assert_eq!(post(&twice, PLACE).await.status, 400);
    assert!(backends.all_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_unfit_input_uses_no_key_up() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    assert_eq!(post(&kit, "/baskets/b/order?count=0").await.status, 422);
    assert_eq!(post(&kit, PLACE).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn without_a_key_where_it_may_lack_each_request_writes_and_ends_with_its_caller() {
    let backends = well();
    let kit = kit(&backends);
    for _ in 0..2 {
        assert_eq!(kit.send(Method::PUT, "/address", Body::empty()).await.status, 200);
    }
    assert_eq!(writes(&backends), 2);
    let left = tokio::time::timeout(Duration::from_millis(5), kit.send(Method::PUT, "/address", Body::empty())).await;
    assert!(left.is_err());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(backends.calls("orders")[2].end, End::GivenUp);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_does_not_stop_the_write_and_finds_its_answer() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    assert!(tokio::time::timeout(Duration::from_millis(20), post(&kit, PLACE)).await.is_err());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(backends.calls("orders")[0].end, End::Answered);
    let again = post(&kit, PLACE).await;
    assert_eq!((again.json()["order"].clone(), replayed(&again)), (json!({"id": 1}), true));
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_does_not_stop_the_write() {
    let backends = FakeBackends::new();
    backends.on("catalog", "/price").json("7");
    backends.on("catalog", "/stock").json("9");
    backends.on("orders", "/orders").slow(3_000).json(r#"{"id":1}"#);
    let kit = kit(&backends).key("k-1");
    let late = post(&kit, PLACE).await;
    assert_eq!((late.status.as_u16(), code(&late).as_str()), (504, "deadline-exceeded"));
    assert_eq!(post(&kit, PLACE).await.status, 409);
    // The backend was told of the write's own time, not of the endpoint's.
    let told: u64 = backends.calls("orders")[0].header("trefoil-timeout-ms").unwrap().parse().unwrap();
    assert!((20_000..=30_000).contains(&told), "{told}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let again = post(&kit, PLACE).await;
    assert_eq!((again.status.as_u16(), replayed(&again)), (200, true));
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_takes_longer_than_its_own_time_frees_its_key() {
    let backends = FakeBackends::new();
    backends.on("orders", "/address").slow(60_000).json("\"here\"");
    let kit = kit(&backends).key("k-1");
    assert_eq!(kit.send(Method::PUT, "/address", Body::empty()).await.status, 504);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(backends.calls("orders")[0].end, End::GivenUp);
    backends.on("orders", "/address").json("\"there\"");
    assert_eq!(kit.send(Method::PUT, "/address", Body::empty()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_indefinite_answer_can_be_tried_again_and_a_definite_one_stands() {
    for (status, answered, tries) in
        [(500, 502, 2), (503, 502, 2), (429, 502, 2), (409, 409, 2), (422, 422, 1), (404, 502, 1)]
    {
        let backends = FakeBackends::new();
        backends.on("catalog", "/price").json("7");
        backends.on("orders", "/orders").status(status);
        let kit = kit(&backends).key("k-1");
        for turn in 0..2 {
            let answer = post(&kit, PLACE).await;
            assert_eq!((answer.status.as_u16(), replayed(&answer)), (answered, turn == 1 && tries == 1), "{status}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(writes(&backends), tries, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_write_failed_is_still_for_that_request_alone() {
    for fails in ["write", "before", "refused"] {
        let backends = well();
        match fails {
            "write" => backends.on("orders", "/orders").status(500),
            "before" => backends.on("catalog", "/price").status(500),
            _ => backends.on("orders", "/orders").refused(),
        }
        let kit = kit(&backends).key("k-1");
        assert!(post(&kit, PLACE).await.status.is_server_error(), "{fails}");
        tokio::time::sleep(Duration::from_millis(1)).await;
        let made = writes(&backends);
        backends.on("orders", "/orders").json(r#"{"id":1}"#);
        backends.on("catalog", "/price").json("7");
        let other = post(&kit, "/baskets/c/order?count=1").await;
        assert_eq!((other.status.as_u16(), code(&other).as_str()), (422, "idempotency-key-reused"), "{fails}");
        assert_eq!(writes(&backends), made, "{fails}");
        assert_eq!(post(&kit, PLACE).await.status, 200, "{fails}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_fails_frees_the_key() {
    let backends = FakeBackends::new();
    backends.on("catalog", "/price").json("7");
    backends.on("catalog", "/stock").json("9");
    backends.on("orders", "/orders").refused();
    let kit = kit(&backends).key("k-1");
    assert_eq!(post(&kit, PLACE).await.status, 503);
    backends.on("orders", "/orders").json(r#"{"id":1}"#);
    assert_eq!(post(&kit, PLACE).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn what_fails_before_the_write_frees_the_key() {
    let backends = well();
    backends.on("catalog", "/price").status(500);
    let kit = kit(&backends).key("k-1");
    assert_eq!(post(&kit, PLACE).await.status, 502);
    assert_eq!(writes(&backends), 0);
    tokio::time::sleep(Duration::from_millis(1)).await;
    backends.on("catalog", "/price").json("8");
    assert_eq!(post(&kit, PLACE).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_before_the_write_frees_the_key() {
    let backends = well();
    backends.on("catalog", "/price").slow(100).json("7");
    let kit = kit(&backends).key("k-1");
    assert!(tokio::time::timeout(Duration::from_millis(20), post(&kit, PLACE)).await.is_err());
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(post(&kit, PLACE).await.status, 200);
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_fit_is_no_reason_to_write_again() {
    let backends = FakeBackends::new();
    backends.on("catalog", "/price").json("7");
    backends.on("orders", "/orders").json(r#"{"identifier":1}"#);
    let kit = kit(&backends).key("k-1");
    for _ in 0..2 {
        assert_eq!(post(&kit, PLACE).await.status, 502);
    }
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_for_its_time_and_no_longer() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let put = || kit.send(Method::PUT, "/address", Body::empty());
    put().await;
    tokio::time::sleep(Duration::from_secs(110)).await;
    assert!(replayed(&put().await));
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert!(!replayed(&put().await));
    assert_eq!(writes(&backends), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_too_large_to_keep_still_stops_a_second_write() {
    let backends = FakeBackends::new();
    backends.on("orders", "/address").json(&format!("\"{}\"", "x".repeat(2_000)));
    let policy = IdempotencyPolicy { max_answer_bytes: 1_024, ..IdempotencyPolicy::default() };
    let idempotency = Idempotency::new(Arc::new(InProcessIdempotency::default()), policy);
    let kit = kit(&backends).idempotency(&idempotency).key("k-1");
    assert_eq!(kit.send(Method::PUT, "/address", Body::empty()).await.status, 200);
    let again = kit.send(Method::PUT, "/address", Body::empty()).await;
    assert_eq!((again.status.as_u16(), code(&again).as_str()), (502, "backend-shape"));
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_heeds_the_key_too() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let stream = kit.clone().header("accept", "application/x-ndjson");
    let first = post(&stream, PLACE).await;
    assert!(String::from_utf8_lossy(&first.body).contains(r#""path":"order","value":{"id":1}"#));
    let again = post(&stream, PLACE).await;
    assert!(replayed(&again));
    assert!(String::from_utf8_lossy(&again.body).contains(r#""path":"order","value":{"id":1}"#));
    assert!(replayed(&post(&kit, PLACE).await), "the face makes no other request");
    assert_eq!(writes(&backends), 1);
}

async fn mutate(kit: &Kit, operation: &str) -> (Value, bool) {
    let answer = kit.post("/graphql", &json!({"query": operation}).to_string()).await;
    (answer.json(), replayed(&answer))
}

#[tokio::test(start_paused = true)]
async fn a_mutation_heeds_the_key_of_its_request() {
    let backends = well();
    let kit = kit(&backends);
    let operation = r#"mutation { placeOrder(basket: "b", count: 1) { order { id } } }"#;
    let (missing, _) = mutate(&kit, operation).await;
    assert_eq!(missing["errors"][0]["extensions"]["code"], "missing-idempotency-key");
    let kit = kit.key("k-1");
    for replay in [false, true] {
        let (answer, replayed) = mutate(&kit, operation).await;
        assert_eq!((answer["data"]["placeOrder"]["order"]["id"].clone(), replayed), (json!(1), replay));
    }
    let (other, _) = mutate(&kit, &operation.replace("count: 1", "count: 2")).await;
    assert_eq!(other["errors"][0]["extensions"]["code"], "idempotency-key-reused");
    // Another selection asks for the same write; so does REST.
    let (more, replayed) = mutate(&kit, &operation.replace("order { id }", "order { id } stock")).await;
    assert_eq!((more["data"]["placeOrder"]["order"]["id"].clone(), replayed), (json!(1), true));
    assert_eq!(post(&kit, PLACE).await.json()["order"], json!({"id": 1}));
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn each_mutation_of_an_operation_is_a_write_of_its_own() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let operation = r#"mutation { a: placeOrder(basket: "b", count: 1) { order { id } } b: placeOrder(basket: "b", count: 1) { order { id } } }"#;
    for _ in 0..2 {
        let (answer, _) = mutate(&kit, operation).await;
        assert_eq!(answer["data"], json!({"a": {"order": {"id": 1}}, "b": {"order": {"id": 2}}}));
    }
    assert_eq!(writes(&backends), 2);
}

/// The codes of an operation's errors, each once.
fn codes(answer: &Value) -> Vec<&str> {
    let mut codes: Vec<&str> = answer["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| error["extensions"]["code"].as_str().unwrap())
        .collect();
    codes.dedup();
    codes
}

fn placing(key: &str, basket: &str) -> String {
    format!("{key}: placeOrder(basket: \"{basket}\", count: 1) {{ order {{ id }} }} ")
}

const MOVING: &str = "moved: putAddress { address } ";

#[tokio::test(start_paused = true)]
async fn a_key_is_for_one_operation_with_all_its_writes_in_their_order() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let mutation = |fields: &[&str]| format!("mutation {{ {} }}", fields.concat());
    let (a, b) = (placing("a", "a"), placing("b", "b"));
    let (first, _) = mutate(&kit, &mutation(&[&a, &b])).await;
    assert_eq!(first["data"], json!({"a": {"order": {"id": 1}}, "b": {"order": {"id": 2}}}));
    for other in [
        mutation(&[&a]),
        mutation(&[&b]),
        mutation(&[&b, &a]),
        mutation(&[&a, &b, &placing("c", "c")]),
        mutation(&[&a, &placing("b", "c")]),
        mutation(&[&a, &a.replace("a:", "b:")]),
        mutation(&[MOVING, &a, &b]),
        mutation(&[&a, MOVING, &b]),
    ] {
        let (answer, _) = mutate(&kit, &other).await;
        assert_eq!(codes(&answer), ["idempotency-key-reused"], "{other}: {answer}");
        assert!(answer["data"].as_object().unwrap().values().all(Value::is_null), "{other}: {answer}");
        assert_eq!(writes(&backends), 2, "{other}");
    }
    let rest = post(&kit, "/baskets/a/order?count=1").await;
    assert_eq!(code(&rest), "idempotency-key-reused");
    // Other aliases ask for the same.
    let (again, replayed) = mutate(&kit, &mutation(&[&placing("x", "a"), &placing("y", "b"), "__typename"])).await;
    assert_eq!(again["data"]["x"], json!({"order": {"id": 1}}));
    assert_eq!((again["data"]["y"].clone(), replayed), (json!({"order": {"id": 2}}), true));
    assert_eq!(writes(&backends), 2);
}

#[tokio::test(start_paused = true)]
async fn an_operation_after_a_request_with_its_key_makes_no_write() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    post(&kit, "/baskets/b/order?count=1").await;
    let operation = format!("mutation {{ {MOVING} {} {} }}", placing("a", "a"), placing("b", "b"));
    let (answer, _) = mutate(&kit, &operation).await;
    assert_eq!(codes(&answer), ["idempotency-key-reused"], "{answer}");
    assert_eq!(writes(&backends), 1);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_of_an_operation_makes_what_failed_and_no_more() {
    let backends = well();
    backends.on("orders", "/address").method(Method::PUT).status(500);
    let kit = kit(&backends).key("k-1");
    let operation = format!("mutation {{ {} {MOVING} {} }}", placing("a", "a"), placing("b", "b"));
    let (first, replays) = mutate(&kit, &operation).await;
    assert_eq!(
        (&first["data"]["moved"], &first["data"]["b"]["order"]["id"], replays),
        (&json!(null), &json!(2), false)
    );
    tokio::time::sleep(Duration::from_millis(1)).await;
    backends.on("orders", "/address").method(Method::PUT).json("\"here\"");
    let (second, replays) = mutate(&kit, &operation).await;
    let expected = json!({"a": {"order": {"id": 1}}, "moved": {"address": "here"}, "b": {"order": {"id": 2}}});
    assert_eq!((&second["data"], replays), (&expected, true), "{second}");
    assert_eq!(writes(&backends), 4);
}

#[tokio::test(start_paused = true)]
async fn while_an_operation_is_under_way_a_repeat_begins_nothing() {
    let backends = well();
    let operation = format!("mutation {{ {} {} }}", placing("a", "a"), placing("b", "b"));
    for waits in [20, 70] {
        let kit = kit(&backends).key(&format!("k-{waits}"));
        let made = writes(&backends);
        let (first, (second, _)) = join(mutate(&kit, &operation), async {
            tokio::time::sleep(Duration::from_millis(waits)).await;
            mutate(&kit, &operation).await
        })
        .await;
        assert_eq!(codes(&second), ["idempotency-key-in-use"], "{waits}: {second}");
        assert_eq!(codes(&first.0), [""; 0], "{waits}");
        assert_eq!(writes(&backends), made + 2, "{waits}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_without_a_key_that_it_needs_makes_no_write_before_it_says_so() {
    let backends = well();
    let operation = format!("mutation {{ {MOVING} {} }}", placing("a", "a"));
    for (kit, expected) in [
        (kit(&backends), "missing-idempotency-key"),
        (kit(&backends).header("idempotency-key", "no key"), "bad-request"),
    ] {
        let (answer, _) = mutate(&kit, &operation).await;
        assert_eq!(answer["data"], json!({"moved": null, "a": null}), "{answer}");
        assert_eq!((codes(&answer), writes(&backends)), (vec![expected], 0), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_an_operation_leaves_the_writes_to_come_undone_and_their_keys_free() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    let operation = format!("mutation {{ {} {} }}", placing("a", "a"), placing("b", "b"));
    assert!(tokio::time::timeout(Duration::from_millis(20), mutate(&kit, &operation)).await.is_err());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(writes(&backends), 1);
    let (answer, replays) = mutate(&kit, &operation).await;
    assert_eq!((codes(&answer), replays, writes(&backends)), (vec![], true, 2), "{answer}");
}

/// A store whose answer takes a while, or is never heard.
struct Far(InProcessIdempotency);

impl IdempotencyStore for Far {
    fn begin(&self, claim: Claim, lease: Duration, keep: Duration) -> BoxFuture<'_, Result<Begun, StoreError>> {
        let begun = self.0.begin(claim, lease, keep);
        Box::pin(async move {
            let begun = begun.await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            begun
        })
    }

    fn complete(&self, claim: Claim, stored: Stored, keep: Duration) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.0.complete(claim, stored, keep)
    }

    fn abandon(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.abandon(claim)
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_while_the_store_is_asked_frees_the_key() {
    let backends = well();
    let store = Arc::new(Far(InProcessIdempotency::default()));
    let kit = kit(&backends).idempotency(&Idempotency::new(store, IdempotencyPolicy::default())).key("k-1");
    assert!(tokio::time::timeout(Duration::from_millis(10), post(&kit, PLACE)).await.is_err());
    tokio::time::sleep(Duration::from_millis(1)).await;
    let other = post(&kit, "/baskets/b/order?count=2").await;
    assert_eq!((other.status.as_u16(), code(&other).as_str()), (422, "idempotency-key-reused"));
    assert_eq!(post(&kit, PLACE).await.status, 200);
    assert_eq!(writes(&backends), 1);
}

/// A store that is gone, or goes when the answer is to be kept.
#[derive(Default)]
struct Gone {
    begins: bool,
    completes: AtomicUsize,
}

impl IdempotencyStore for Gone {
    fn begin(&self, _: Claim, _: Duration, _: Duration) -> BoxFuture<'_, Result<Begun, StoreError>> {
        let answer = if self.begins { Ok(Begun::Fresh) } else { Err(StoreError("gone".to_owned())) };
        Box::pin(std::future::ready(answer))
    }

    fn complete(&self, _: Claim, _: Stored, _: Duration) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.completes.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Err(StoreError("gone".to_owned()))))
    }

    fn abandon(&self, _: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(Err(StoreError("gone".to_owned()))))
    }
}

#[tokio::test(start_paused = true)]
async fn without_its_store_a_write_does_what_its_policy_says() {
    for (when_store_fails, status, made) in [(WhenStoreFails::Closed, 503, 0), (WhenStoreFails::Open, 200, 1)] {
        let backends = well();
        let policy = IdempotencyPolicy { when_store_fails, ..IdempotencyPolicy::default() };
        let idempotency = Idempotency::new(Arc::new(Gone::default()), policy);
        let kit = kit(&backends).idempotency(&idempotency);
        let answer = post(&kit.clone().key("k-1"), PLACE).await;
        assert_eq!((answer.status.as_u16(), writes(&backends)), (status, made));
        if made == 0 {
            assert_eq!(code(&answer), "idempotency-store-unavailable");
            assert_eq!(answer.headers["retry-after"], "1");
        } else {
            assert!(backends.calls("orders")[0].header("idempotency-key").is_some());
        }
        // What needs no key needs no store.
        assert_eq!(kit.send(Method::PUT, "/address", Body::empty()).await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_goes_while_a_write_is_made_is_asked_again() {
    let backends = well();
    let store = Arc::new(Gone { begins: true, completes: AtomicUsize::new(0) });
    let idempotency = Idempotency::new(Arc::clone(&store) as Arc<dyn IdempotencyStore>, IdempotencyPolicy::default());
    // Who waits is told at once: the write was made.
    assert_eq!(post(&kit(&backends).idempotency(&idempotency).key("k-1"), PLACE).await.status, 200);
    idempotency.settled().await;
    assert_eq!(store.completes.load(Ordering::SeqCst), 5);
}

#[tokio::test(start_paused = true)]
async fn a_process_can_wait_for_the_writes_that_nobody_waits_for() {
    let backends = well();
    let idempotency = Idempotency::default();
    let kit = kit(&backends).idempotency(&idempotency).key("k-1");
    assert!(tokio::time::timeout(Duration::from_millis(20), post(&kit, PLACE)).await.is_err());
    idempotency.settled().await;
    assert_eq!(backends.calls("orders")[0].end, End::Answered);
}

#[test]
fn the_document_tells_of_the_key() {
    let document: Value = serde_json::from_str(&bff().compile().unwrap().openapi()).unwrap();
    let operation = &document["paths"]["/shop/baskets/{basket}/order"]["post"];
    let key = |operation: &Value| {
        let params = operation["parameters"].as_array().unwrap();
        params.iter().find(|param| param["name"] == "Idempotency-Key").unwrap().clone()
    };
    assert_eq!((&key(operation)["in"], &key(operation)["required"]), (&json!("header"), &json!(true)));
    assert_eq!(key(&document["paths"]["/shop/address"]["put"])["required"], json!(false));
    let codes = document["components"]["responses"].to_string();
    for code in
        ["missing-idempotency-key", "idempotency-key-in-use", "idempotency-key-reused", "idempotency-store-unavailable"]
    {
        assert!(codes.contains(code), "{code}");
    }
    for status in ["400", "409", "422", "503"] {
        assert!(operation["responses"][status].is_object(), "{status}");
    }
}
