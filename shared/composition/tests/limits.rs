//! Limits that an operator moved hold behind every face, and what they lie over is still known.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::collections::BTreeMap;
use std::time::Duration;

use home::{bff, well};
use serde_json::json;
use tokio::time::Instant;
use trefoil_composition::{Bff, CompiledBff, Kept, LimitError, Limits, StandardCaller, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn within(times: &[(&str, u64)]) -> Limits {
    let times: BTreeMap<String, Duration> = times.iter().map(|&(path, time)| (path.to_owned(), millis(time))).collect();
    Limits { within: times, ..Limits::default() }
}

fn limited(endpoint: &str, limits: Limits) -> CompiledBff {
    let mut bff = bff().compile().unwrap();
    assert_eq!(bff.limit(endpoint, limits), Ok(true));
    bff
}

fn kit(bff: CompiledBff, backends: &FakeBackends) -> Kit {
    Kit::compiled(bff, backends).caller("u-1", &["home:read"])
}

/// Asks for the screen as REST, as a stream and as GraphQL; each with the time that it took.
async fn every_face(bff: &CompiledBff, backends: &FakeBackends, query: &str) -> Vec<(Answer, Duration)> {
    let kit = kit(bff.clone(), backends);
    let mut answers = Vec::new();
    let started = Instant::now();
    answers.push((kit.get("/home").await, started.elapsed()));
    let started = Instant::now();
    answers.push((kit.clone().header("accept", "application/x-ndjson").get("/home").await, started.elapsed()));
    let started = Instant::now();
    answers.push((kit.post("/graphql", &json!({ "query": query }).to_string()).await, started.elapsed()));
    answers
}

#[tokio::test(start_paused = true)]
async fn a_moved_deadline_holds_behind_every_face() {
    let bff = limited("home", Limits { deadline: Some(millis(700)), ..Limits::default() });
    let backends = well();
    backends.on("users", "/users/u-1").slow(9_000).json("{}");
    for (_, took) in every_face(&bff, &backends, "{ home { profile { name } } }").await {
        assert!(millis(680) < took && took <= millis(701), "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_moved_time_of_a_call_holds_behind_every_face_and_for_any_selection() {
    let bff = limited("home", within(&[("picks", 20)]));
    let backends = well();
    backends.on("recommendations", "/segments/").slow(60).json(r#"["lamp"]"#);
    // By itself, and under another name: a part of the endpoint has the limits of the whole.
    for query in ["{ home { picks } }", "{ home { these: picks orders { id } } }"] {
        for (answer, took) in every_face(&bff, &backends, query).await {
            assert!(answer.text().contains("timeout") || answer.header("trefoil-degraded").is_some(), "{answer:?}");
            assert!(millis(20) <= took && took < millis(30), "{took:?}");
        }
    }
    // What is declared would have let it pass.
    let declared = kit(home::bff().compile().unwrap(), &backends).get("/home").await;
    assert_eq!(declared.header("trefoil-degraded"), None);
}

#[tokio::test(start_paused = true)]
async fn added_scopes_are_asked_for_beside_the_declared_ones_behind_every_face() {
    let bff = limited("home", Limits { scopes: vec!["home:vip".into(), "home:read".into()], ..Limits::default() });
    let backends = well();
    let answers = every_face(&bff, &backends, "{ home { picks } }").await;
    assert_eq!(answers[0].0.status.as_u16(), 403);
    assert!(answers[0].0.text().contains("home:read home:vip"), "{}", answers[0].0.text());
    assert_eq!(answers[1].0.status.as_u16(), 403);
    assert!(answers[2].0.text().contains("insufficient-scope"), "{}", answers[2].0.text());
    assert!(backends.all_calls().is_empty());
    let allowed = Kit::compiled(bff, &backends).caller("u-1", &["home:read", "home:vip"]).get("/home").await;
    assert_eq!(allowed.status.as_u16(), 200);
}

#[test]
fn what_was_moved_is_drawn_and_listed_beside_what_was_declared() {
    let limits = Limits {
        deadline: Some(millis(150)),
        scopes: vec!["home:vip".into()],
        ..within(&[("picks", 120), ("nicknameOf", 50)])
    };
    let bff = limited("home", limits);
    let plan = bff.plan("home").unwrap();
    let drawn = plan.draw();
    for part in [
        "deadline 150 ms (by config; declared 300 ms)",
        "scopes home:read, home:vip (by config: home:vip)",
        "within 120 ms (by config; declared 80 ms)",
        "within 50 ms (by config; declared none)",
    ] {
        assert!(drawn.contains(part), "{part}:\n{drawn}");
    }
    let route = bff.routes().into_iter().find(|route| route.endpoint == "home").unwrap();
    assert_eq!(route.deadline, millis(150));
    let moved: Vec<String> = route.moved.iter().map(ToString::to_string).collect();
    assert_eq!(
        moved,
        [
            "deadline: 150 ms by config, 300 ms as declared",
            "within of picks: 120 ms by config, 80 ms as declared",
            "within of nicknameOf: 50 ms by config, none as declared",
            "scopes: home:vip by config, beside those declared",
        ]
    );
    assert!(bff.routes().iter().filter(|route| route.endpoint != "home").all(|route| route.moved.is_empty()));
}

#[test]
fn findings_are_those_of_the_limits_that_hold() {
    let says = |bff: &CompiledBff, part: &str| {
        bff.plan("home").unwrap().findings().iter().any(|finding| finding.to_string().contains(part))
    };
    assert!(says(&bff().compile().unwrap(), "home.nicknameOf: it may be missing, and has no `within`"));
    let limits = Limits { deadline: Some(millis(90)), ..within(&[("nicknameOf", 60)]) };
    let bff = limited("home", limits);
    assert!(!says(&bff, "home.nicknameOf: it may be missing, and has no `within`"));
    assert!(says(&bff, "the deadline is 90 ms"));
}

#[test]
fn limits_that_do_not_fit_are_refused_and_nothing_is_moved() {
    let mut bff = bff().compile().unwrap();
    assert_eq!(bff.limit("hoem", Limits::default()), Ok(false));
    let errors = bff.limit("home", Limits { deadline: Some(millis(1)), ..within(&[("pick", 1)]) }).unwrap_err();
    let [LimitError::UnknownField { field, known, .. }] = errors.as_slice() else { panic!("{errors:?}") };
    assert!(field == "pick" && known.contains(&"picks".to_owned()), "{errors:?}");
    assert_eq!(bff.plan("home").unwrap().deadline, millis(300));
    let errors = bff.limit("status", Limits { scopes: vec!["a".into()], ..Limits::default() }).unwrap_err();
    assert_eq!(errors, [LimitError::Public { endpoint: "status".into() }]);
}

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    /// The product.
    #[call(Shop, get = "/products", batch(ids = product_id, by = id), within = "80ms")]
    pub(crate) product: Option<Named>,
}

#[view]
pub(crate) struct Named {
    pub(crate) id: u64,
}

/// Two lists of lines, whose products are one batch.
#[composition(get = "/lists")]
pub(crate) struct Lists {
    /// What is bought.
    #[call(Shop, get = "/bought")]
    pub(crate) bought: Vec<Line>,
    /// What is liked.
    #[call(Shop, get = "/liked")]
    pub(crate) liked: Option<Vec<Line>>,
}

#[tokio::test(start_paused = true)]
async fn fields_that_one_call_fills_have_one_time_in_whatever_part_is_asked_for() {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Lists>().compile().unwrap();
    let mut clash = bff.clone();
    let errors = clash.limit("lists", within(&[("bought.product", 20), ("liked.product", 30)])).unwrap_err();
    assert!(matches!(errors.as_slice(), [LimitError::OneCall { .. }]), "{errors:?}");

    let mut bff = bff;
    bff.limit("lists", within(&[("bought.product", 20)])).unwrap();
    let moved = bff.plan("lists").unwrap().moved.len();
    assert_eq!(moved, 2, "both fields are named");
    let backends = FakeBackends::new();
    backends.on("shop", "/bought").json("[]");
    backends.on("shop", "/liked").json(r#"[{"product_id": 1}]"#);
    backends.on("shop", "/products").slow(60).json(r#"[{"id": 1}]"#);
    let kit = Kit::compiled(bff, &backends).caller("u-1", &[]);
    let query = json!({ "query": "{ lists { liked { product { id } } } }" }).to_string();
    let answer = kit.post("/graphql", &query).await;
    assert!(answer.text().contains("timeout"), "{}", answer.text());
}

/// A product, whose call's answers are kept.
#[composition(get = "/product", public)]
pub(crate) struct ProductPage {
    /// The product.
    #[call(Shop, get = "/product", cache("60s", shared), within = "80ms")]
    pub(crate) product: Option<Named>,
    /// What is never kept.
    #[call(Shop, get = "/stock", within = "80ms")]
    pub(crate) stock: Option<Named>,
}

#[tokio::test(start_paused = true)]
async fn a_moved_time_of_what_is_kept_holds_behind_every_face() {
    let mut bff = Bff::new("web").caller::<StandardCaller>().endpoint::<ProductPage>().compile().unwrap();
    let kept = |path: &str, seconds| {
        let times = Kept { ttl: Some(Duration::from_secs(seconds)), ..Kept::default() };
        Limits { kept: [(path.to_owned(), times)].into(), ..Limits::default() }
    };
    let errors = bff.limit("productPage", kept("stock", 5)).unwrap_err();
    assert_eq!(errors, [LimitError::NotKept { field: "stock".into() }]);
    bff.limit("productPage", kept("product", 5)).unwrap();
    let drawn = bff.plan("productPage").unwrap().draw();
    assert!(drawn.contains("kept for 5 s for all (ttl by config; declared 60 s)"), "{drawn}");

    let backends = FakeBackends::new();
    backends.on("shop", "/product").json(r#"{"id": 1}"#);
    backends.on("shop", "/stock").json(r#"{"id": 1}"#);
    let kit = Kit::compiled(bff, &backends);
    let asked = || backends.calls("shop").iter().filter(|call| call.path == "/product").count();
    let query = json!({ "query": "{ productPage { product { id } } }" }).to_string();
    for calls in [1, 2, 3] {
        // Whoever asks first by either face pays for the other.
        kit.get("/product").await;
        kit.post("/graphql", &query).await;
        assert_eq!(asked(), calls);
        // As declared it would be fresh for a minute.
        tokio::time::advance(Duration::from_secs(6)).await;
    }
    kit.post("/graphql", &query).await;
    assert_eq!(asked(), 4);
}
