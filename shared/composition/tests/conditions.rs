//! `when` says whether a call is made: one that is not leaves null, or its default, and the answer complete.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
#![allow(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "arguments come as references to what is declared"
)]

extern crate trefoil_composition as trefoil;

use serde_json::json;
use trefoil_composition::{Bff, backend, composition, input, view};
use trefoil_testing::{Answer, FakeBackends, Kit, Reply};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Profile {
    pub(crate) id: String,
    pub(crate) tier: Option<String>,
}

/// A line.
#[view]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    #[hidden]
    pub(crate) for_sale: bool,
    /// The product, while it is for sale.
    #[call(Shop, get = "/products", batch(ids = product_id, by = id), when = for_sale)]
    pub(crate) product: Option<Product>,
}

/// What decides may come from anywhere.
#[composition(get = "/deciding")]
pub(crate) struct Deciding {
    /// Who asks, perhaps.
    #[call(Shop, get = "/person")]
    pub(crate) person: Option<Person>,
    /// How many there are.
    #[hidden]
    #[from(person, header = "x-orders")]
    pub(crate) orders: Option<bool>,
    /// Whether they are grown up.
    #[hidden]
    #[computed(is_adult(person.age))]
    pub(crate) adult: Option<bool>,
    /// While the person wants it.
    #[call(Shop, get = "/letter", when = person.letters)]
    pub(crate) letter: Option<String>,
    /// If a header says so.
    #[call(Shop, get = "/ordered", when = orders)]
    pub(crate) ordered: Option<String>,
    /// If a function says so.
    #[call(Shop, get = "/wine", when = adult)]
    pub(crate) wine: Option<String>,
}

#[view]
pub(crate) struct Person {
    pub(crate) age: u32,
    pub(crate) letters: bool,
}

fn is_adult(age: &u32) -> bool {
    assert!(*age < 150, "nobody is so old");
    *age >= 18
}

/// The function that decides may panic.
#[composition(get = "/panicking")]
pub(crate) struct Panicking {
    /// Who asks.
    #[call(Shop, get = "/person")]
    pub(crate) person: Person,
    /// For some.
    #[call(Shop, get = "/wine", when = is_adult(person.age))]
    pub(crate) wine: Option<String>,
    /// For some, or water.
    #[call(Shop, get = "/wine", when = is_adult(person.age), or = "water")]
    pub(crate) drink: String,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: u64,
}

#[input]
pub(crate) struct ProductInput {
    #[query]
    pub(crate) with_reviews: Option<bool>,
    #[query(default = false)]
    pub(crate) with_lines: bool,
}

fn is_premium(tier: &Option<String>, with_lines: &bool) -> bool {
    *with_lines && tier.as_deref() == Some("gold")
}

/// A product's page.
#[composition(get = "/product", input = ProductInput)]
pub(crate) struct Page {
    /// Who asks.
    #[call(Shop, get = "/profile")]
    pub(crate) profile: Option<Profile>,
    /// What others say.
    #[call(Shop, get = "/reviews", when = query.with_reviews)]
    pub(crate) reviews: Option<Vec<String>>,
    /// For some.
    #[call(Shop, get = "/lines", when = is_premium(profile.tier, query.with_lines))]
    pub(crate) lines: Option<Vec<Line>>,
    /// For the others, too, if they ask.
    #[call(Shop, get = "/tags", when = query.with_lines, or = Vec::new())]
    pub(crate) tags: Vec<String>,
    /// What is theirs.
    #[call(Shop, get = "/users/{profile.id}", when = query.with_lines)]
    pub(crate) own: Option<String>,
}

fn backends(tier: &str) -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("shop", "/profile").json(&format!(r#"{{"id":"u","tier":{tier}}}"#));
    backends.on("shop", "/reviews").json(r#"["good"]"#);
    backends.on("shop", "/lines").json(r#"[{"product_id":1,"for_sale":true},{"product_id":2,"for_sale":false}]"#);
    backends.on("shop", "/tags").json(r#"["t"]"#);
    backends.on("shop", "/products").json(r#"[{"id":1}]"#);
    backends.on("shop", "/users/u").json(r#""own""#);
    backends
}

fn bff() -> Bff {
    Bff::new("web").caller::<Caller>().endpoint::<Page>().endpoint::<Deciding>().endpoint::<Panicking>()
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

async fn ask(backends: &FakeBackends, query: &str) -> Answer {
    kit(backends).get(&format!("/product{query}")).await
}

fn asked(backends: &FakeBackends) -> Vec<String> {
    backends.calls("shop").into_iter().map(|call| call.path).collect()
}

#[tokio::test]
async fn a_call_whose_condition_is_false_is_not_made_and_nothing_is_missing() {
    for query in ["", "?withReviews=false"] {
        let backends = backends("null");
        let answer = ask(&backends, query).await;
        assert_eq!(
            answer.text(),
            r#"{"profile":{"id":"u","tier":null},"reviews":null,"lines":null,"tags":[],"own":null}"#
        );
        assert_eq!(answer.header("trefoil-degraded"), None);
        assert_eq!(asked(&backends), ["/profile"]);
    }
}

#[tokio::test]
async fn a_call_whose_condition_holds_is_made() {
    let backends = backends(r#""gold""#);
    let answer = ask(&backends, "?withReviews=true&withLines=true").await;
    assert_eq!(
        answer.text(),
        r#"{"profile":{"id":"u","tier":"gold"},"reviews":["good"],"lines":[{"productId":1,"product":{"id":1}},{"productId":2,"product":null}],"tags":["t"],"own":"own"}"#
    );
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert!(asked(&backends).contains(&"/products?ids=1".to_owned()), "the keys of those that are wanted only");
}

#[tokio::test]
async fn what_is_not_to_be_made_depends_on_nothing() {
    let backends = backends("null");
    backends.on("shop", "/profile").status(500);
    let answer = ask(&backends, "").await;
    assert_eq!(
        answer.header("trefoil-degraded"),
        Some("profile;reason=status"),
        "an `Option` is none when its call failed"
    );
    let answer = ask(&backends, "?withLines=true").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("profile;reason=status, own;reason=dependency"));
}

#[tokio::test]
async fn a_selection_waits_for_the_condition_of_what_it_shows() {
    let backends = backends(r#""gold""#);
    let query = json!({ "query": "{ page(withLines: true) { lines { productId } } }" }).to_string();
    let answer = kit(&backends).post("/graphql", &query).await.json();
    assert_eq!(answer["data"], json!({ "page": { "lines": [{ "productId": 1 }, { "productId": 2 }] } }), "{answer}");
    assert_eq!(asked(&backends), ["/profile", "/lines"]);
}

fn person(age: u32, header: Option<&str>) -> FakeBackends {
    let backends = FakeBackends::new();
    let reply = Reply::json(&format!(r#"{{"age":{age},"letters":true}}"#));
    let reply = match header {
        Some(value) => reply.with_header("x-orders", value),
        None => reply,
    };
    backends.on("shop", "/person").reply(reply);
    for path in ["/letter", "/ordered", "/wine"] {
        backends.on("shop", path).json("\"yes\"");
    }
    backends
}

#[tokio::test]
async fn a_part_a_header_and_a_computed_field_decide() {
    for (age, header, ordered, wine) in [
        (20, Some("true"), json!("yes"), json!("yes")),
        (7, Some("false"), json!(null), json!(null)),
        (7, None, json!(null), json!(null)),
    ] {
        let answer = kit(&person(age, header)).get("/deciding").await;
        assert_eq!(answer.header("trefoil-degraded"), None);
        let json = answer.json();
        assert_eq!(
            (&json["letter"], &json["ordered"], &json["wine"]),
            (&json!("yes"), &ordered, &wine),
            "{age} {header:?}"
        );
    }
}

#[tokio::test]
async fn what_decides_and_failed_is_what_the_call_depends_on() {
    let backends = person(20, Some("true"));
    backends.on("shop", "/person").status(500);
    let answer = kit(&backends).get("/deciding").await;
    assert_eq!(
        answer.header("trefoil-degraded"),
        Some(
            "person;reason=status, orders;reason=dependency, adult;reason=dependency, letter;reason=dependency, ordered;reason=dependency, wine;reason=dependency"
        )
    );
    assert_eq!(asked(&backends), ["/person"]);
}

#[tokio::test]
async fn a_function_that_panics_costs_the_call_that_it_decides_alone() {
    let backends = person(150, None);
    let answer = kit(&backends).get("/panicking").await;
    assert_eq!(answer.json()["wine"], json!(null));
    assert_eq!(answer.json()["drink"], "water");
    assert_eq!(answer.header("trefoil-degraded"), Some("wine;reason=shape, drink;reason=shape;default"));
    assert_eq!(asked(&backends), ["/person"]);
}
