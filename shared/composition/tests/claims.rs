//! Claims of tokens: typed, and looked at before any call, where a call of what was asked for refers to one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::{Value, json};
use trefoil_composition::handler::{Caller as Asker, Handler, IntoResponse, Problem};
use trefoil_composition::{Bff, backend, caller, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) enum Plan {
    #[serde(rename = "free")]
    Free,
    #[serde(rename = "paid")]
    Paid,
}

#[caller]
pub(crate) struct Caller {
    #[claim("partner_id")]
    pub(crate) partner: String,
    pub(crate) level: u8,
    pub(crate) staff: bool,
    pub(crate) plan: Plan,
    pub(crate) region: Option<String>,
}

/// Refers to all of them.
#[composition(get = "/offers")]
pub(crate) struct Offers {
    #[call(Shop, get = "/partners/{caller.partner}", query(level = caller.level, staff = caller.staff, plan = caller.plan))]
    pub(crate) offers: Vec<u32>,
    #[call(Shop, get = "/news")]
    pub(crate) news: Option<Vec<u32>>,
    #[call(Shop, get = "/regions/{caller.region}")]
    pub(crate) nearby: Option<Vec<u32>>,
    #[call(Shop, get = "/staff", when = caller.staff)]
    pub(crate) notes: Option<u32>,
}

async fn partner(caller: Asker) -> Result<impl IntoResponse, Problem> {
    caller.claim::<String>("partner_id")
}

fn kit(claims: &[(&str, Value)]) -> (Kit, FakeBackends) {
    let backends = FakeBackends::new();
    backends.on("shop", "/partners/").json("[1]");
    backends.on("shop", "/news").json("[2]");
    backends.on("shop", "/staff").json("3");
    backends.on("shop", "/regions/north").json("[4]");
    let handler = Handler::get("partner", "/partner", partner);
    let bff = Bff::new("shop").caller::<Caller>().endpoint::<Offers>().handler(handler);
    let kit = Kit::new(&bff, &backends).caller("u-1", &[]);
    (claims.iter().fold(kit, |kit, (name, value)| kit.claim(name, value.clone())), backends)
}

fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("partner_id", json!("acme")),
        ("level", json!(3)),
        ("staff", json!(false)),
        ("plan", json!("paid")),
        ("region", json!("north")),
    ]
}

/// All claims, save that this one has another value, or is not there.
fn but(name: &str, value: Option<&Value>) -> Vec<(&'static str, Value)> {
    all()
        .into_iter()
        .filter_map(
            |(other, was)| if other == name { value.map(|value| (other, value.clone())) } else { Some((other, was)) },
        )
        .collect()
}

fn refused(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &json!("invalid-token")), "{}", answer.text());
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Bearer realm=\"shop\", error=\"invalid_token\""), "{challenge}");
}

#[tokio::test]
async fn claims_of_every_kind_are_sent_on_as_they_are() {
    let (kit, backends) = kit(&all());
    let answer = kit.get("/offers").await;
    assert_eq!(answer.text(), r#"{"offers":[1],"news":[2],"nearby":[4],"notes":null}"#);
    assert_eq!(backends.calls("shop")[0].path, "/partners/acme?level=3&staff=false&plan=paid");
}

#[tokio::test]
async fn without_a_claim_that_is_needed_or_with_another_kind_there_is_no_call_and_a_challenge() {
    for (name, value) in [
        ("partner_id", None),
        ("partner_id", Some(json!(7))),
        ("partner_id", Some(Value::Null)),
        ("partner_id", Some(json!(["acme"]))),
        ("level", Some(json!(256))),
        ("level", Some(json!(1.5))),
        ("level", Some(json!("3"))),
        ("staff", Some(json!("true"))),
        ("plan", Some(json!("Paid"))),
        ("region", Some(json!(5))),
    ] {
        let (kit, backends) = kit(&but(name, value.as_ref()));
        let answer = kit.get("/offers").await;
        refused(&answer);
        assert_eq!(answer.json()["detail"], format!("the token has no usable claim `{name}`"), "{value:?}");
        assert!(backends.all_calls().is_empty(), "{name} {value:?}");
    }
}

#[tokio::test]
async fn an_optional_claim_that_is_null_or_not_there_makes_no_call_and_the_answer_is_complete() {
    for value in [None, Some(Value::Null)] {
        let (kit, backends) = kit(&but("region", value.as_ref()));
        let answer = kit.get("/offers").await;
        assert_eq!(answer.text(), r#"{"offers":[1],"news":[2],"nearby":null,"notes":null}"#);
        assert_eq!((answer.header("trefoil-degraded"), backends.all_calls().len()), (None, 2));
    }
}

#[tokio::test]
async fn a_claim_decides_whether_a_call_is_made() {
    let (kit, backends) = kit(&but("staff", Some(&json!(true))));
    assert_eq!(kit.get("/offers").await.json()["notes"], 3);
    assert_eq!(backends.all_calls().len(), 4);
}

#[tokio::test]
async fn graphql_needs_the_claims_of_what_is_selected_alone() {
    let (kit, backends) = kit(&[]);
    let ask = |fields: &str| format!(r#"{{"query":"{{ offers {{ {fields} }} }}"}}"#);
    let answer = kit.post("/graphql", &ask("news")).await.json();
    assert_eq!(answer, json!({ "data": { "offers": { "news": [2] } } }));
    let answer = kit.post("/graphql", &ask("news offers")).await.json();
    assert_eq!(answer["data"]["offers"], Value::Null);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "invalid-token", "{answer}");
    assert_eq!(backends.all_calls().len(), 1);
}

#[tokio::test]
async fn a_handler_that_asks_for_a_claim_refuses_as_an_endpoint_does() {
    assert_eq!(kit(&all()).0.get("/partner").await.text(), "acme");
    refused(&kit(&[]).0.get("/partner").await);
}
