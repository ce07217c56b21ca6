//! What the options of a call mean where its view stands in a list: for each object, and once for each request.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::time::Duration;

use tokio::time::advance;
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;

/// A line whose stock has a default.
#[view]
pub(crate) struct Stocked {
    pub(crate) sku: String,
    #[call(Catalog, get = "/stock/{sku}", each(at_once = 4), or = 0)]
    pub(crate) stock: u32,
}

/// A line whose product may not be there.
#[view]
pub(crate) struct Listed {
    pub(crate) sku: String,
    #[call(Catalog, get = "/products", batch(ids = sku, by = id, most = 2), absent = [404], retry)]
    pub(crate) product: Option<Product>,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: String,
}

/// A line whose price is kept.
#[view]
pub(crate) struct Priced {
    pub(crate) sku: String,
    #[hidden]
    pub(crate) campaign: String,
    #[call(Catalog, get = "/prices/{sku}", each(at_once = 4), cache("60s", shared, tags("{campaign}")))]
    pub(crate) price: Option<u32>,
    #[from(price, header = "x-currency")]
    pub(crate) currency: Option<String>,
}

/// A line whose label is asked for where it is wanted.
#[view]
pub(crate) struct Labelled {
    pub(crate) sku: String,
    #[hidden]
    pub(crate) wanted: bool,
    #[call(Catalog, get = "/labels/{sku}", each(at_once = 4), when = wanted)]
    pub(crate) label: Option<String>,
}

/// Lines with a default.
#[composition(get = "/stocked")]
pub(crate) struct StockedLines {
    #[call(Orders, get = "/lines")]
    pub(crate) lines: Vec<Stocked>,
}

/// Lines in a batch.
#[composition(get = "/listed")]
pub(crate) struct ListedLines {
    #[call(Orders, get = "/lines")]
    pub(crate) lines: Vec<Listed>,
}

/// Lines that are kept.
#[composition(get = "/priced", public)]
pub(crate) struct PricedLines {
    #[call(Orders, get = "/lines")]
    pub(crate) lines: Vec<Priced>,
}

/// Lines under a condition.
#[composition(get = "/labelled")]
pub(crate) struct LabelledLines {
    #[call(Orders, get = "/lines")]
    pub(crate) lines: Vec<Labelled>,
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web")
        .caller::<StandardCaller>()
        .endpoint::<StockedLines>()
        .endpoint::<ListedLines>()
        .endpoint::<PricedLines>()
        .endpoint::<LabelledLines>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn lines(skus: &[&str]) -> FakeBackends {
    let backends = FakeBackends::new();
    let line = |(number, sku): (usize, &&str)| {
        format!(r#"{{"sku":"{sku}","campaign":"c-{number}","wanted":{}}}"#, number % 2 == 0)
    };
    let lines: Vec<String> = skus.iter().enumerate().map(line).collect();
    backends.on("orders", "/lines").json(&format!("[{}]", lines.join(",")));
    backends
}

fn asked(backends: &FakeBackends) -> Vec<String> {
    backends.calls("catalog").into_iter().map(|call| call.path).collect()
}

#[tokio::test(start_paused = true)]
async fn a_default_stands_in_for_each_item_and_is_counted_and_is_no_error_in_graphql() {
    let backends = lines(&["a", "b", "c", "d"]);
    backends.on("catalog", "/stock/").status(500);
    backends.on("catalog", "/stock/b").json("7");
    let answer = kit(&backends).get("/stocked").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("lines.stock;reason=status;count=3;default"));
    let stock: Vec<_> = answer.json()["lines"].as_array().unwrap().iter().map(|line| line["stock"].clone()).collect();
    assert_eq!(stock, [0, 7, 0, 0]);
    let query = r#"{"query":"{ stockedLines { lines { stock } } }"}"#;
    let answer = kit(&backends).post("/graphql", query).await.json();
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(answer["data"]["stockedLines"]["lines"][0]["stock"], 0);
    assert_eq!(answer["extensions"]["degraded"][0]["count"], 3, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn absent_on_a_batch_is_for_the_whole_answer_and_for_each_key_without_one() {
    let backends = lines(&["a", "b"]);
    for reply in [Reply::json(r#"[{"id":"b"}]"#), Reply::status(404)] {
        backends.on("catalog", "/products").reply(reply);
        let answer = kit(&backends).get("/listed").await;
        assert_eq!((answer.status.as_u16(), answer.header("trefoil-degraded")), (200, None), "{}", answer.text());
        assert!(answer.json()["lines"][0]["product"].is_null());
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_of_a_batch_that_fails_is_tried_again_and_the_others_are_not() {
    let backends = lines(&["a", "b", "c", "d"]);
    backends
        .on("catalog", "/products?ids=a,b")
        .in_turn([Reply::status(503), Reply::json(r#"[{"id":"a"},{"id":"b"}]"#)]);
    backends.on("catalog", "/products?ids=c,d").json(r#"[{"id":"c"},{"id":"d"}]"#);
    let answer = kit(&backends).get("/listed").await;
    assert_eq!(answer.header("trefoil-degraded"), None, "{}", answer.text());
    let paths = asked(&backends);
    let count = |path: &str| paths.iter().filter(|asked| *asked == path).count();
    assert_eq!((count("/products?ids=a,b"), count("/products?ids=c,d")), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_a_backend_would_divide_is_not_asked_for_and_says_so() {
    let backends = lines(&["a", "b,c", "", "d"]);
    backends.on("catalog", "/products").json(r#"[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]"#);
    let answer = kit(&backends).get("/listed").await;
    assert_eq!(asked(&backends), ["/products?ids=a,d"]);
    assert_eq!(answer.header("trefoil-degraded"), Some("lines.product;reason=shape;count=2"));
    let ids: Vec<_> =
        answer.json()["lines"].as_array().unwrap().iter().map(|line| line["product"]["id"].clone()).collect();
    assert_eq!(ids, [serde_json::json!("a"), serde_json::Value::Null, serde_json::Value::Null, serde_json::json!("d")]);
}

#[tokio::test(start_paused = true)]
async fn each_item_has_a_kept_answer_of_its_own_and_its_head_is_kept_too() {
    let backends = lines(&["a", "b"]);
    backends.on("catalog", "/prices/").reply(Reply::json("5").with_header("x-currency", "EUR"));
    let kit = kit(&backends);
    kit.get("/priced").await;
    backends.on("orders", "/lines").json(r#"[{"sku":"a","campaign":"x"},{"sku":"c","campaign":"x"}]"#);
    advance(Duration::from_secs(10)).await;
    let answer = kit.get("/priced").await;
    assert_eq!(asked(&backends), ["/prices/a", "/prices/b", "/prices/c"]);
    // The item for which the cache did the least is told.
    assert_eq!(answer.header("cache-status"), Some("lines.price;fwd=miss;stored;ttl=60"));
    backends.on("orders", "/lines").json(r#"[{"sku":"a","campaign":"x"},{"sku":"b","campaign":"x"}]"#);
    let answer = kit.get("/priced").await;
    assert_eq!(answer.header("cache-status"), Some("lines.price;hit;ttl=50"));
    assert_eq!(
        answer.text(),
        r#"{"lines":[{"sku":"a","price":5,"currency":"EUR"},{"sku":"b","price":5,"currency":"EUR"}]}"#
    );
    assert_eq!(asked(&backends).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_several_items_ask_for_together_is_purged_by_the_tag_of_each() {
    let backends = FakeBackends::new();
    backends.on("orders", "/lines").json(r#"[{"sku":"a","campaign":"x"},{"sku":"a","campaign":"y"}]"#);
    backends.on("catalog", "/prices/").json("5");
    let kit = kit(&backends);
    for (tag, purged, asked_by_then) in [("z", 0, 1), ("y", 1, 2), ("x", 1, 3)] {
        kit.get("/priced").await;
        assert_eq!(kit.purge(&[tag]), purged, "{tag}");
        kit.get("/priced").await;
        assert_eq!(asked(&backends).len(), asked_by_then, "{tag}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_condition_decides_for_each_item_whether_its_call_is_made() {
    let backends = lines(&["a", "b", "c"]);
    backends.on("catalog", "/labels/").json("\"new\"");
    let answer = kit(&backends).get("/labelled").await;
    assert_eq!(asked(&backends), ["/labels/a", "/labels/c"]);
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(
        answer.text(),
        r#"{"lines":[{"sku":"a","label":"new"},{"sku":"b","label":null},{"sku":"c","label":"new"}]}"#
    );
}

#[tokio::test(start_paused = true)]
async fn server_timing_has_one_entry_a_call_however_many_requests_it_makes() {
    let skus: Vec<String> = (0..250).map(|number| format!("s-{number}")).collect();
    let backends = lines(&skus.iter().map(String::as_str).collect::<Vec<_>>());
    backends.on("catalog", "/stock/").slow(10).json("1");
    backends.on("catalog", "/stock/s-7").slow(30).json("1");
    let answer = kit(&backends).get("/stocked").await;
    let entry = r#"lines.stock;dur=30.0;desc="longest of 250""#;
    assert_eq!(answer.header("server-timing"), Some(format!("lines;dur=0.0, {entry}").as_str()));
    let query = r#"{"query":"{ page: stockedLines { lines { stock } } }"}"#;
    let answer = kit(&backends).post("/graphql", query).await;
    assert_eq!(answer.header("server-timing"), Some(format!("page.lines;dur=0.0, page.{entry}").as_str()));
}
