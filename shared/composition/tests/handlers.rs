//! The escape hatch: a handler has what a composition has, and clients see no difference.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic, reason = "tests")]

extern crate trefoil_composition as trefoil;

use std::time::Duration;

use serde_json::Value;
pub use trefoil_composition::StandardCaller as Caller;
use trefoil_composition::declare::Access;
use trefoil_composition::handler::{
    BackendCall, Backends, Caller as Asker, Handler, IntoResponse, Method, Path, Problem, StatusCode,
};
use trefoil_composition::limits::Limits;
use trefoil_composition::{Bff, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

#[backend]
pub struct Orders;

#[backend]
pub struct Users;

/// An order.
#[view]
pub struct Order {
    /// Its id.
    pub id: u64,
}

fn orders(backends: &Backends, caller: &Asker) -> BackendCall {
    backends.get::<Orders>("/users/{}/orders").value(&caller.id).query("limit", 5).query("q", "a&b=c d")
}

async fn ids(backends: Backends, caller: Asker) -> Result<impl IntoResponse, Problem> {
    let orders: Vec<Order> = orders(&backends, &caller).header("x-of", &caller.id).json().await?;
    let ids: Vec<String> = orders.iter().map(|order| order.id.to_string()).collect();
    Ok(([("content-type", "text/csv")], ids.join("\n")))
}

fn handler() -> Handler {
    Handler::get("orderIds", "/orders.csv", ids)
        .doc("The ids of the latest orders.\n\nOne a line.")
        .scopes(["orders:read"])
        .deadline(Duration::from_millis(300))
        .calls::<Orders>()
        .answers("text/csv")
}

fn kit(handler: Handler, backends: &FakeBackends) -> Kit {
    Kit::new(&Bff::new("shop").handler(handler), backends).caller("u/1", &["orders:read"])
}

async fn answer(plan: impl FnOnce(trefoil_testing::Route)) -> (Answer, FakeBackends) {
    let backends = FakeBackends::new();
    plan(backends.on("orders", "/users/"));
    (kit(handler(), &backends).get("/orders.csv").await, backends)
}

fn code(answer: &Answer) -> (u16, Value) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.text());
    assert!(
        !answer.text().contains("orders.test") && !answer.text().contains("detail that no client"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.json()["requestId"], "test");
    (answer.status.as_u16(), answer.json()["code"].clone())
}

#[tokio::test]
async fn it_calls_with_the_callers_identity_and_every_value_encoded_for_its_place() {
    let (answer, backends) = answer(|route| route.json(r#"[{"id": 7, "secret": 1}, {"id": 8}]"#)).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "7\n8"));
    assert_eq!(answer.header("content-type"), Some("text/csv"));
    let call = &backends.calls("orders")[0];
    assert_eq!(call.path, "/users/u%2F1/orders?limit=5&q=a%26b%3Dc%20d");
    assert_eq!((call.header("trefoil-caller"), call.header("x-of")), (Some("u/1"), Some("u/1")));
    let left: u64 = call.header("trefoil-timeout-ms").unwrap().parse().unwrap();
    assert!((1..300).contains(&left), "{left}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_has_the_code_that_a_required_call_would_have() {
    type Plan = fn(trefoil_testing::Route);
    let cases: [(Plan, u16, &str); 9] = [
        (|route| route.slow(1_000).json("[]"), 504, "deadline-exceeded"),
        (|route| route.refused(), 503, "backend-unreachable"),
        (|route| route.broken(), 503, "backend-unreachable"),
        (|route| route.status(500), 502, "backend-status"),
        (|route| route.status(404), 502, "backend-status"),
        (|route| route.json(r#"[{"id": "seven"}]"#), 502, "backend-shape"),
        (|route| route.json("[] []"), 502, "backend-shape"),
        (|route| route.json(r#"[{"id": 1, "id": 2}]"#), 502, "backend-shape"),
        (|route| route.answer(200, "text/html", "[]"), 502, "backend-shape"),
    ];
    for (plan, status, name) in cases {
        assert_eq!(code(&answer(plan).await.0), (status, name.into()));
    }
    // No body is null, and a list is never null.
    assert_eq!(code(&answer(|route| route.status(204)).await.0), (502, "backend-shape".into()));
}

#[tokio::test]
async fn the_edges_rules_hold_before_it_is_run() {
    let backends = FakeBackends::new();
    let bff = Bff::new("shop").handler(handler());
    assert_eq!(code(&Kit::new(&bff, &backends).get("/orders.csv").await), (401, "unauthenticated".into()));
    let stranger = Kit::new(&bff, &backends).caller("u-1", &["home:read"]).get("/orders.csv").await;
    assert_eq!(code(&stranger), (403, "insufficient-scope".into()));
    assert!(backends.all_calls().is_empty());
    let posted = Kit::new(&bff, &backends).caller("u-1", &["orders:read"]).post("/orders.csv", "{}").await;
    assert_eq!(posted.status, 405);
}

#[tokio::test(start_paused = true)]
async fn its_deadline_holds_whatever_it_does_and_a_caller_can_shorten_it() {
    async fn sleeps() -> &'static str {
        tokio::time::sleep(Duration::from_secs(10)).await;
        "at last"
    }
    let kit = kit(Handler::get("slow", "/slow", sleeps).deadline(Duration::from_millis(50)), &FakeBackends::new());
    for (kit, most) in [(kit.clone(), 51), (kit.header("trefoil-timeout-ms", "20"), 21)] {
        let started = tokio::time::Instant::now();
        assert_eq!(code(&kit.get("/slow").await), (504, "deadline-exceeded".into()));
        assert!(started.elapsed() <= Duration::from_millis(most), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn an_absent_thing_is_none_and_a_status_can_be_passed_on() {
    async fn one(backends: Backends, Path(id): Path<String>) -> Result<String, Problem> {
        let call = backends.get::<Orders>("/orders/{}").value(id);
        let order: Option<Order> = call.absent(404).pass(410).json().await?;
        Ok(order.map_or_else(|| "none".to_owned(), |order| order.id.to_string()))
    }
    let backends = FakeBackends::new();
    backends.on("orders", "/orders/1").json(r#"{"id": 1}"#);
    backends.on("orders", "/orders/2").status(404);
    backends.on("orders", "/orders/3").status(410);
    let kit = kit(Handler::get("order", "/orders/{id}", one).calls::<Orders>(), &backends);
    assert_eq!(kit.get("/orders/1").await.text(), "1");
    assert_eq!(kit.get("/orders/2").await.text(), "none");
    assert_eq!(code(&kit.get("/orders/3").await), (410, "gone".into()));
    // What would leave its segment is never sent.
    let before = backends.all_calls().len();
    assert_eq!(code(&kit.get("/orders/%2e%2e").await), (502, "backend-shape".into()));
    assert_eq!(backends.all_calls().len(), before);
}

#[tokio::test]
async fn it_writes_once_with_a_body_of_its_own() {
    async fn place(backends: Backends) -> Result<StatusCode, Problem> {
        let call = backends.call::<Orders>(Method::POST, "/orders").body(&serde_json::json!({ "lines": [1] }));
        let _placed: Value = call.json().await?;
        Ok(StatusCode::CREATED)
    }
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json("{}");
    let kit = kit(Handler::new(Method::POST, "place", "/orders", place).calls::<Orders>(), &backends);
    assert_eq!(kit.post("/orders", "{}").await.status, 201);
    let calls = backends.calls("orders");
    assert_eq!(
        (calls.len(), calls[0].method.as_str(), calls[0].header("content-type")),
        (1, "POST", Some("application/json"))
    );
}

#[tokio::test]
async fn an_answer_is_kept_for_its_caller_alone_unless_it_is_for_all_and_never_one_of_no_use() {
    async fn mine(backends: Backends) -> Result<String, Problem> {
        backends.get::<Orders>("/mine").cached(Duration::from_secs(60)).json().await
    }
    async fn everybodys(backends: Backends) -> Result<String, Problem> {
        backends.get::<Orders>("/all").cached_for_all(Duration::from_secs(60)).json().await
    }
    let backends = FakeBackends::new();
    backends.on("orders", "/mine").json(r#""mine""#);
    backends.on("orders", "/all").json("7");
    let bff = Bff::new("shop")
        .handler(Handler::get("mine", "/mine", mine).calls::<Orders>())
        .handler(Handler::get("all", "/all", everybodys).calls::<Orders>());
    let kit = Kit::new(&bff, &backends);
    let (one, other) = (kit.clone().caller("u-1", &[]), kit.caller("u-2", &[]));
    for (kit, calls) in [(&one, 1), (&one, 1), (&other, 2)] {
        assert_eq!(kit.get("/mine").await.text(), "mine");
        assert_eq!(backends.calls("orders").len(), calls);
    }
    // A number where a text was expected.
    assert_eq!(code(&one.get("/all").await), (502, "backend-shape".into()));
    backends.on("orders", "/all").json(r#""all""#);
    for kit in [&one, &other] {
        assert_eq!(kit.get("/all").await.text(), "all");
    }
    assert_eq!(backends.calls("orders").len(), 4, "the useless one was not kept, the good one was");
    assert!(backends.calls("orders")[3].header("trefoil-caller").is_none());
}

#[tokio::test]
async fn what_it_does_not_say_it_calls_it_cannot_call() {
    async fn sneaks(backends: Backends) -> Result<(), Problem> {
        backends.get::<Users>("/users").json::<Value>().await.map(drop)
    }
    let backends = FakeBackends::new();
    let answer = kit(Handler::get("sneaks", "/sneaks", sneaks).calls::<Orders>(), &backends).get("/sneaks").await;
    assert_eq!(code(&answer), (503, "backend-unreachable".into()));
    assert!(backends.all_calls().is_empty());
}

#[tokio::test]
async fn headers_by_which_backends_know_who_asks_are_the_gateways() {
    async fn forges(backends: Backends) -> Result<(), Problem> {
        backends.get::<Orders>("/orders").header("Trefoil_Caller", "root").json::<Value>().await.map(drop)
    }
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json("{}");
    let answer =
        kit(Handler::get("forges", "/forges", forges).calls::<Orders>().public(), &backends).get("/forges").await;
    assert_eq!(code(&answer), (502, "backend-shape".into()));
    assert!(backends.all_calls().is_empty());
}

#[tokio::test]
async fn a_public_handler_asks_for_no_token_and_learns_of_no_caller() {
    async fn hello(caller: Result<Asker, Problem>) -> String {
        caller.map_or_else(|_| "hello".to_owned(), |caller| caller.id.clone())
    }
    let bff = Bff::new("shop").handler(Handler::get("hello", "/hello", hello).public());
    for kit in [Kit::new(&bff, &FakeBackends::new()), Kit::new(&bff, &FakeBackends::new()).caller("u-1", &[])] {
        assert_eq!(kit.get("/hello").await.text(), "hello");
    }
    let public = bff.compile().unwrap().public_routes();
    assert!(public.contains(&(Method::GET, "/hello".to_owned())), "{public:?}");
}

/// The latest orders.
#[composition(get = "/orders", deadline = "300ms")]
pub struct OrderList {
    /// The orders.
    #[call(Orders, get = "/orders")]
    pub orders: Vec<Order>,
}

#[test]
fn a_handler_that_clashes_or_cannot_be_served_is_found_before_anything_is_served() {
    async fn nothing() {}
    let with = |name: &str, path: &str| Handler::get(name, path, nothing);
    for (handler, reason) in [
        (with("other", "/orders"), "is answered by"),
        (with("orderList", "/other"), "have this name"),
        (with("other", "/graphql"), "the BFF's own pages"),
        (with("Other", "/other"), "no name of an endpoint"),
        (with("other", "other"), "no path of an endpoint"),
        (with("other", "/a//b"), "no path of an endpoint"),
        (with("other", "/{*rest}"), "no path of an endpoint"),
        (with("other", "/{id}.csv"), "no path of an endpoint"),
        (with("other", "/{id}/{id}"), "a parameter twice"),
        (with("other", "/{id}").param("it", ""), "no parameter `it`"),
        (with("other", "/other").deadline(Duration::ZERO), "no time"),
    ] {
        let errors = Bff::new("shop").endpoint::<OrderList>().handler(handler.clone()).compile().unwrap_err();
        let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(text.iter().any(|text| text.contains(reason)), "{handler:?}: {text:?}");
    }
    let twice = Bff::new("shop").handler(with("one", "/{a}")).handler(with("two", "/{b}")).compile().unwrap_err();
    assert!(twice[0].to_string().contains("names the parameters"), "{twice:?}");
}

#[test]
fn it_is_listed_and_documented_beside_the_endpoints_and_is_not_in_graphql() {
    async fn nothing(_: Path<u64>) {}
    let one = Handler::get("report", "/reports/{id}", nothing).param("id", "Which.").public();
    let bff = Bff::new("shop").endpoint::<OrderList>().handler(handler()).handler(one).compile().unwrap();
    let routes = bff.routes();
    assert_eq!(routes[1].path, "/shop/orders.csv");
    assert_eq!(
        (routes[1].endpoint.as_str(), routes[1].deadline, routes[1].calls),
        ("orderIds", Duration::from_millis(300), None)
    );
    assert_eq!(routes[0].calls, Some(1));
    assert!(bff.backends().contains("orders"));
    assert!(!bff.graphql().contains("orderIds"));

    let document: Value = serde_json::from_str(&bff.openapi()).unwrap();
    let get = &document["paths"]["/shop/orders.csv"]["get"];
    assert_eq!((&get["summary"], &get["operationId"]), (&"The ids of the latest orders.".into(), &"orderIds".into()));
    assert!(get["description"].as_str().unwrap().contains("Needs the scopes: `orders:read`."), "{get}");
    assert_eq!(get["responses"]["200"]["content"]["text/csv"]["schema"]["type"], "string");
    assert_eq!(get["security"][0]["bearer"][0], "orders:read");
    for status in ["401", "403", "502", "503", "504"] {
        assert!(get["responses"][status].is_object(), "{status}");
    }
    let report = &document["paths"]["/shop/reports/{id}"]["get"];
    assert_eq!(
        (&report["parameters"][0]["name"], &report["parameters"][0]["description"]),
        (&"id".into(), &"Which.".into())
    );
    assert!(report["responses"]["401"].is_null() && report["responses"]["502"].is_null(), "{report}");
}

#[test]
fn an_operator_moves_its_deadline_and_adds_scopes_as_for_any_endpoint() {
    let mut bff = Bff::new("shop").handler(handler()).compile().unwrap();
    let limits =
        Limits { deadline: Some(Duration::from_secs(2)), scopes: vec!["export".to_owned()], ..Limits::default() };
    assert_eq!(bff.limit("orderIds", limits), Ok(true));
    let route = &bff.routes()[0];
    assert_eq!((route.deadline, route.moved.len()), (Duration::from_secs(2), 2));
    assert!(matches!(&route.access, Access::Token { scopes } if *scopes == ["orders:read", "export"]));
    let within = Limits { within: [("orders".to_owned(), Duration::from_millis(5))].into(), ..Limits::default() };
    assert!(bff.limit("orderIds", within).is_err(), "it has no fields");
}
