//! What the gateway sends is what its document says: every status, media type and header of each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Answer, Demo};

/// Headers of HTTP itself and of every page, which no operation need list.
const GENERAL: [&str; 14] = [
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-type",
    "date",
    "referrer-policy",
    "transfer-encoding",
    "vary",
    "x-accel-buffering",
    "x-content-type-options",
    "x-frame-options",
];

const BASKET: &str = r#"{"lines":[{"productId":7,"quantity":1}]}"#;

struct Documents<'a> {
    demo: &'a Demo,
    web: Value,
    partner: Value,
}

impl Documents<'_> {
    fn resolved<'v>(document: &'v Value, value: &'v Value) -> &'v Value {
        match value["$ref"].as_str() {
            Some(target) => document.pointer(target.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }

    /// A request with the token of its BFF.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let bff = path.split('/').nth(1).unwrap();
        self.demo.client().request(method, self.demo.url(path)).bearer_auth(self.demo.token(bff))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    fn post(&self, path: &str, body: &'static str) -> RequestBuilder {
        self.request(Method::POST, path).header("content-type", "application/json").body(body)
    }

    fn order(&self, key: &str, body: &'static str) -> RequestBuilder {
        self.post("/web/orders", body).header("idempotency-key", key)
    }

    /// Sends it, and looks for all that came in the document of the operation (`get /web/home`).
    async fn check(&self, operation: &str, status: u16, request: RequestBuilder) -> Answer {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{operation}: {}", answer.text);
        let document = if operation.contains("/partner/") { &self.partner } else { &self.web };
        let (method, path) = operation.split_once(' ').unwrap();
        let said = &document["paths"][path][method]["responses"][status.to_string()];
        assert!(said.is_object(), "{operation}: {status} is sent and not documented: {}", answer.text);
        let said = Documents::resolved(document, said);
        let names: Vec<&String> = said["headers"].as_object().into_iter().flat_map(|headers| headers.keys()).collect();
        for name in answer.headers.keys().map(reqwest::header::HeaderName::as_str) {
            let documented = GENERAL.contains(&name) || names.iter().any(|other| other.eq_ignore_ascii_case(name));
            assert!(documented, "{operation}: {status} has the header {name}, which is not documented");
        }
        if let Some(sent) = answer.header("content-type") {
            let essence = sent.split(';').next().unwrap();
            assert!(said["content"][essence].is_object(), "{operation}: {status} is {sent}, which is not documented");
        }
        if answer.status >= 400 && answer.header("content-type") == Some("application/problem+json") {
            let code = answer.json()["code"].as_str().unwrap().to_owned();
            let examples = &said["content"]["application/problem+json"]["examples"];
            assert!(examples[&code].is_object(), "{operation}: {status} is `{code}`, which is not documented");
        }
        answer
    }
}

async fn documents(demo: &Demo) -> Documents<'_> {
    let document = async |bff: &str| demo.get_with(&format!("/{bff}/openapi.json"), &[]).await.json();
    Documents { demo, web: document("web").await, partner: document("partner").await }
}

#[tokio::test]
async fn what_a_screen_sends_is_documented_whole_degraded_streamed_and_failed() {
    let demo = Demo::start().await;
    let said = documents(&demo).await;
    let home = "get /web/home";
    let whole = said.check(home, 200, said.get("/web/home")).await;
    let tag = whole.header("etag").unwrap();
    let again = said.check(home, 304, said.get("/web/home").header("if-none-match", tag)).await;
    assert_eq!(again.header("content-length"), None);
    for accepted in ["text/event-stream", "application/x-ndjson"] {
        said.check(home, 200, said.get("/web/home").header("accept", accepted)).await;
    }
    said.check(home, 401, demo.client().get(demo.url("/web/home"))).await;
    said.check(home, 401, demo.client().get(demo.url("/web/home")).bearer_auth(demo.token("expired"))).await;
    said.check(home, 414, said.get(&format!("/web/home?{}", "x".repeat(20_000)))).await;
    said.check(home, 431, said.get("/web/home").header("cookie", "x".repeat(60_000))).await;
    said.check(home, 400, said.get("/web/home").header("authorization", "Bearer a")).await;

    let product = "get /web/products/{id}";
    for _ in 0..2 {
        said.check(product, 200, said.get("/web/products/7")).await;
    }
    said.check(product, 404, said.get("/web/products/999999")).await;
    said.check(product, 422, said.get("/web/products/x")).await;
    said.check(product, 400, said.get("/web/products/7%2F8")).await;

    demo.control("recommendations", json!({"down": true})).await;
    let degraded = said.check(home, 200, said.get("/web/home")).await;
    assert!(degraded.header("trefoil-degraded").is_some());
    for (status, knobs) in [
        (502, json!({"failure_rate": 1.0, "status": 500})),
        (503, json!({"reset": true, "down": true})),
        (504, json!({"reset": true, "latency_ms": 2_000})),
    ] {
        demo.control("users", knobs).await;
        said.check(home, status, said.get("/web/home")).await;
    }
}

#[tokio::test]
async fn what_a_write_sends_is_documented_made_repeated_streamed_and_refused() {
    let demo = Demo::start().await;
    let said = documents(&demo).await;
    let place = "post /web/orders";
    let first = said.check(place, 201, said.order("k-1", BASKET)).await;
    let again = said.check(place, 201, said.order("k-1", BASKET)).await;
    for answer in [&first, &again] {
        assert!(answer.header("location").is_some());
    }
    // A stream begins before the order is placed: 200, and where the order is, is not in its head.
    let streamed = said.check(place, 200, said.order("k-1", BASKET).header("accept", "application/x-ndjson")).await;
    assert_eq!((streamed.header("location"), streamed.header("idempotency-replayed")), (None, Some("true")));
    assert!(streamed.text.contains(&format!("\"id\":{}", first.json()["order"]["id"])), "{}", streamed.text);
    said.check(place, 400, said.post("/web/orders", BASKET)).await;
    said.check(place, 400, said.order("k-2", "{")).await;
    said.check(place, 422, said.order("k-2", "{}")).await;
    said.check(place, 422, said.order("k-1", r#"{"lines":[{"productId":8,"quantity":1}]}"#)).await;
    let text = said.request(Method::POST, "/web/orders").header("idempotency-key", "k-2").body("{}");
    said.check(place, 415, text.header("content-type", "text/plain")).await;
    let large = said.request(Method::POST, "/web/orders").header("content-type", "application/json");
    said.check(place, 413, large.header("idempotency-key", "k-2").body("x".repeat(3 << 20))).await;

    let cancel = "delete /web/orders/{id}";
    let path = format!("/web/orders/{}", first.json()["order"]["id"]);
    let done = said.check(cancel, 204, said.request(Method::DELETE, &path)).await;
    assert_eq!(done.header("content-length"), None);
    said.check(cancel, 404, said.request(Method::DELETE, &path)).await;
    let other = said.check(place, 201, said.order("k-3", BASKET)).await;
    let path = format!("/web/orders/{}", other.json()["order"]["id"]);
    let stream = said.request(Method::DELETE, &path).header("accept", "text/event-stream");
    let ended = said.check(cancel, 200, stream).await;
    assert_eq!(ended.text, "event: end\ndata: {\"degraded\":[]}\n\n");

    demo.control("orders", json!({"down": true})).await;
    said.check(place, 503, said.order("k-4", BASKET)).await;
}

#[tokio::test]
async fn what_graphql_and_a_handler_send_is_documented() {
    let demo = Demo::start().await;
    let said = documents(&demo).await;
    let graphql = "post /web/graphql";
    let ask = |query: &'static str| said.post("/web/graphql", query);
    for accepted in ["application/json", "application/graphql-response+json"] {
        said.check(graphql, 200, ask(r#"{"query":"{ home { profile { name } } }"}"#).header("accept", accepted)).await;
    }
    said.check(graphql, 406, ask(r#"{"query":"{ home { profile { name } } }"}"#).header("accept", "image/png")).await;
    said.check(graphql, 400, ask("{")).await;
    said.check(graphql, 422, ask("{}")).await;
    let mutation =
        r#"{"query":"mutation { placeOrder(basket: {lines: [{productId: 7, quantity: 1}]}) { order { id } } }"}"#;
    for replayed in [None, Some("true")] {
        let answer = said.check(graphql, 200, ask(mutation).header("idempotency-key", "k-1")).await;
        assert_eq!(answer.header("idempotency-replayed"), replayed, "{}", answer.text);
    }
    let csv = "get /partner/inventory.csv";
    said.check(csv, 200, said.get("/partner/inventory.csv")).await;
    said.check(csv, 401, demo.client().get(demo.url("/partner/inventory.csv"))).await;
    demo.control("inventory", json!({"down": true})).await;
    said.check(csv, 503, said.get("/partner/inventory.csv")).await;
}
