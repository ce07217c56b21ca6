//! `()`: a call that is made for its effect, or to know that it succeeds. Nothing of its answer is read or shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use trefoil_backend::{BackendConfig, Cache, CacheConfig, Clients, Coding, CompressionConfig};
use trefoil_composition::{Bff, Idempotency, StandardCaller, backend, composition, input, view};
use trefoil_context::{Caller, IdentityHeaders, RequestContext};
use trefoil_testing::{FakeBackends, Kit, Received, Reply};

#[backend]
pub(crate) struct Shop;

#[input]
pub(crate) struct OrderInput {
    #[path]
    pub(crate) id: u64,
}

/// Cancels an order.
#[composition(delete = "/orders/{id}", input = OrderInput)]
pub(crate) struct CancelOrder(
    /// That it is cancelled.
    #[call(Shop, delete = "/orders/{path.id}", pass = [404])]
    pub(crate) (),
);

/// Cancels an order once, and tells those who wait for it.
#[composition(post = "/orders/{id}/cancel", input = OrderInput, idempotency(required), status = 202, location = "/web/jobs/{job}")]
pub(crate) struct CancelOnce {
    /// That it is asked for.
    #[call(Shop, post = "/orders/{path.id}/cancel")]
    pub(crate) asked: (),
    /// Where it goes on.
    #[hidden]
    #[from(asked, header = "x-job")]
    pub(crate) job: Option<u64>,
    /// May not be done.
    #[call(Shop, get = "/ping")]
    pub(crate) told: Option<()>,
}

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
    /// Fails for whom may not see it.
    #[call(Shop, get = "/permits/{id}", each(at_once = 4))]
    pub(crate) permit: (),
}

/// Marks a basket, and shows what is there then.
#[composition(put = "/basket/mark")]
pub(crate) struct Mark {
    /// That it is marked.
    #[call(Shop, put = "/basket/mark")]
    pub(crate) marked: (),
    /// The orders, read after it.
    #[call(Shop, get = "/orders")]
    pub(crate) orders: Vec<Option<Order>>,
    /// What there may be.
    #[call(Shop, get = "/note")]
    pub(crate) note: Option<String>,
}

/// Whether the caller may come in.
#[composition(get = "/door")]
pub(crate) struct Door {
    /// The permit.
    #[call(Shop, get = "/permits/door", pass = [403])]
    pub(crate) permit: (),
}

/// Rings the bell, after the note is read.
#[composition(post = "/bell")]
pub(crate) struct Ring {
    /// What is rung.
    #[hidden]
    #[call(Shop, get = "/note")]
    pub(crate) note: Option<String>,
    /// That it has rung.
    #[root]
    #[call(Shop, get = "/ping")]
    pub(crate) done: Option<()>,
}

/// Wakes the shop, if that can be done.
#[composition(get = "/wake")]
pub(crate) struct Wake(#[call(Shop, get = "/ping")] pub(crate) Option<()>);

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("shop", "/orders/7").method(Method::DELETE).answer(204, "text/plain", "");
    backends
        .on("shop", "/orders/7/cancel")
        .method(Method::POST)
        .reply(Reply::answer(202, "text/plain", "soon").header("x-job", "9"));
    backends.on("shop", "/ping").answer(200, "text/plain", "pong");
    backends.on("shop", "/basket/mark").slow(20).answer(200, "text/html", "<p>marked");
    backends.on("shop", "/orders").method(Method::GET).json(r#"[{"id":1,"permit":"never read"},{"id":2}]"#);
    backends.on("shop", "/permits/").answer(200, "", "");
    backends.on("shop", "/note").json(r#""n""#);
    backends
}

fn bff() -> Bff {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<CancelOrder>().endpoint::<CancelOnce>();
    bff.endpoint::<Mark>().endpoint::<Door>().endpoint::<Told>().endpoint::<Wake>().endpoint::<Ring>()
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

#[tokio::test(start_paused = true)]
async fn any_success_is_one_with_or_without_a_body_and_none_is_read() {
    for status in [200, 201, 202, 203, 204, 205, 206, 207] {
        for (content_type, body) in [("text/plain", ""), ("application/json", "{broken"), ("text/html", "<p>done")] {
            let backends = FakeBackends::new();
            backends.on("shop", "/").answer(status, content_type, body);
            let answer = kit(&backends).send(Method::DELETE, "/orders/7", "".into()).await;
            assert_eq!((answer.status.as_u16(), answer.text()), (204, ""), "{status} {body}");
            assert_eq!((answer.header("content-type"), answer.header("trefoil-degraded")), (None, None));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn its_failure_is_the_answers() {
    for (reply, expected) in [
        (Reply::status(500), (502, "backend-status")),
        (Reply::status(302), (502, "backend-status")),
        (Reply::status(404), (404, "not-found")),
        (Reply::refused(), (503, "backend-unreachable")),
        (Reply::broken(), (503, "backend-unreachable")),
    ] {
        let backends = FakeBackends::new();
        backends.on("shop", "/").reply(reply);
        let answer = kit(&backends).send(Method::DELETE, "/orders/7", "".into()).await;
        let problem = answer.json();
        assert_eq!((answer.status.as_u16(), problem["code"].as_str().unwrap()), expected);
        // It is the answer as a whole, which is called by the endpoint's name.
        assert_eq!(problem["field"], "cancelOrder");
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_not_in_the_answer_and_reads_come_after_it() {
    let backends = well();
    let answer = kit(&backends).send(Method::PUT, "/basket/mark", "".into()).await;
    assert_eq!(answer.text(), r#"{"orders":[{"id":1},{"id":2}],"note":"n"}"#);
    let calls = backends.calls("shop");
    assert_eq!(calls[0].path, "/basket/mark");
    assert!(calls[1..].iter().all(|call| call.at.duration_since(calls[0].at).as_millis() == 20));
}

#[tokio::test(start_paused = true)]
async fn in_a_list_it_takes_its_item_with_it() {
    let backends = well();
    backends.on("shop", "/permits/2").status(403);
    let answer = kit(&backends).send(Method::PUT, "/basket/mark", "".into()).await;
    assert_eq!(answer.text(), r#"{"orders":[{"id":1},null],"note":"n"}"#);
    assert_eq!(answer.header("trefoil-degraded"), Some("orders.permit;reason=status"));
}

#[tokio::test(start_paused = true)]
async fn an_optional_one_that_fails_is_named_and_the_declared_status_stands() {
    let backends = well();
    backends.on("shop", "/ping").status(500);
    let keyed = || kit(&backends).key("k-1");
    let answer = keyed().post("/orders/7/cancel", "").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (202, ""));
    assert_eq!(answer.header("trefoil-degraded"), Some("told;reason=status"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // A header of what answered nothing is read all the same.
    assert_eq!(answer.header("location"), Some("/web/jobs/9"));
}

#[tokio::test(start_paused = true)]
async fn an_optional_one_that_is_the_answer_as_a_whole_is_called_by_the_endpoints_name() {
    let backends = well();
    backends.on("shop", "/ping").status(500);
    let answer = kit(&backends).get("/wake").await;
    assert_eq!((answer.status.as_u16(), answer.header("trefoil-degraded")), (204, Some("wake;reason=status")));
    let stream = kit(&backends).header("accept", "application/x-ndjson").get("/wake").await;
    assert_eq!(stream.text(), "{\"event\":\"end\",\"degraded\":[{\"path\":\"wake\",\"reason\":\"status\"}]}\n");
    let answer = kit(&backends).post("/graphql", r#"{"query":"{ wake }"}"#).await.json();
    assert_eq!(answer["extensions"]["degraded"], json!([{"path": "wake", "reason": "status"}]));
}

#[tokio::test(start_paused = true)]
async fn a_get_that_shows_nothing_has_no_tag_and_runs_its_guards() {
    let backends = well();
    let answer = kit(&backends).header("if-none-match", "*").get("/door").await;
    assert_eq!((answer.status.as_u16(), answer.text(), answer.header("etag")), (204, "", None));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    backends.on("shop", "/permits/door").status(403);
    assert_eq!(kit(&backends).get("/door").await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn in_graphql_it_is_true_when_it_is_done_and_null_when_it_is_not() {
    let backends = well();
    let ask = async |query: &str| -> Value {
        let kit = kit(&backends).key("k-1");
        kit.post("/graphql", &json!({ "query": query }).to_string()).await.json()
    };
    let done = ask("mutation { cancelOrder(id: 7) mark { note } cancelOnce(id: 7) }").await;
    assert_eq!(done, json!({"data": {"cancelOrder": true, "mark": {"note": "n"}, "cancelOnce": true}}));
    assert_eq!(ask("{ door }").await, json!({"data": {"door": true}}));
    let calls = backends.calls("shop").len();
    // What it guards is not asked for, and it is made all the same.
    backends.on("shop", "/basket/mark").status(500);
    let failed = ask("mutation { mark { __typename } }").await;
    assert_eq!((&failed["data"]["mark"], &failed["errors"][0]["path"]), (&Value::Null, &json!(["mark"])));
    assert_eq!(backends.calls("shop").len(), calls + 1);
    backends.on("shop", "/permits/door").status(403);
    let refused = ask("{ door }").await;
    assert_eq!(refused["data"], json!({"door": null}));
    assert_eq!(refused["errors"][0]["path"], json!(["door"]));
    backends.on("shop", "/ping").status(500);
    let degraded = ask("mutation { cancelOnce(id: 7) }").await;
    assert_eq!(degraded["data"], json!({"cancelOnce": true}));
    assert_eq!(degraded["extensions"]["degraded"], json!([{"path": "cancelOnce.told", "reason": "status"}]));
}

#[tokio::test(start_paused = true)]
async fn one_that_is_marked_as_the_answer_beside_hidden_calls_has_its_own_name() {
    let backends = well();
    backends.on("shop", "/ping").status(500);
    backends.on("shop", "/note").status(500);
    let answer = kit(&backends).post("/bell", "").await;
    let degraded = answer.header("trefoil-degraded");
    assert_eq!((answer.status.as_u16(), degraded), (204, Some("note;reason=status, done;reason=status")));
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_it_is_the_end_alone() {
    let backends = well();
    let kit = kit(&backends).header("accept", "application/x-ndjson");
    let answer = kit.send(Method::DELETE, "/orders/7", "".into()).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "{\"event\":\"end\",\"degraded\":[]}\n"));
    let answer = kit.send(Method::DELETE, "/orders/8", "".into()).await;
    assert_eq!(answer.status, 404, "{}", answer.text());
}

#[tokio::test(start_paused = true)]
async fn under_a_key_it_is_made_once() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    for replayed in [None, Some("true")] {
        let answer = kit.post("/orders/7/cancel", "").await;
        assert_eq!((answer.status.as_u16(), answer.text()), (202, ""));
        assert_eq!((answer.header("idempotency-replayed"), answer.header("location")), (replayed, Some("/web/jobs/9")));
    }
    let writes = backends.calls("shop").iter().filter(|call| call.method == Method::POST).count();
    assert_eq!(writes, 1);
}

#[test]
fn documents_have_no_content_and_no_field_for_it() {
    let bff = bff().compile().unwrap();
    let document: Value = serde_json::from_str(&bff.openapi()).unwrap();
    let cancelled = &document["paths"]["/web/orders/{id}"]["delete"]["responses"]["204"];
    assert_eq!(cancelled["description"], "It is done.");
    assert!(cancelled["content"].is_null(), "{cancelled:#}");
    assert!(document["paths"]["/web/door"]["get"]["responses"]["304"].is_null());
    let once = &document["paths"]["/web/orders/{id}/cancel"]["post"]["responses"]["202"];
    assert!(once["content"].is_null() && once["headers"]["Location"].is_object(), "{once:#}");
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["Mark"]["required"], json!(["orders", "note"]));
    assert!(schemas["Order"]["properties"]["permit"].is_null() && schemas["CancelOrder"].is_null());
    let schema = bff.graphql();
    for line in ["cancelOrder(id: UInt64!): Boolean\n", "cancelOnce(id: UInt64!): Boolean\n", "door: Boolean\n"] {
        assert!(schema.contains(line), "{line}: {schema}");
    }
    assert!(
        !schema.contains("permit") && !schema.contains("marked") && !schema.contains("type CancelOrder"),
        "{schema}"
    );
}

#[tokio::test(start_paused = true)]
async fn each_failure_is_what_is_declared() {
    let backends = well();
    let kit = kit(&backends).key("k-1");
    kit.matrix_of("DELETE", "/orders/7", "").await.assert_semantics();
    kit.matrix_of("PUT", "/basket/mark", "").await.assert_semantics();
    kit.matrix_of("POST", "/orders/7/cancel", "").await.assert_semantics();
    kit.matrix("/door").await.assert_semantics();
}

/// May be there.
#[composition(get = "/parts")]
pub(crate) struct Parts {
    #[call(Shop, get = "/sure")]
    pub(crate) sure: String,
    #[call(Shop, get = "/maybe")]
    pub(crate) maybe: Option<String>,
}

#[tokio::test(start_paused = true)]
async fn a_success_without_a_body_is_null_where_the_type_and_the_status_have_room_for_it() {
    for (status, complete) in [(200, false), (201, true), (202, true), (204, true), (205, true)] {
        let backends = FakeBackends::new();
        backends.on("shop", "/sure").json(r#""s""#);
        backends.on("shop", "/maybe").answer(status, "application/json", "");
        let kit =
            Kit::new(&Bff::new("web").caller::<StandardCaller>().endpoint::<Parts>(), &backends).caller("u-1", &[]);
        let answer = kit.get("/parts").await;
        assert_eq!(answer.text(), r#"{"sure":"s","maybe":null}"#);
        let missing = if complete { None } else { Some("maybe;reason=shape") };
        assert_eq!(answer.header("trefoil-degraded"), missing, "{status}");
        // With a body, it is read.
        if !matches!(status, 204 | 205) {
            backends.on("shop", "/maybe").answer(status, "application/json", r#""m""#);
            assert_eq!(kit.get("/parts").await.text(), r#"{"sure":"s","maybe":"m"}"#);
        }
        // What must be there is not, whatever the status says.
        backends.on("shop", "/sure").answer(status, "application/json", "");
        let answer = kit.get("/parts").await;
        assert_eq!((answer.status.as_u16(), answer.json()["field"].as_str()), (502, Some("sure")), "{status}");
    }
}

#[view]
pub(crate) struct Odd {
    pub(crate) list: Vec<()>,
    pub(crate) maybe: Option<Vec<Option<()>>>,
    pub(crate) read: (),
}

/// Says what cannot be.
#[composition(get = "/odd")]
pub(crate) struct OddPage {
    #[call(Shop, get = "/odd")]
    pub(crate) odd: Odd,
    #[call(Shop, get = "/at", at = "data")]
    pub(crate) inside: (),
}

#[test]
fn where_no_value_can_be_it_is_refused_at_start() {
    let errors = Bff::new("web").caller::<StandardCaller>().endpoint::<OddPage>().compile().unwrap_err();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    for expected in [
        "Odd: `list` has `()` inside of something",
        "Odd: `maybe` has `()` inside of something",
        "Odd: `read` is `()`, and no call fills it",
        "OddPage: `inside` is `()`, whose answer is not read, and `at` would look into it",
    ] {
        assert!(errors.iter().any(|error| error.starts_with(expected)), "{expected}: {errors:#?}");
    }
    assert_eq!(errors.len(), 4, "{errors:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_waits_for_what_is_needed_and_not_for_what_may_be_missing() {
    let backends = well();
    backends.on("shop", "/basket/mark").slow(30).status(500);
    let kit = kit(&backends).header("accept", "application/x-ndjson");
    // What fails before the first field is answered by status.
    let answer = kit.send(Method::PUT, "/basket/mark", "".into()).await;
    assert_eq!((answer.status.as_u16(), answer.json()["field"].as_str()), (502, Some("marked")));
    backends.on("shop", "/told").slow(200).status(204);
    let told = kit.get("/told").await;
    assert_eq!(
        told.text(),
        "{\"event\":\"field\",\"path\":\"note\",\"value\":\"n\"}\n{\"event\":\"end\",\"degraded\":[]}\n"
    );
    let since = tokio::time::Instant::now();
    let mut open = kit.open("/told").await.into_body();
    let first = http_body_util::BodyExt::frame(&mut open).await.unwrap().unwrap().into_data().unwrap();
    assert!(first.starts_with(b"{\"event\":\"field\"") && since.elapsed().as_millis() < 100, "{first:?}");
}

/// Tells somebody, and does not wait for that.
#[composition(get = "/told")]
pub(crate) struct Told {
    #[call(Shop, get = "/note")]
    pub(crate) note: String,
    #[call(Shop, get = "/told")]
    pub(crate) told: Option<()>,
}

#[tokio::test(start_paused = true)]
async fn its_answer_is_not_asked_for_compressed_nor_decoded_where_others_are() {
    let backends = well();
    let coded = Reply::answer(200, "text/plain", "no gzip").with_header("content-encoding", "gzip");
    backends.on("shop", "/basket/mark").reply(coded);
    let compression = CompressionConfig { coding: Coding::Gzip, ..CompressionConfig::default() };
    let config = BackendConfig { compression, ..BackendConfig::at("http://shop.test") };
    let (configs, meter) = (BTreeMap::from([("shop".to_owned(), config)]), opentelemetry::global::meter("test"));
    let cache = Cache::new(CacheConfig::default(), &meter);
    let identity = IdentityHeaders::default();
    let clients =
        Clients::with_transports(&configs, &identity, &meter, &cache, |name, _| Ok(backends.transport(name))).unwrap();
    let router = Arc::new(bff().compile().unwrap()).router(&Arc::new(clients), &meter, &Idempotency::default());
    let mut request = http::Request::put("/basket/mark").body(axum::body::Body::empty()).unwrap();
    request
        .extensions_mut()
        .insert(RequestContext::local("test", Some(Caller::new("u-1", Default::default(), Default::default()))));
    assert_eq!(router.oneshot(request).await.unwrap().status(), 200);
    let asked = |call: &Received| (call.path.clone(), call.header("accept-encoding").is_some());
    let asked: BTreeMap<String, bool> = backends.all_calls().iter().map(asked).collect();
    assert!(!asked["/basket/mark"]);
    assert!(asked["/orders"] && asked["/note"]);
}
