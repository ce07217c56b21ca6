//! `at` takes the value from inside a backend's envelope.

extern crate trefoil_composition as trefoil;

use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit};

#[backend]
pub(crate) struct Catalog;

#[view]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[view]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    #[call(Catalog, get = "/products", batch(ids = product_id, by = id), at = "data.items")]
    pub(crate) product: Option<Product>,
}

async fn ask(list: &str, best: &str) -> trefoil_testing::Answer {
    let backends = FakeBackends::new();
    backends.on("catalog", "/list").json(list);
    backends.on("catalog", "/best").json(best);
    backends.on("catalog", "/lines").json(r#"{"lines":[{"product_id":7}]}"#);
    backends.on("catalog", "/footer").json(r#"{"text":"imprint"}"#);
    backends.on("catalog", "/products").json(r#"{"data":{"total":1,"items":[{"name":"P","id":7}]}}"#);
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Products>();
    Kit::new(&bff, &backends).caller("u-1", &[]).get("/products").await
}

/// Products.
#[composition(get = "/products")]
pub(crate) struct Products {
    /// The list.
    #[call(Catalog, get = "/list", at = "data.items")]
    pub(crate) products: Vec<Product>,
    /// There may be none.
    #[call(Catalog, get = "/best", at = "best")]
    pub(crate) best: Option<Product>,
    /// The lines.
    #[call(Catalog, get = "/lines", at = "lines")]
    pub(crate) lines: Vec<Line>,
    /// Has a default, which stands in no envelope.
    #[call(Catalog, get = "/footer", at = "text", or = "Trefoil")]
    pub(crate) footer: String,
}

#[tokio::test]
async fn the_value_is_taken_from_inside_and_what_stands_beside_it_never_leaves() {
    let list = r#"{"page":{"secret":1},"data":{"x":[],"items":[{"name":"A","id":1}],"items_":2}}"#;
    let answer = ask(list, r#"{"best":{"id":1,"name":"A"}}"#).await;
    assert_eq!(
        answer.text(),
        r#"{"products":[{"id":1,"name":"A"}],"best":{"id":1,"name":"A"},"lines":[{"productId":7,"product":{"id":7,"name":"P"}}],"footer":"imprint"}"#
    );
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn an_empty_envelope_is_null_where_null_may_be() {
    for best in ["{}", r#"{"best":null}"#, "null"] {
        let answer = ask(r#"{"data":{"items":[]}}"#, best).await;
        assert!(answer.json()["best"].is_null(), "{best}: {}", answer.text());
        assert_eq!(answer.header("trefoil-degraded"), None);
    }
}

#[tokio::test]
async fn an_envelope_without_its_value_is_a_shape_failure() {
    for list in [
        "[]",
        "{}",
        r#"{"data":{}}"#,
        r#"{"data":null}"#,
        r#"{"data":{"items":[],"items":[]}}"#,
        r#"{"data":{"items":[]}} x"#,
    ] {
        let answer = ask(list, "{}").await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (502, Some("backend-shape")), "{list}");
    }
}
