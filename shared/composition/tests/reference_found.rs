//! What the comparison with the reference found, one small case each.

extern crate trefoil_composition as trefoil;

use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Catalog;
#[backend]
pub(crate) struct Suppliers;
#[backend]
pub(crate) struct People;

#[view]
pub(crate) struct Line {
    pub(crate) id: String,
    /// The product.
    #[call(Catalog, get = "/products", batch(ids = id, by = id))]
    pub(crate) product: Option<Product>,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) parts: Vec<Part>,
}

#[view]
pub(crate) struct Part {
    pub(crate) supplier_id: u32,
    /// Who makes it.
    #[call(Suppliers, get = "/suppliers", batch(ids = supplier_id, by = id, most = 2))]
    pub(crate) supplier: Option<Supplier>,
}

#[view]
pub(crate) struct Supplier {
    pub(crate) id: u32,
}

/// Lines at two places.
#[composition(get = "/lines", deadline = "1s")]
pub(crate) struct Lines {
    /// What was ordered.
    #[call(Orders, get = "/ordered")]
    pub(crate) ordered: Vec<Line>,
    /// What somebody likes.
    #[call(Orders, get = "/liked")]
    pub(crate) liked: Vec<Line>,
}

#[view]
pub(crate) struct Comment {
    pub(crate) author_id: String,
    pub(crate) reply: Option<Box<Comment>>,
    /// Who wrote it. A comment without an author is not shown.
    #[call(People, get = "/people/{author_id}", each(at_once = 8))]
    pub(crate) author: Person,
}

#[view]
pub(crate) struct Person {
    pub(crate) name: String,
}

/// A comment, the reply to it, the reply to that.
#[composition(get = "/thread", deadline = "1s")]
pub(crate) struct Thread {
    /// The first comment.
    #[call(Orders, get = "/comment")]
    pub(crate) comment: Comment,
}

#[view]
pub(crate) struct Seen {
    pub(crate) id: String,
    /// The product as it was then.
    #[call(Catalog, get = "/products/{id}", each(at_once = 8))]
    pub(crate) product: Option<Product>,
}

/// What was looked at.
#[composition(get = "/seen", deadline = "1s")]
pub(crate) struct SeenPage {
    /// The latest first.
    #[call(Orders, get = "/seen")]
    pub(crate) seen: Vec<Seen>,
}

/// What is on sale, in the words of whoever sells it.
#[view(needs(language: String))]
pub(crate) struct Offer {
    pub(crate) id: String,
    #[computed(titled(id, needs.language))]
    pub(crate) title: String,
    #[computed(shouted(title))]
    pub(crate) loud: String,
}

fn titled(id: &str, language: &str) -> String {
    format!("{id} ({language})")
}

fn shouted(title: &str) -> String {
    title.to_uppercase()
}

/// A seller with a language of their own.
#[view(supply(language = speaks))]
pub(crate) struct Seller {
    pub(crate) speaks: String,
    pub(crate) offer: Offer,
}

#[input]
pub(crate) struct OffersInput {
    #[query]
    pub(crate) language: String,
}

/// The shop's own offer, and a seller's.
#[composition(get = "/offers", deadline = "1s", input = OffersInput, supply(language = query.language))]
pub(crate) struct Offers {
    /// The shop's.
    #[call(Catalog, get = "/offer")]
    pub(crate) own: Offer,
    /// A seller's.
    #[call(Suppliers, get = "/seller")]
    pub(crate) seller: Seller,
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<StandardCaller>();
    let bff = bff.endpoint::<Lines>().endpoint::<Thread>().endpoint::<SeenPage>().endpoint::<Offers>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn product(id: &str, suppliers: &[u32]) -> String {
    let parts: Vec<String> = suppliers.iter().map(|id| format!(r#"{{"supplier_id":{id}}}"#)).collect();
    format!(r#"{{"id":"{id}","parts":[{}]}}"#, parts.join(","))
}

/// One line at each place, of product `a`, whose two parts two suppliers make; the second is not known.
fn lines() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("orders", "/ordered").json(r#"[{"id":"a"}]"#);
    backends.on("orders", "/liked").json(r#"[{"id":"a"},{"id":"a"}]"#);
    backends.on("catalog", "/products").json(&format!("[{}]", product("a", &[1, 2])));
    backends.on("suppliers", "/suppliers").json(r#"[{"id":1}]"#);
    backends
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asked_for_makes_no_calls_and_is_never_missing() {
    let backends = lines();
    backends.on("catalog", "/products").json(&format!(
        "[{},{},{}]",
        product("z", &[7, 8]),
        product("a", &[1]),
        product("a", &[9])
    ));
    let answer = kit(&backends).get("/lines").await;
    let asked: Vec<String> = backends.calls("suppliers").into_iter().map(|call| call.path).collect();
    assert_eq!(asked, ["/suppliers?ids=1"]);
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test(start_paused = true)]
async fn a_call_in_what_places_share_is_named_at_each_place_and_counted_by_places() {
    let answer = kit(&lines()).get("/lines").await;
    assert_eq!(
        answer.header("trefoil-degraded"),
        Some("ordered.product.parts.supplier;reason=status, liked.product.parts.supplier;reason=status;count=2")
    );
}

#[tokio::test(start_paused = true)]
async fn graphql_says_which_item_of_a_list_in_a_batch_has_failed() {
    let query = r#"{"query":"{ lines { liked { product { parts { supplier { id } } } } } }"}"#;
    let json = kit(&lines()).post("/graphql", query).await.json();
    let paths: Vec<String> = json["errors"].as_array().unwrap().iter().map(|error| error["path"].to_string()).collect();
    assert_eq!(
        paths,
        [
            r#"["lines","liked",0,"product","parts",1,"supplier"]"#,
            r#"["lines","liked",1,"product","parts",1,"supplier"]"#
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn in_a_view_that_contains_itself_null_climbs_no_further_than_it_must() {
    let backends = FakeBackends::new();
    backends
        .on("orders", "/comment")
        .json(r#"{"author_id":"a","reply":{"reply":{"reply":null,"author_id":"c"},"author_id":"b"}}"#);
    backends.on("people", "/people/").json(r#"{"name":"Ada"}"#);
    backends.on("people", "/people/c").status(500);
    let answer = kit(&backends).get("/thread").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let reply = r#"{"authorId":"b","reply":null,"author":{"name":"Ada"}}"#;
    assert_eq!(answer.text(), format!(r#"{{"comment":{{"authorId":"a","reply":{reply},"author":{{"name":"Ada"}}}}}}"#));

    // With nothing between that may be null, there is no answer, and what failed there is told, not what was sheltered.
    backends.on("people", "/people/a").refused();
    let answer = kit(&backends).get("/thread").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (503, Some("backend-unreachable")));
}

#[tokio::test(start_paused = true)]
async fn the_same_keys_stand_in_the_same_batches_whatever_came_first() {
    let mut seen = std::collections::BTreeSet::new();
    for slow in ["a", "b", "c", "d"] {
        let backends = FakeBackends::new();
        backends.on("orders", "/seen").json(r#"[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]"#);
        for (id, supplier) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
            let route = backends.on("catalog", &format!("/products/{id}"));
            route.slow(if id == slow { 50 } else { 5 }).json(&product(id, &[supplier]));
        }
        // Of two batches one fails, one lacks a key.
        backends.on("suppliers", "/suppliers?ids=1,2").refused();
        backends
            .on("suppliers", "/suppliers")
            .asked(|call| Reply::json(if call.path.contains('3') { r#"[{"id":3}]"# } else { "[]" }).slow(5));
        let answer = kit(&backends).get("/seen").await;
        let mut asked: Vec<String> = backends.calls("suppliers").into_iter().map(|call| call.path).collect();
        asked.sort();
        let header = answer.header("trefoil-degraded").map(str::to_owned);
        seen.insert((asked, header, answer.text().to_owned()));
    }
    assert_eq!(seen.len(), 1, "{seen:#?}");
    let (asked, header, _) = seen.first().unwrap();
    assert_eq!(asked[..], ["/suppliers?ids=1,2", "/suppliers?ids=3,4"]);
    assert_eq!(
        header.as_deref(),
        Some("seen.product.parts.supplier;reason=connect;count=2, seen.product.parts.supplier;reason=status")
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_made_of_what_differs_from_giver_to_giver_is_made_at_each() {
    let backends = FakeBackends::new();
    backends.on("catalog", "/offer").json(r#"{"id":"tea"}"#);
    backends.on("suppliers", "/seller").slow(20).json(r#"{"speaks":"fr","offer":{"id":"vin"}}"#);
    let answer = kit(&backends).get("/offers?language=en").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let own = r#"{"id":"tea","title":"tea (en)","loud":"TEA (EN)"}"#;
    let seller = r#"{"speaks":"fr","offer":{"id":"vin","title":"vin (fr)","loud":"VIN (FR)"}}"#;
    assert_eq!(answer.text(), format!(r#"{{"own":{own},"seller":{seller}}}"#));
}

#[tokio::test(start_paused = true)]
async fn the_failure_matrix_holds_for_calls_in_lists() {
    let backends = lines();
    backends.on("suppliers", "/suppliers").json(r#"[{"id":2},{"id":1}]"#);
    backends.on("orders", "/seen").json(r#"[{"id":"a"},{"id":"b"},{"id":"a"}]"#);
    backends.on("catalog", "/products/a").json(&product("a", &[1]));
    backends.on("catalog", "/products/b").json(&product("b", &[1, 2]));
    backends.on("orders", "/comment").json(r#"{"author_id":"a","reply":{"reply":null,"author_id":"b"}}"#);
    backends.on("people", "/people/").json(r#"{"name":"Ada"}"#);
    for path in ["/lines", "/seen", "/thread"] {
        kit(&backends).matrix(path).await.assert_semantics();
    }
}
