//! Calls in the items of lists: one batch, whose answer is selected into, named and respelled item by item.

use serde_json::json;
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

#[backend]
pub struct Sales;
#[backend]
pub struct Goods;

/// Whether it can be had.
#[view]
pub enum State {
    #[serde(rename = "in-stock")]
    InStock,
    #[serde(rename = "gone")]
    Gone,
}

#[view]
pub struct Line {
    pub good_id: String,
    pub states: Vec<Option<State>>,
    /// The good.
    #[call(Goods, get = "/goods", batch(ids = good_id, by = id))]
    pub good: Option<Good>,
    /// What is said of it.
    #[call(Goods, get = "/words/{good_id}", each(at_once = 8))]
    pub word: Option<String>,
}

#[view]
pub struct Good {
    pub id: String,
    pub state: State,
    pub parts: Vec<Part>,
}

#[view]
pub struct Part {
    pub state: Option<State>,
}

/// What was sold.
#[composition(get = "/sold", deadline = "1s")]
pub struct Sold {
    /// Line by line.
    #[call(Sales, get = "/lines")]
    pub lines: Vec<Line>,
}

/// What was sold, all words at once.
#[composition(get = "/loud", deadline = "1s")]
pub struct Loud {
    /// Line by line.
    #[call(Sales, get = "/lines")]
    pub lines: Vec<LoudLine>,
}

#[view]
pub struct LoudLine {
    pub good_id: String,
    /// What is said of it.
    #[call(Goods, get = "/words/{good_id}", each(at_once = 12))]
    pub word: Option<String>,
    /// What else is said of it.
    #[call(Goods, get = "/more/{good_id}", each(at_once = 12))]
    pub more: Option<String>,
}

/// The BFF without its largest endpoint.
pub fn small() -> Bff {
    Bff::new("sales").caller::<StandardCaller>().endpoint::<Sold>()
}

pub fn large() -> Bff {
    small().endpoint::<Loud>()
}

pub fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("sales", "/lines").json(
        r#"[{"states":["in-stock",null],"good_id":"a"},{"good_id":"b","states":[]},{"good_id":"a","states":["gone"]}]"#,
    );
    backends.on("goods", "/goods").json(
        r#"[{"id":"b","parts":[{"state":"in\u002dstock"},{"state":null}],"state":"gone"},{"state":"in-stock","id":"a","parts":[]}]"#,
    );
    backends.on("goods", "/words/").json(r#""in-stock""#);
    backends.on("goods", "/more/").json(r#""more""#);
    backends
}

pub async fn ask(bff: &Bff, backends: &FakeBackends, query: &str) -> Answer {
    let kit = Kit::new(bff, backends).caller("u-1", &[]);
    kit.post("/graphql", &json!({ "query": query }).to_string()).await
}

#[tokio::test(start_paused = true)]
async fn an_enum_in_the_items_of_a_batch_has_its_own_name() {
    let backends = well();
    let query = "{ sold { lines { states good { state parts { it: state } } again: good { state } word } } }";
    let expected = [
        r#"{"states":["IN_STOCK",null],"good":{"state":"IN_STOCK","parts":[]},"again":{"state":"IN_STOCK"},"word":"in-stock"}"#,
        r#"{"states":[],"good":{"state":"gone","parts":[{"it":"IN_STOCK"},{"it":null}]},"again":{"state":"gone"},"word":"in-stock"}"#,
        r#"{"states":["gone"],"good":{"state":"IN_STOCK","parts":[]},"again":{"state":"IN_STOCK"},"word":"in-stock"}"#,
    ];
    let answer = ask(&small(), &backends, query).await.json();
    let expected = format!(r#"{{"data":{{"sold":{{"lines":[{}]}}}}}}"#, expected.join(","));
    assert_eq!(answer, serde_json::from_str::<serde_json::Value>(&expected).unwrap());
    let calls = backends.calls("goods");
    let batches: Vec<&str> = calls.iter().map(|call| call.path.as_str()).filter(|path| path.contains("ids")).collect();
    assert_eq!(batches, ["/goods?ids=a,b"]);
}

#[tokio::test(start_paused = true)]
async fn items_say_what_they_are_at_every_level() {
    let query = "{ sold { lines { is: __typename good { ...G } } } }
        fragment G on Good { __typename parts { __typename } id }";
    let json = ask(&small(), &well(), query).await.json();
    let a = json!({ "is": "Line", "good": { "__typename": "Good", "parts": [], "id": "a" } });
    let part = json!({ "__typename": "Part" });
    let b = json!({ "is": "Line", "good": { "__typename": "Good", "parts": [part, part], "id": "b" } });
    assert_eq!(json, json!({ "data": { "sold": { "lines": [a, b, a] } } }));
}

#[tokio::test(start_paused = true)]
async fn a_type_name_alone_in_a_batch_still_takes_the_call() {
    let backends = well();
    backends.on("goods", "/goods").json(r#"[{"id":"a","state":"gone","parts":[]}]"#);
    let json = ask(&small(), &backends, "{ sold { lines { good { __typename } } } }").await.json();
    let good = json!({ "good": { "__typename": "Good" } });
    assert_eq!(json["data"]["sold"]["lines"], json!([good, { "good": null }, good]));
    assert_eq!(json["errors"][0]["path"], json!(["sold", "lines", 1, "good"]));
}
