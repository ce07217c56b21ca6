//! Answers of backends that are kept: what a declaration says of them, and what an answer says of itself.

extern crate trefoil_composition as trefoil;

use std::time::Duration;

use tokio::time::advance;
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit, Reply};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Users;
#[backend]
pub(crate) struct Catalog;

#[view]
pub(crate) struct Profile {
    pub name: String,
}

#[view]
pub(crate) struct Product {
    pub id: String,
    pub name: String,
}

#[view]
pub(crate) struct Line {
    pub product_id: String,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id), cache("30s", shared, tags("catalog")))]
    pub product: Option<Product>,
}

#[input]
pub(crate) struct ById {
    #[path]
    pub id: String,
}

/// Kept for its caller.
#[composition(get = "/me")]
pub(crate) struct Me {
    #[call(Users, get = "/users/me", cache("20s"))]
    pub profile: Profile,
    #[call(Catalog, get = "/products/{profile.name}", cache("60s", shared, stale_if_error = "1h"))]
    pub product: Option<Product>,
}

/// Kept for everybody, by everybody.
#[composition(get = "/products/{id}", public, input = ById)]
pub(crate) struct ProductPage {
    #[call(Catalog, get = "/products/{path.id}", pass = [404],
        cache("60s", shared, stale_while_revalidate = "30s", tags("catalog", "product-{path.id}")))]
    pub product: Product,
}

/// As the backend says.
#[composition(get = "/by-backend", public)]
pub(crate) struct ByBackend {
    #[call(Catalog, get = "/products/7", cache(backend))]
    pub product: Product,
}

/// One part is kept, the other is not.
#[composition(get = "/half")]
pub(crate) struct Half {
    #[call(Catalog, get = "/products/7", cache("60s", shared))]
    pub product: Product,
    #[call(Users, get = "/users/{caller.id}")]
    pub profile: Profile,
}

/// A list whose products are kept.
#[composition(get = "/lines", public)]
pub(crate) struct Lines {
    #[call(Users, get = "/lines", cache("60s"))]
    pub lines: Vec<Line>,
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends
        .on("users", "/users/")
        .asked(|call| Reply::json(&format!(r#"{{"name":"{}"}}"#, call.header("trefoil-caller").unwrap_or("nobody"))));
    backends.on("users", "/lines").json(r#"[{"product_id":"1"},{"product_id":"2"}]"#);
    backends.on("catalog", "/products/").json(r#"{"id":"7","name":"lamp"}"#);
    backends.on("catalog", "/products?").json(r#"[{"id":"1","name":"a"},{"id":"2","name":"b"}]"#);
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("shop")
        .caller::<StandardCaller>()
        .endpoint::<Me>()
        .endpoint::<ProductPage>()
        .endpoint::<ByBackend>()
        .endpoint::<Half>()
        .endpoint::<Lines>();
    Kit::new(&bff, backends).caller("ada", &[])
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_as_fresh_as_the_least_fresh_of_its_parts() {
    let backends = well();
    let kit = kit(&backends);
    let first = kit.get("/me").await;
    assert_eq!(first.text(), r#"{"profile":{"name":"ada"},"product":{"id":"7","name":"lamp"}}"#);
    assert_eq!(first.header("cache-control"), Some("private, max-age=20"));
    assert_eq!(first.header("cache-status"), Some("profile;fwd=miss;stored;ttl=20, product;fwd=miss;stored;ttl=60"));
    advance(Duration::from_secs(15)).await;
    let again = kit.get("/me").await;
    assert_eq!(again.header("cache-control"), Some("private, max-age=5"));
    assert_eq!(again.header("cache-status"), Some("profile;hit;ttl=5, product;hit;ttl=45"));
    assert_eq!((again.text(), backends.all_calls().len()), (first.text(), 2));
    let half = kit.get("/half").await;
    assert_eq!(half.header("cache-control"), Some("private, no-cache"));
    assert_eq!(half.header("cache-status"), Some("product;fwd=miss;stored;ttl=60"));
}

#[tokio::test(start_paused = true)]
async fn what_is_everybodys_may_be_kept_by_everybody() {
    let backends = well();
    let kit = kit(&backends);
    assert_eq!(kit.get("/products/7").await.header("cache-control"), Some("public, max-age=60"));
    // Not shared, so nobody's but the client's, though nobody is asked who they are.
    assert_eq!(kit.get("/lines").await.header("cache-control"), Some("private, max-age=30"));
}

#[tokio::test(start_paused = true)]
async fn no_answer_reaches_another_caller() {
    let backends = well();
    let kit = kit(&backends);
    for who in ["ada", "bob", "ada"] {
        let answer = kit.clone().caller(who, &[]).get("/me").await;
        assert_eq!(answer.json()["profile"]["name"], who);
        assert_eq!(answer.header("vary"), Some("accept, accept-encoding, authorization"));
    }
    assert_eq!(backends.calls("users").len(), 2);
    // Shared, and asked for by another URL for each caller here.
    assert!(backends.calls("catalog").iter().all(|call| call.header("trefoil-caller").is_none()));
}

#[tokio::test(start_paused = true)]
async fn the_backends_word_holds_where_nothing_else_was_said() {
    let backends = well();
    let said = Reply::json(r#"{"id":"7","name":"lamp"}"#).header("cache-control", "max-age=9");
    backends.on("catalog", "/products/7").reply(said);
    let kit = kit(&backends);
    assert_eq!(kit.get("/by-backend").await.header("cache-control"), Some("private, max-age=9"));
    let said = Reply::json(r#"{"id":"7","name":"lamp"}"#).header("cache-control", "no-store");
    backends.on("catalog", "/products/7").reply(said);
    advance(Duration::from_secs(9)).await;
    let answer = kit.get("/by-backend").await;
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(answer.header("cache-status"), Some("product;fwd=stale"));
}

#[tokio::test(start_paused = true)]
async fn a_malformed_answer_does_not_stay() {
    let backends = well();
    let kit = kit(&backends);
    backends.on("catalog", "/products/7").json(r#"{"id":7}"#);
    assert_eq!(kit.get("/products/7").await.status.as_u16(), 502);
    backends.on("catalog", "/products/7").json(r#"{"id":"7","name":"lamp"}"#);
    assert_eq!(kit.get("/products/7").await.status.as_u16(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_in_place_of_an_error_is_complete_and_says_so() {
    let backends = well();
    let kit = kit(&backends);
    kit.get("/me").await;
    backends.on("catalog", "/products/").status(503);
    advance(Duration::from_secs(70)).await;
    let answer = kit.get("/me").await;
    assert_eq!(answer.json()["product"]["name"], "lamp");
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(
        answer.header("cache-status"),
        Some("profile;fwd=stale;stored;ttl=20, product;fwd=stale;fwd-status=503;ttl=-10;detail=stale-if-error")
    );
}

#[tokio::test(start_paused = true)]
async fn a_degraded_answer_is_not_kept_by_anybody() {
    let backends = well();
    let kit = kit(&backends);
    backends.on("catalog", "/products/").status(503);
    let answer = kit.get("/me").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("product;reason=status"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("cache-status"), Some("profile;fwd=miss;stored;ttl=20, product;fwd=miss"));
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_kept_by_its_keys() {
    let backends = well();
    let kit = kit(&backends);
    let first = kit.get("/lines").await;
    assert_eq!(
        first.header("cache-status"),
        Some("lines;fwd=miss;stored;ttl=60, lines.product;fwd=miss;stored;ttl=30")
    );
    let again = kit.get("/lines").await;
    assert_eq!(again.header("cache-status"), Some("lines;hit;ttl=60, lines.product;hit;ttl=30"));
    assert_eq!((again.text(), backends.all_calls().len()), (first.text(), 2));
}

#[tokio::test(start_paused = true)]
async fn a_stream_and_graphql_use_what_is_kept_too() {
    let backends = well();
    let kit = kit(&backends);
    kit.get("/me").await;
    let stream = kit.clone().header("accept", "application/x-ndjson").get("/me").await;
    assert!(stream.text().contains("lamp"), "{}", stream.text());
    let query = r#"{"query":"{ me { profile { name } product { name } } }"}"#;
    assert!(kit.post("/graphql", query).await.text().contains("lamp"));
    assert_eq!(backends.all_calls().len(), 2);
}
