//! A value that is one of several views, told apart by a member beside theirs (serde's internally tagged enums).
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit};

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Banks;

#[view]
pub(crate) struct Bank {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[view]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Brand {
    VisaCard,
    Amex,
}

/// Paid by card.
#[view]
pub(crate) struct Card {
    pub(crate) last_four: String,
    pub(crate) brand: Brand,
    pub(crate) amount: f64,
    pub(crate) bank_id: u64,
    #[call(Banks, get = "/banks", batch(ids = bank_id, by = id), within = "100ms")]
    pub(crate) bank: Option<Bank>,
}

#[view]
pub(crate) struct Invoice {
    pub(crate) due: String,
    pub(crate) amount: f64,
    pub(crate) bank_id: u64,
    #[call(Banks, get = "/banks/{bank_id}", each(at_once = 2))]
    pub(crate) bank: Bank,
}

/// Several at once.
#[view]
pub(crate) struct Split {
    pub(crate) parts: Vec<Payment>,
}

/// How it was paid.
#[view]
#[serde(tag = "payment_type", rename_all = "snake_case")]
pub(crate) enum Payment {
    /// By card.
    Card(Card),
    #[serde(rename = "by invoice")]
    Invoice(Box<Invoice>),
    Split(Split),
}

#[composition(get = "/order", deadline = "300ms")]
pub(crate) struct OrderPage {
    #[call(Orders, get = "/payments", within = "100ms")]
    pub(crate) payments: Option<Vec<Payment>>,
    #[call(Orders, get = "/payment", within = "100ms")]
    pub(crate) payment: Option<Payment>,
}

/// The last payment.
#[composition(get = "/payment", deadline = "300ms")]
pub(crate) struct LastPayment(#[call(Orders, get = "/payment", within = "100ms")] pub(crate) Option<Payment>);

const CARD: &str =
    r#"{"amount":1.10,"bank_id":1,"secret":0,"brand":"visa-card","payment_type":"card","last_four":"4242"}"#;
const INVOICE: &str = r#"{"payment_type":"by invoice","last_four":"x","due":"today","amount":2,"bank_id":2}"#;
const CARD_OUT: &str = r#"{"paymentType":"card","lastFour":"4242","brand":"visa-card","amount":1.10,"bankId":1,"bank":{"id":1,"name":"A"}}"#;
const INVOICE_OUT: &str =
    r#"{"paymentType":"by invoice","due":"today","amount":2,"bankId":2,"bank":{"id":2,"name":"B"}}"#;

fn well(payment: &str) -> FakeBackends {
    let backends = FakeBackends::new();
    let split =
        format!(r#"{{"parts":[{INVOICE},{{"parts":[{CARD}],"payment_type":"split"}}],"payment_type":"split"}}"#);
    backends.on("orders", "/payments").json(&format!("[{CARD},{INVOICE},{split}]"));
    backends.on("orders", "/payment").json(payment);
    backends.on("banks", "/banks").json(r#"[{"id":1,"name":"A"}]"#);
    backends.on("banks", "/banks/2").json(r#"{"id":2,"name":"B"}"#);
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<OrderPage>().endpoint::<LastPayment>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

async fn graphql(payment: &str, query: &str) -> String {
    kit(&well(payment)).post("/graphql", &json!({ "query": query }).to_string()).await.text().to_owned()
}

#[tokio::test]
async fn each_value_is_projected_by_its_own_view_with_the_tag_first() {
    let backends = well(CARD);
    let answer = kit(&backends).get("/order").await;
    let split =
        format!(r#"{{"paymentType":"split","parts":[{INVOICE_OUT},{{"paymentType":"split","parts":[{CARD_OUT}]}}]}}"#);
    assert_eq!(answer.text(), format!(r#"{{"payments":[{CARD_OUT},{INVOICE_OUT},{split}],"payment":{CARD_OUT}}}"#));
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn calls_in_variants_are_made_once_a_level() {
    let backends = well("null");
    let answer = kit(&backends).get("/order").await;
    assert_eq!((answer.header("trefoil-degraded"), &answer.json()["payment"]), (None, &Value::Null));
    let mut asked: Vec<String> = backends.calls("banks").into_iter().map(|call| call.path).collect();
    asked.sort();
    assert_eq!(asked, ["/banks/2", "/banks?ids=1"]);
}

#[tokio::test]
async fn a_tag_that_is_unknown_or_missing_or_no_string_or_twice_is_a_shape_failure() {
    let deep = format!("{}{CARD}{}", r#"{"payment_type":"split","parts":["#.repeat(80), "]}".repeat(80));
    let deeper = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for payment in [
        CARD.replace("\"card\"", "\"Card\""),
        CARD.replace("payment_type", "paymentType"),
        CARD.replace("\"card\"", "1"),
        CARD.replace("\"card\"", "null"),
        CARD.replace("\"amount\"", r#""payment_type":"card","amount""#),
        CARD.replace("\"last_four\"", "\"lastFour\""),
        CARD.replace("\"4242\"", "4242"),
        "[]".to_owned(),
        "\"card\"".to_owned(),
        format!("{CARD} x"),
        deep,
        deeper,
    ] {
        let answer = kit(&well(&payment)).get("/order").await;
        assert_eq!(
            answer.header("trefoil-degraded"),
            Some("payment;reason=shape"),
            "{}",
            &payment[..60.min(payment.len())]
        );
        assert!(answer.json()["payment"].is_null());
    }
    let escaped = CARD.replace("\"card\"", "\"c\\u0061rd\"").replace("payment_type", "payment\\u005ftype");
    assert_eq!(kit(&well(&escaped)).get("/payment").await.text(), CARD_OUT);
}

#[tokio::test]
async fn what_fails_in_a_variant_is_named_without_it_and_null_climbs_as_anywhere() {
    let backends = well(INVOICE);
    backends.on("banks", "/banks").status(500);
    let answer = kit(&backends).get("/order").await;
    assert_eq!(
        answer.header("trefoil-degraded"),
        Some("payments.bank;reason=status, payments.parts.bank;reason=status")
    );
    backends.on("banks", "/banks/2").status(500);
    let answer = kit(&backends).get("/payment").await;
    assert_eq!((answer.text(), answer.header("trefoil-degraded")), ("null", Some("bank;reason=status")));
}

#[view]
pub(crate) struct Sea {
    pub(crate) ship: u64,
    #[call(Banks, get = "/banks", batch(ids = ship, by = id), within = "100ms")]
    pub(crate) vessel: Option<Bank>,
}

#[view]
pub(crate) struct Air {
    pub(crate) flight: u64,
    #[call(Banks, get = "/banks/{flight}", each(at_once = 2))]
    pub(crate) plane: Bank,
}

#[view]
#[serde(tag = "by", rename_all = "lowercase")]
pub(crate) enum Way {
    Sea(Sea),
    Air(Air),
}

/// How it comes.
#[composition(get = "/ways", deadline = "300ms")]
pub(crate) struct Ways(#[call(Orders, get = "/ways", within = "100ms")] pub(crate) Vec<Option<Way>>);

#[tokio::test(start_paused = true)]
async fn every_fault_is_answered_as_declared() {
    let backends = well(CARD);
    backends.on("orders", "/ways").json(r#"[{"by":"sea","ship":1},null,{"flight":2,"by":"air"}]"#);
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Ways>();
    Kit::new(&bff, &backends).caller("u-1", &[]).matrix("/ways").await.assert_semantics();
}

#[tokio::test]
async fn a_stream_has_the_same() {
    let events = kit(&well(INVOICE)).header("accept", "application/x-ndjson").get("/order").await;
    assert!(events.text().contains(&format!(r#""path":"payment","value":{INVOICE_OUT}"#)), "{}", events.text());
}

#[tokio::test]
async fn graphql_has_a_union_whose_fragments_say_what_of_each_is_shown() {
    for (payment, query, expected) in [
        (CARD, "{ lastPayment { __typename } }", r#"{"__typename":"Card"}"#),
        (CARD, "{ lastPayment { ... on Card { lastFour amount } } }", r#"{"lastFour":"4242","amount":1.10}"#),
        (CARD, "{ lastPayment { ... on Invoice { due } } }", "{}"),
        ("null", "{ lastPayment { ... on Invoice { due } } }", "null"),
        (
            CARD,
            "{ lastPayment { ... on Invoice { due } kind: __typename ... on Card { a: amount __typename brand } } }",
            r#"{"kind":"Card","a":1.10,"__typename":"Card","brand":"VISA_CARD"}"#,
        ),
        (
            INVOICE,
            "{ lastPayment { ...P ...C } } fragment P on Payment { __typename ... on Invoice { ...I } } fragment I on Invoice { due bank { name } } fragment C on Card { lastFour }",
            r#"{"__typename":"Invoice","due":"today","bank":{"name":"B"}}"#,
        ),
        (
            INVOICE,
            "{ lastPayment { ... on Invoice { ... on Payment { __typename ... on Card { lastFour } ... on Invoice { due } } ... { amount } } } }",
            r#"{"__typename":"Invoice","due":"today","amount":2}"#,
        ),
        // One key may be another field in each, of the same type.
        (CARD, "{ lastPayment { ... on Card { x: lastFour } ... on Invoice { x: due } } }", r#"{"x":"4242"}"#),
        (
            CARD,
            "{ lastPayment { ... on Card { bank { id } } ... on Card @skip(if: false) { bank { name } } ... on Card @include(if: false) { amount } } }",
            r#"{"bank":{"id":1,"name":"A"}}"#,
        ),
    ] {
        assert_eq!(graphql(payment, query).await, format!(r#"{{"data":{{"lastPayment":{expected}}}}}"#), "{query}");
    }
}

#[tokio::test]
async fn graphql_follows_conditions_and_lists_and_unions_in_unions() {
    let query = "query ($card: Boolean!) { orderPage { payments { ... on Card @include(if: $card) { lastFour } ... on Split { parts { __typename ... on Split { parts { ... on Card { lastFour } } } } } } } }";
    for (card, first) in [(true, r#"{"lastFour":"4242"}"#), (false, "{}")] {
        let body = json!({ "query": query, "variables": { "card": card } }).to_string();
        let answer = kit(&well(CARD)).post("/graphql", &body).await;
        assert_eq!(
            answer.text(),
            format!(
                r#"{{"data":{{"orderPage":{{"payments":[{first},{{}},{{"parts":[{{"__typename":"Invoice"}},{{"__typename":"Split","parts":[{{"lastFour":"4242"}}]}}]}}]}}}}}}"#
            )
        );
    }
}

#[tokio::test]
async fn graphql_calls_what_is_shown_of_variants_and_no_more() {
    let backends = well(CARD);
    let query = "{ orderPage { payments { ... on Card { amount } ... on Invoice { bank { name } } } } }";
    let answer = kit(&backends).post("/graphql", &json!({ "query": query }).to_string()).await;
    assert!(answer.json()["errors"].is_null(), "{}", answer.text());
    let asked: Vec<String> = backends.calls("banks").into_iter().map(|call| call.path).collect();
    assert_eq!(asked, ["/banks/2"]);
}

#[tokio::test]
async fn graphql_refuses_what_does_not_fit_a_union() {
    for query in [
        "{ lastPayment }",
        "{ lastPayment { amount } }",
        "{ lastPayment { ... on Bank { id } } }",
        "{ lastPayment { ... on Card { due } } }",
        "{ lastPayment { ... on Card { x: lastFour } ... on Invoice { x: amount } } }",
        "{ lastPayment { ... on Card { x: bankId } ... on Invoice { x: bank { id } } } }",
        "{ lastPayment { ... on Card { x: lastFour x: amount } } }",
        "{ lastPayment { ... on Card { bank { x: id } } ... on Card { bank { x: name } } } }",
        "{ lastPayment { __typename ... on Card { __typename: lastFour } } }",
    ] {
        let answer: Value = serde_json::from_str(&graphql(CARD, query).await).unwrap();
        assert!(answer.get("data").is_none_or(Value::is_null) && answer["errors"].is_array(), "{query}: {answer}");
    }
}

#[tokio::test]
async fn graphql_names_a_failed_place_inside_a_variant() {
    let backends = well(CARD);
    backends.on("banks", "/banks").status(500);
    let query = "{ p: lastPayment { ... on Card { lastFour b: bank { id } } } }";
    let answer = kit(&backends).post("/graphql", &json!({ "query": query }).to_string()).await.json();
    assert_eq!(answer["data"], json!({"p": {"lastFour": "4242", "b": null}}));
    assert_eq!(answer["errors"][0]["path"], json!(["p", "b"]));
    assert_eq!(answer["extensions"]["degraded"], json!([{"path": "p.b", "reason": "status"}]));
}

#[tokio::test]
async fn graphql_tells_of_the_union() {
    let schema = kit(&well(CARD)).get("/graphql/schema.graphql").await;
    assert!(schema.text().contains("union Payment = Card | Invoice | Split\n"), "{}", schema.text());
    let asked = graphql(CARD, r#"{ __type(name: "Payment") { kind description possibleTypes { name } } }"#).await;
    assert_eq!(
        asked,
        r#"{"data":{"__type":{"kind":"UNION","description":"How it was paid.","possibleTypes":[{"name":"Card"},{"name":"Invoice"},{"name":"Split"}]}}}"#
    );
    let explorer = kit(&well(CARD)).header("accept", "text/html").get("/graphql").await;
    assert!(explorer.text().contains("... on Card {"), "{}", explorer.text());
}

#[tokio::test]
async fn the_documents_have_one_of_its_variants_by_the_tag() {
    let document = kit(&well(CARD)).get("/openapi.json").await.json();
    let schemas = &document["components"]["schemas"];
    let at = |name: &str| format!("#/components/schemas/{name}");
    assert_eq!(
        schemas["Payment"],
        json!({
            "description": "How it was paid.\n\n- `card`: By card.\n- `by invoice`\n- `split`",
            "oneOf": [{"$ref": at("CardAsPayment")}, {"$ref": at("InvoiceAsPayment")}, {"$ref": at("SplitAsPayment")}],
            "discriminator": {"propertyName": "paymentType", "mapping": {
                "card": at("CardAsPayment"), "by invoice": at("InvoiceAsPayment"), "split": at("SplitAsPayment")
            }}
        })
    );
    let split = &schemas["SplitAsPayment"];
    assert_eq!(split["required"], json!(["paymentType", "parts"]));
    assert_eq!(split["properties"]["paymentType"], json!({"type": "string", "enum": ["split"]}));
    assert_eq!(split["properties"]["parts"]["items"], json!({"$ref": at("Payment")}));
    assert_eq!(schemas["CardAsPayment"]["description"], "Paid by card.");
    assert!(schemas.get("Card").is_none());
}

#[test]
fn a_typed_value_is_the_backends_json() {
    let split: Payment = serde_json::from_str(r#"{"payment_type":"split","parts":[]}"#).unwrap();
    assert!(matches!(&split, Payment::Split(Split { parts }) if parts.is_empty()));
    assert_eq!(serde_json::to_string(&split).unwrap(), r#"{"payment_type":"split","parts":[]}"#);
}

#[view]
pub(crate) struct Kinded {
    pub(crate) kind: String,
}

#[view]
pub(crate) struct KindedAsClash {
    pub(crate) clash: Clash,
}

#[view]
#[serde(tag = "kind")]
pub(crate) enum Clash {
    One(Kinded),
    Two(Kinded),
}

#[composition(get = "/clash")]
pub(crate) struct ClashPage {
    #[call(Orders, get = "/clash")]
    pub(crate) clash: KindedAsClash,
}

#[test]
fn what_no_face_could_tell_apart_is_refused_at_start() {
    let errors = Bff::new("web").caller::<StandardCaller>().endpoint::<ClashPage>().compile().unwrap_err();
    let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    for one in [
        "Clash: two variants are a `Kinded`, and GraphQL tells them apart by their types; give each a view of its own",
        "Clash: `Kinded.kind` has the name of the tag; rename it, or leave it out: the tag is in every answer",
        "KindedAsClash: documents have this name for a variant of an enum; rename one of the two",
    ] {
        assert!(said.iter().any(|said| said == one), "{one} is not in {said:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_matrix_tells_the_calls_of_two_variants_apart() {
    let backends = well(INVOICE);
    backends.on("orders", "/payments").json(&format!("[{CARD},{INVOICE}]"));
    let matrix = kit(&backends).matrix("/order").await;
    matrix.assert_semantics();
    let mut calls: Vec<&str> = matrix.cases().iter().map(|case| case.call.as_str()).collect();
    calls.dedup();
    assert_eq!(calls, ["payments", "payment", "payments[card].bank", "payments[by invoice].bank"]);
}
