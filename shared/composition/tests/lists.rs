//! Calls in views: one batch for all objects of a level, one call for each, null that climbs, and what is named as missing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::time::Duration;

use tokio::time::Instant;
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;
#[backend]
pub(crate) struct Suppliers;
#[backend]
pub(crate) struct Stock;

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) lines: Vec<Line>,
}

#[view]
pub(crate) struct Line {
    pub(crate) product_id: String,
    pub(crate) quantity: u32,
    /// The product.
    #[call(Catalog, get = "/products", query(fields = "all"), batch(ids = product_id, by = id, most = 50), within = "200ms")]
    pub(crate) product: Option<Product>,
    /// How many there are.
    #[call(Stock, get = "/stock/{product_id}", each(at_once = 2), absent = [404])]
    pub(crate) stock: Option<Level>,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) supplier_id: Option<u32>,
    /// Who makes it.
    #[call(Suppliers, get = "/suppliers", batch(id = supplier_id, by = id, most = 10))]
    pub(crate) supplier: Option<Supplier>,
}

#[view]
pub(crate) struct Supplier {
    pub(crate) id: u32,
    pub(crate) name: String,
}

#[view]
pub(crate) struct Level {
    pub(crate) available: u32,
}

/// Orders with all that is in them.
#[composition(get = "/orders", deadline = "1s")]
pub(crate) struct OrderList {
    /// The orders.
    #[call(Orders, get = "/orders")]
    pub(crate) orders: Vec<Order>,
    /// Products that somebody else likes.
    #[call(Orders, get = "/liked")]
    pub(crate) liked: Option<Vec<Line>>,
}

#[view]
pub(crate) struct Basket {
    pub(crate) name: String,
    /// Items that cannot be shown without their product are null.
    pub(crate) items: Vec<Option<Item>>,
    /// A list that cannot be shown without all of its products.
    pub(crate) gifts: Option<Vec<Item>>,
}

#[view]
pub(crate) struct Item {
    pub(crate) product_id: String,
    /// The product.
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id))]
    pub(crate) product: Named,
}

#[view]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A basket.
#[composition(get = "/basket", deadline = "1s")]
pub(crate) struct BasketPage {
    /// The basket.
    #[call(Orders, get = "/basket")]
    pub(crate) basket: Basket,
}

/// Items with nothing that may be null.
#[composition(get = "/strict", deadline = "1s")]
pub(crate) struct Strict {
    /// The items.
    #[call(Orders, get = "/strict")]
    pub(crate) items: Vec<Item>,
}

#[view]
pub(crate) struct Comment {
    pub(crate) author_id: String,
    pub(crate) replies: Vec<Comment>,
    /// Who wrote it.
    #[call(Catalog, get = "/people", batch(ids = author_id, by = id))]
    pub(crate) author: Option<Named>,
}

/// A thread of comments.
#[composition(get = "/thread", deadline = "1s")]
pub(crate) struct Thread {
    /// The comments.
    #[call(Orders, get = "/comments")]
    pub(crate) comments: Vec<Comment>,
}

fn bff() -> Bff {
    Bff::new("web")
        .caller::<StandardCaller>()
        .endpoint::<OrderList>()
        .endpoint::<BasketPage>()
        .endpoint::<Strict>()
        .endpoint::<Thread>()
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

fn line(product: &str) -> String {
    format!(r#"{{"quantity":1,"product_id":"{product}"}}"#)
}

fn orders(products: &[&[&str]]) -> String {
    let order = |(number, products): (usize, &&[&str])| {
        let lines: Vec<String> = products.iter().map(|product| line(product)).collect();
        format!(r#"{{"lines":[{}],"id":{number}}}"#, lines.join(","))
    };
    format!("[{}]", products.iter().enumerate().map(order).collect::<Vec<_>>().join(","))
}

fn product(id: &str) -> String {
    format!(r#"{{"name":"P{id}","id":"{id}","secret":true}}"#)
}

fn products(ids: &[&str]) -> String {
    format!("[{}]", ids.iter().map(|id| product(id)).collect::<Vec<_>>().join(","))
}

#[tokio::test(start_paused = true)]
async fn fifty_orders_of_five_lines_make_one_catalog_call() {
    let ids: Vec<String> = (0..40).map(|id| id.to_string()).collect();
    let all: Vec<Vec<&str>> =
        (0..50).map(|order| (0..5).map(|line| ids[(order * 5 + line) % 40].as_str()).collect()).collect();
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(&orders(&all.iter().map(Vec::as_slice).collect::<Vec<_>>()));
    backends.on("orders", "/liked").json("[]");
    backends.on("catalog", "/products").json(&products(&ids.iter().map(String::as_str).collect::<Vec<_>>()));
    backends.on("stock", "/stock/").json(r#"{"available":3}"#);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("trefoil-degraded"), None);
    let calls = backends.calls("catalog");
    assert_eq!(calls.len(), 1);
    assert!(calls[0].path.starts_with("/products?fields=all&ids=0,1,2,3,4,5"), "{}", calls[0].path);
    // The same request for stock is made once.
    assert_eq!(backends.calls("stock").len(), 40);
    let json = answer.json();
    assert_eq!(json["orders"][7]["lines"][4]["product"]["name"], "P39");
    assert!(answer.text().starts_with(r#"{"orders":[{"id":0,"lines":[{"productId":"0","quantity":1,"product":{"id":"0","name":"P0","supplierId":null,"supplier":null},"stock":{"available":3}},"#), "{}", answer.text());
    assert!(!answer.text().contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn more_keys_than_the_declared_number_make_more_calls() {
    let ids: Vec<String> = (0..120).map(|id| format!("p{id}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(&orders(&[&ids]));
    backends.on("orders", "/liked").json("[]");
    backends.on("stock", "/stock/").status(404);
    backends.on("catalog", "/products").json(&products(&ids));
    let answer = kit(&backends).get("/orders").await;
    let counts: Vec<usize> = backends
        .calls("catalog")
        .iter()
        .map(|call| call.path.split("ids=").nth(1).unwrap().split(',').count())
        .collect();
    assert_eq!(counts, [50, 50, 20]);
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert_eq!(answer.json()["orders"][0]["lines"][119]["product"]["id"], "p119");
}

#[tokio::test(start_paused = true)]
async fn long_keys_stay_within_the_url_bound() {
    let ids: Vec<String> = (0..300).map(|id| format!("{id:036}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let backends = FakeBackends::new();
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"product_id":"{id}"}}"#)).collect();
    backends.on("orders", "/strict").json(&format!("[{}]", items.join(",")));
    backends.on("catalog", "/products").json(&products(&ids));
    let answer = kit(&backends).get("/strict").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let calls = backends.calls("catalog");
    assert!(calls.iter().all(|call| call.path.len() <= 4096), "a URL is too long");
    assert_eq!(calls.iter().map(|call| call.path.split(',').count()).sum::<usize>(), 300);
}

#[tokio::test(start_paused = true)]
async fn a_batch_waits_for_every_parent_and_fetches_a_product_once() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").slow(50).json(&orders(&[&["a", "b"]]));
    backends.on("orders", "/liked").slow(120).json(&format!("[{},{}]", line("b"), line("c")));
    backends.on("catalog", "/products").slow(30).json(&products(&["c", "b", "a"]));
    backends.on("stock", "/stock/").json(r#"{"available":3}"#);
    let started = Instant::now();
    let answer = kit(&backends).get("/orders").await;
    assert!(started.elapsed() >= Duration::from_millis(150) && started.elapsed() < Duration::from_millis(155));
    let calls = backends.calls("catalog");
    assert_eq!(calls.len(), 1);
    assert!(calls[0].path.ends_with("ids=a,b,c"), "{}", calls[0].path);
    let json = answer.json();
    assert_eq!(json["orders"][0]["lines"][1]["product"], json["liked"][0]["product"]);
    assert_eq!(json["liked"][1]["product"]["name"], "Pc");
}

#[tokio::test(start_paused = true)]
async fn a_parent_that_fails_does_not_keep_the_batch_from_the_others() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(&orders(&[&["a"]]));
    backends.on("orders", "/liked").status(500);
    backends.on("catalog", "/products").json(&products(&["a"]));
    backends.on("stock", "/stock/").json(r#"{"available":3}"#);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(answer.json()["orders"][0]["lines"][0]["product"]["name"], "Pa");
    assert_eq!(answer.header("trefoil-degraded"), Some("liked;reason=status"));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_answered_is_that_items_404() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(&orders(&[&["a", "b"], &["b", "c", "b"]]));
    backends.on("orders", "/liked").json("[]");
    backends.on("catalog", "/products").json(&products(&["c", "a"]));
    backends.on("stock", "/stock/").json(r#"{"available":3}"#);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("trefoil-degraded"), Some("orders.lines.product;reason=status;count=3"));
    let json = answer.json();
    assert!(json["orders"][1]["lines"][0]["product"].is_null());
    assert_eq!(json["orders"][1]["lines"][1]["product"]["name"], "Pc");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_leaves_every_item_out_and_is_counted() {
    for (fault, reason) in
        [("slow", "timeout"), ("refused", "connect"), ("500", "status"), ("204", "shape"), ("shape", "shape")]
    {
        let backends = FakeBackends::new();
        backends.on("orders", "/orders").json(&orders(&[&["a", "b"]]));
        backends.on("orders", "/liked").json(&format!("[{}]", line("a")));
        backends.on("stock", "/stock/").json(r#"{"available":3}"#);
        let route = backends.on("catalog", "/products");
        match fault {
            "slow" => route.slow(900).json("[]"),
            "refused" => route.refused(),
            "500" => route.status(500),
            "204" => route.answer(204, "application/json", ""),
            _ => route.json(r#"[{"id":"a","name":"Pa"},{"id":"b"}]"#),
        }
        let answer = kit(&backends).get("/orders").await;
        assert_eq!(answer.status, 200);
        let expected = format!("orders.lines.product;reason={reason};count=2, liked.product;reason={reason}");
        assert_eq!(answer.header("trefoil-degraded"), Some(expected.as_str()), "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_for_each_are_so_many_at_a_time() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(&orders(&[&["a", "b", "c", "d", "e"]]));
    backends.on("orders", "/liked").json("[]");
    backends.on("catalog", "/products").json("[]");
    backends.on("stock", "/stock/").slow(50).json(r#"{"available":3}"#);
    let started = Instant::now();
    kit(&backends).get("/orders").await;
    // Five requests, two at a time: three rounds.
    assert!(started.elapsed() >= Duration::from_millis(150) && started.elapsed() < Duration::from_millis(156));
}

#[tokio::test(start_paused = true)]
async fn a_level_below_a_batch_is_one_batch_too() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(&orders(&[&["a", "b"], &["c"]]));
    backends.on("orders", "/liked").json("[]");
    backends.on("stock", "/stock/").json(r#"{"available":3}"#);
    backends
        .on("catalog", "/products")
        .json(r#"[{"id":"a","name":"A","supplier_id":7},{"supplier_id":7,"id":"b","name":"B"},{"id":"c","name":"C"}]"#);
    backends.on("suppliers", "/suppliers").json(r#"[{"name":"S","id":7}]"#);
    let answer = kit(&backends).get("/orders").await;
    assert_eq!(backends.calls("suppliers").len(), 1);
    assert_eq!(backends.calls("suppliers")[0].path, "/suppliers?id=7");
    let json = answer.json();
    assert_eq!(json["orders"][0]["lines"][1]["product"]["supplier"]["name"], "S");
    // No supplier is no failure: the key is null, the call is not made for it, and the answer is complete.
    assert!(json["orders"][1]["lines"][0]["product"]["supplier"].is_null());
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test(start_paused = true)]
async fn null_climbs_to_the_nearest_thing_that_may_be_null() {
    let backends = FakeBackends::new();
    backends.on("orders", "/basket").json(
        r#"{"gifts":[{"product_id":"a"},{"product_id":"x"}],"items":[{"product_id":"a"},{"product_id":"x"},null],"name":"mine"}"#,
    );
    backends.on("catalog", "/products").json(&products(&["a"]));
    let answer = kit(&backends).get("/basket").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.text(),
        r#"{"basket":{"name":"mine","items":[{"productId":"a","product":{"id":"a","name":"Pa"}},null,null],"gifts":null}}"#
    );
    // The call that failed is named, not where its null landed.
    assert_eq!(
        answer.header("trefoil-degraded"),
        Some("basket.items.product;reason=status, basket.gifts.product;reason=status")
    );
}

#[tokio::test(start_paused = true)]
async fn with_nothing_that_may_be_null_the_answer_fails() {
    let backends = FakeBackends::new();
    backends.on("orders", "/strict").json(r#"[{"product_id":"a"},{"product_id":"x"}]"#);
    backends.on("catalog", "/products").json(&products(&["a"]));
    let answer = kit(&backends).get("/strict").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (502, Some("backend-status")));
    assert_eq!(answer.json()["field"], "items.product");
}

#[tokio::test(start_paused = true)]
async fn a_view_that_contains_itself_is_one_batch_at_any_depth() {
    let backends = FakeBackends::new();
    backends.on("orders", "/comments").json(
        r#"[{"author_id":"a","replies":[{"replies":[{"author_id":"c","replies":[]}],"author_id":"b"}]},{"author_id":"a","replies":[]}]"#,
    );
    backends.on("catalog", "/people").json(&products(&["b", "a", "c"]));
    let answer = kit(&backends).get("/thread").await;
    assert_eq!(backends.calls("catalog").len(), 1);
    assert_eq!(backends.calls("catalog")[0].path, "/people?ids=a,b,c");
    let json = answer.json();
    assert_eq!(json["comments"][0]["replies"][0]["replies"][0]["author"]["name"], "Pc");
    assert_eq!(json["comments"][1]["author"]["name"], "Pa");
}

#[tokio::test(start_paused = true)]
async fn graphql_selects_into_lists_and_names_each_failed_place() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders").json(&orders(&[&["a", "b"], &["b"]]));
    backends.on("catalog", "/products").json(&products(&["a"]));
    let query =
        r#"{"query":"{ orderList { orders { n: id lines { product { title: name } other: product { id } } } } }"}"#;
    let answer = kit(&backends).post("/graphql", query).await;
    let json = answer.json();
    assert_eq!(
        json["data"].to_string(),
        r#"{"orderList":{"orders":[{"lines":[{"other":{"id":"a"},"product":{"title":"Pa"}},{"other":null,"product":null}],"n":0},{"lines":[{"other":null,"product":null}],"n":1}]}}"#
    );
    assert_eq!(backends.calls("catalog").len(), 1, "one call for both aliases");
    assert!(backends.calls("stock").is_empty() && backends.calls("suppliers").is_empty());
    let paths: Vec<String> = json["errors"].as_array().unwrap().iter().map(|error| error["path"].to_string()).collect();
    assert_eq!(
        paths,
        [
            r#"["orderList","orders",0,"lines",1,"product"]"#,
            r#"["orderList","orders",0,"lines",1,"other"]"#,
            r#"["orderList","orders",1,"lines",0,"product"]"#,
            r#"["orderList","orders",1,"lines",0,"other"]"#,
        ]
    );
    assert_eq!(json["extensions"]["degraded"][0]["count"], 2, "{json}");
}

#[tokio::test(start_paused = true)]
async fn the_bytes_are_the_same_whatever_arrives_first() {
    let mut seen = std::collections::BTreeSet::new();
    for delay in 0..20 {
        let backends = FakeBackends::new();
        backends.on("orders", "/orders").slow(delay * 7 % 11).json(&orders(&[&["a", "b"], &["x"]]));
        backends.on("orders", "/liked").slow(delay * 5 % 13).json(&format!("[{},{}]", line("b"), line("c")));
        backends.on("catalog", "/products").slow(delay % 3).json(&products(&["c", "b", "a"]));
        backends.on("stock", "/stock/a").slow(delay % 5).json(r#"{"available":1}"#);
        backends.on("stock", "/stock/").slow(delay % 7).json(r#"{"available":3}"#);
        let answer = kit(&backends).get("/orders").await;
        seen.insert((answer.text().to_owned(), answer.header("trefoil-degraded").map(str::to_owned)));
    }
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[view]
pub(crate) struct Person {
    pub(crate) id: u64,
    /// Who leads them, and so on for ever.
    #[call(Catalog, get = "/people/{id}/manager", each(at_once = 1))]
    pub(crate) manager: Option<Box<Person>>,
}

/// Somebody.
#[composition(get = "/somebody", deadline = "1s")]
pub(crate) struct Somebody {
    /// Who.
    #[call(Catalog, get = "/people/1")]
    pub(crate) person: Person,
}

#[view]
pub(crate) struct Mine {
    pub(crate) id: u64,
    /// What I said of it.
    #[call(Catalog, get = "/people/{caller.id}/notes/{id}", each(at_once = 1))]
    pub(crate) note: Option<String>,
}

/// For everybody.
#[composition(get = "/everybodys", public)]
pub(crate) struct Everybodys {
    /// Things.
    #[call(Catalog, get = "/things")]
    pub(crate) things: Vec<Mine>,
}

fn errors(bff: &Bff) -> Vec<String> {
    bff.compile().unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_view_whose_own_call_leads_back_to_itself_is_an_error_at_start() {
    let errors = errors(&Bff::new("web").caller::<StandardCaller>().endpoint::<Somebody>());
    assert_eq!(
        errors,
        [
            "Somebody: `Person.manager` is filled by a call and leads back to itself, so an answer would never end; give `manager` a view without this call"
        ]
    );
}

#[test]
fn a_public_endpoint_whose_views_refer_to_the_caller_is_an_error_at_start() {
    let errors = errors(&Bff::new("web").caller::<StandardCaller>().endpoint::<Everybodys>());
    assert!(errors.len() == 1 && errors[0].contains("caller.id") && errors[0].contains("public"), "{errors:?}");
}
