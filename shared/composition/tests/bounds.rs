//! Bounds of what a request says, where numbers need not be whole; and defaults, which are held to them at start.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::{Value, json};
use trefoil_composition::declare::Endpoint;
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit};

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Parcel {
    #[bounds(min = 0, max = 30)]
    pub(crate) weight: f64,
    #[bounds(max = 2, max_items = 2)]
    pub(crate) sides: Option<Vec<f32>>,
}

#[input]
pub(crate) struct QuoteInput {
    /// How far.
    #[path(min = 1, max = 100)]
    pub(crate) distance: f64,
    /// How much.
    #[query(default = 1.5, min = 1)]
    pub(crate) factor: f32,
    #[body]
    pub(crate) parcel: Parcel,
}

/// What it costs.
#[composition(post = "/quotes/{distance}", input = QuoteInput)]
pub(crate) struct Quote {
    #[call(Shop, post = "/quotes", query(distance = path.distance, factor = query.factor), body = body)]
    pub(crate) price: f64,
}

#[input]
pub(crate) struct Any {
    #[query(default = 1)]
    pub(crate) page: u32,
}

/// Something to read.
#[composition(get = "/any", input = Any)]
pub(crate) struct Something {
    #[call(Shop, get = "/any", query(page = query.page))]
    pub(crate) any: u32,
}

fn kit(backends: &FakeBackends) -> Kit {
    backends.on("shop", "/quotes").json("9.90");
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Quote>().endpoint::<Something>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn details(problem: &Value) -> Vec<String> {
    let one = |fault: &Value| format!("{}: {}", fault["name"].as_str().unwrap(), fault["detail"].as_str().unwrap());
    problem["errors"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn numbers_that_need_not_be_whole_are_held_to_their_bounds() {
    let backends = FakeBackends::new();
    let kit = kit(&backends);
    let answer = kit.post("/quotes/100.0?factor=1", r#"{"weight":30.0,"sides":[2,-1.5]}"#).await;
    assert_eq!(answer.text(), r#"{"price":9.90}"#);
    assert_eq!(backends.calls("shop")[0].path, "/quotes?distance=100.0&factor=1");

    let answer = kit.post("/quotes/0.999?factor=0.5", r#"{"weight":30.001,"sides":[2.1]}"#).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert_eq!(
        details(&answer.json()),
        [
            "distance: expected a number from 1 to 100",
            "factor: expected a number of at least 1",
            "weight: expected a number from 0 to 30",
            "sides.0: expected a number of at most 2",
        ]
    );
    assert_eq!(backends.all_calls().len(), 1);
}

#[tokio::test]
async fn graphql_holds_them_too() {
    let backends = FakeBackends::new();
    let kit = kit(&backends);
    for (arguments, said) in [
        ("distance: 0.5, parcel: { weight: 1 }", "a number from 1 to 100"),
        ("distance: 5, parcel: { weight: -0.1 }", "a number from 0 to 30"),
    ] {
        let query = json!({ "query": format!("mutation {{ quote({arguments}) {{ price }} }}") }).to_string();
        let answer = kit.post("/graphql", &query).await;
        assert!(answer.json()["errors"].to_string().contains(said), "{}", answer.text());
    }
    assert!(backends.all_calls().is_empty());
}

#[test]
fn the_documents_say_them() {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Quote>().endpoint::<Something>().compile().unwrap();
    let document: Value = serde_json::from_str(&bff.openapi()).unwrap();
    let parameters = &document["paths"]["/web/quotes/{distance}"]["post"]["parameters"];
    let schema =
        |name: &str| parameters.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["schema"].clone();
    assert_eq!(schema("distance"), json!({ "type": "number", "minimum": 1, "maximum": 100 }));
    assert_eq!(schema("factor"), json!({ "type": "number", "minimum": 1, "default": 1.5 }));
    let parcel = &document["components"]["schemas"]["ParcelInput"]["properties"];
    assert_eq!((&parcel["weight"]["minimum"], &parcel["weight"]["maximum"]), (&json!(0), &json!(30)));
    assert_eq!(parcel["sides"]["items"], json!({ "type": "number", "maximum": 2 }));
    assert!(bff.graphql().contains("From 0 to 30."));
}

#[input]
pub(crate) struct TooMany {
    #[query(default = 500, max = 100)]
    pub(crate) limit: u32,
    #[query(default = "a", min_length = 2)]
    pub(crate) word: String,
}

/// Has defaults that no client could say.
#[composition(get = "/too-many", input = TooMany)]
pub(crate) struct Unsayable {
    #[call(Shop, get = "/any", query(limit = query.limit, word = query.word))]
    pub(crate) any: u32,
}

#[view]
pub(crate) struct Basket {
    #[serde(default)]
    #[bounds(min_items = 1)]
    pub(crate) lines: Vec<u32>,
}

#[input]
pub(crate) struct BasketInput {
    #[body]
    pub(crate) basket: Basket,
}

/// Its body has one, too.
#[composition(post = "/empty", input = BasketInput)]
pub(crate) struct Empty {
    #[call(Shop, post = "/baskets", body = body)]
    pub(crate) id: u32,
}

#[test]
fn a_default_that_breaks_its_own_bounds_is_an_error_at_start() {
    fn errors<E: Endpoint>() -> Vec<String> {
        let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Something>().endpoint::<E>();
        bff.compile().unwrap_err().iter().map(ToString::to_string).collect()
    }
    let of_parameters = errors::<Unsayable>();
    assert_eq!(of_parameters.len(), 2, "{of_parameters:?}");
    assert!(
        of_parameters[0].contains(
            "the default of `limit` is not what a request may say there: expected a whole number from 0 to 100"
        )
    );
    assert!(of_parameters[1].contains("the default of `word`"));
    let of_a_body = errors::<Empty>();
    assert!(
        of_a_body[0].contains("the default of `Basket.lines`") && of_a_body[0].contains("a list of 1 to"),
        "{of_a_body:?}"
    );
}
