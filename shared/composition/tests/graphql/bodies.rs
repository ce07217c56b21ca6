//! A body is an argument of an input object type: validated as in REST, with the same faults.

use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit};

#[backend]
pub struct Orders;

/// What is ordered.
#[view]
pub struct Basket {
    /// The lines.
    #[bounds(min_items = 1, max_items = 3)]
    pub lines: Vec<Line>,
    pub delivery: Option<Delivery>,
    #[serde(default)]
    pub gift: bool,
    pub labels: Option<std::collections::BTreeMap<String, i32>>,
}

#[view]
pub struct Line {
    #[serde(rename = "product-id")]
    pub product_id: u64,
    #[bounds(min = 1, max = 99)]
    pub quantity: u32,
}

#[view]
pub struct Delivery {
    pub city: String,
    pub speed: Speed,
}

#[view]
pub enum Speed {
    #[serde(rename = "very-fast")]
    Fast,
    #[serde(rename = "slow")]
    Slow,
}

#[input]
pub struct PlaceInput {
    #[query(default = 1)]
    pub times: u32,
    /// What to order.
    #[body]
    pub basket: Basket,
}

/// Places an order; the answer shows the same views.
#[composition(post = "/orders", input = PlaceInput)]
pub struct PlaceOrder {
    #[call(Orders, post = "/orders", body(times = query.times, basket = body))]
    pub placed: Basket,
}

#[composition(get = "/orders")]
pub struct Last {
    #[call(Orders, get = "/orders")]
    pub basket: Basket,
}

fn bff() -> Bff {
    Bff::new("web").caller::<StandardCaller>().endpoint::<Last>().endpoint::<PlaceOrder>()
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    let placed = r#"{"lines":[{"product-id":7,"quantity":2}],"gift":true,"delivery":{"city":"A","speed":"very-fast"}}"#;
    backends.on("orders", "/orders").json(placed);
    backends
}

async fn ask(backends: &FakeBackends, query: &str, variables: Value) -> Value {
    let kit = Kit::new(&bff(), backends).caller("u-1", &[]);
    kit.post("/graphql", &json!({ "query": query, "variables": variables }).to_string()).await.json()
}

fn sent(backends: &FakeBackends) -> String {
    let last = backends.calls("orders").pop().map(|call| call.body).unwrap_or_default();
    String::from_utf8_lossy(&last).into_owned()
}

const DELIVERED: &str = r#"{"times":1,"basket":{"lines":[{"product-id":18446744073709551615,"quantity":2}],"delivery":{"city":"A","speed":"very-fast"},"gift":false}}"#;

#[tokio::test(start_paused = true)]
async fn a_body_is_given_as_literal_as_variable_and_as_both() {
    let variables = json!({
        "basket": { "lines": [{ "productId": 18_446_744_073_709_551_615_u64, "quantity": 2 }], "delivery": { "city": "A", "speed": "VERY_FAST" } },
        "lines": [{ "quantity": 2, "productId": 18_446_744_073_709_551_615_u64 }],
        "id": 18_446_744_073_709_551_615_u64,
        "line": { "quantity": 2, "productId": 18_446_744_073_709_551_615_u64 },
        "speed": "VERY_FAST",
    });
    for query in [
        r#"mutation { placeOrder(basket: { lines: [{ productId: 18446744073709551615, quantity: 2 }], delivery: { city: "A", speed: VERY_FAST } }) { placed { gift } } }"#,
        "mutation($basket: BasketInput!) { placeOrder(basket: $basket) { placed { gift } } }",
        r#"mutation($lines: [LineInput!]!) { placeOrder(basket: { lines: $lines, delivery: { city: "A", speed: VERY_FAST } }) { placed { gift } } }"#,
        r#"mutation($id: UInt64!, $speed: Speed!, $gift: Boolean) { placeOrder(basket: { lines: [{ productId: $id, quantity: 2 }], delivery: { city: "A", speed: $speed }, gift: $gift }) { placed { gift } } }"#,
        // One value stands for a list of it.
        r#"mutation($line: LineInput!) { placeOrder(basket: { lines: [$line], delivery: { city: "A", speed: VERY_FAST } }) { placed { gift } } }"#,
        r#"mutation { placeOrder(basket: { lines: { productId: 18446744073709551615, quantity: 2 }, delivery: { city: "A", speed: VERY_FAST } }) { placed { gift } } }"#,
    ] {
        let backends = well();
        let answer = ask(&backends, query, variables.clone()).await;
        assert_eq!(answer, json!({ "data": { "placeOrder": { "placed": { "gift": true } } } }), "{query}");
        assert_eq!(sent(&backends), DELIVERED, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_faults_are_those_of_rest() {
    let backends = well();
    let basket = json!({ "lines": [{ "productId": 7, "quantity": 100, "more": 1 }, { "quantity": 1 }], "delivery": { "city": 7, "speed": "very-fast" } });
    let query = "mutation($basket: BasketInput!) { placeOrder(basket: $basket) { placed { gift } } }";
    let answer = ask(&backends, query, json!({ "basket": basket })).await;
    assert!(backends.all_calls().is_empty());
    assert!(answer.get("data").is_none(), "{answer}");
    let faults = answer["errors"][0]["extensions"]["errors"].as_array().unwrap().clone();
    // The argument stands for the body.
    let in_rest = |fault: &Value| {
        let name = fault["argument"].as_str().unwrap().strip_prefix("basket.").unwrap();
        json!({ "in": "body", "name": name, "detail": fault["detail"] })
    };
    let faults: Vec<Value> = faults.iter().map(in_rest).collect();
    let kit = Kit::new(&bff(), &backends).caller("u-1", &[]);
    let mut basket = basket;
    basket["delivery"]["speed"] = json!("VERY_FAST");
    let rest = kit.post("/orders", &basket.to_string()).await;
    assert_eq!(rest.status, 422);
    assert_eq!(Value::from(faults), rest.json()["errors"]);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_the_types_is_refused_before_it_runs() {
    let backends = well();
    for (query, message) in [
        ("mutation { placeOrder { placed { gift } } }", "basket"),
        ("mutation { placeOrder(basket: { lines: [], more: 1 }) { placed { gift } } }", "more"),
        (
            "mutation($lines: [LineInput]!) { placeOrder(basket: { lines: $lines }) { placed { gift } } }",
            "[LineInput]!; expected [LineInput!]!",
        ),
        (
            "mutation($b: BasketInput) { placeOrder(basket: $b) { placed { gift } } }",
            "BasketInput; expected BasketInput!",
        ),
        ("mutation($b: Basket!) { placeOrder(basket: $b) { placed { gift } } }", "Basket"),
        ("mutation($b: BasketInput!) { placeOrder(basket: $b) { placed { gift } } }", "$b"),
    ] {
        let answer = ask(&backends, query, json!({})).await;
        assert!(answer["data"].is_null(), "{query}: {answer}");
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains(message), "{query}: {answer}");
    }
    assert!(backends.all_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nothing_runs_where_the_body_of_any_field_does_not_do() {
    let good = json!({ "lines": [{ "productId": 7, "quantity": 1 }] });
    let query = "mutation($a: BasketInput!, $b: BasketInput!) { a: placeOrder(basket: $a) { placed { gift } } b: placeOrder(basket: $b) { placed { gift } } }";
    for (bad, at) in [
        (json!("x"), "variable \"$b\": "),
        (json!([]), "variable \"$b\": "),
        (json!({}), "variable \"$b\" at lines: "),
        (json!({ "lines": [null] }), "variable \"$b\" at lines[0]: "),
        (json!({ "lines": [{ "productId": 7 }] }), "variable \"$b\" at lines[0].quantity: "),
        (json!({ "lines": [{ "productId": 7, "quantity": 1, "x": 1 }] }), "variable \"$b\" at lines[0].x: "),
    ] {
        let backends = well();
        let answer = ask(&backends, query, json!({ "a": good, "b": bad })).await;
        assert!(answer.get("data").is_none(), "{bad}: {answer}");
        assert!(answer["errors"][0]["message"].as_str().unwrap().starts_with(at), "{bad}: {answer}");
        assert!(backends.all_calls().is_empty(), "{bad}");
    }
    let backends = well();
    let query = r#"mutation { a: placeOrder(basket: { lines: [{ productId: 7, quantity: 1 }] }) { placed { gift } } b: placeOrder(basket: { lines: [{ productId: "7", quantity: 1 }] }) { placed { gift } } }"#;
    let answer = ask(&backends, query, json!({})).await;
    assert!(answer.get("data").is_none(), "{answer}");
    assert!(backends.all_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_variable_is_of_its_type_also_where_nothing_that_is_shown_uses_it() {
    let query = "mutation($b: BasketInput, $l: [LineInput!], $run: Boolean!) {
        placeOrder(basket: { lines: [{ productId: 7, quantity: 1 }] }) { placed { gift } }
        b: placeOrder(basket: { lines: $l }) @include(if: $run) { placed { gift } }
        c: placeOrder(basket: $b) @include(if: $run) { placed { gift } }
    }";
    let query = &query.replace("BasketInput,", "BasketInput!,").replace("[LineInput!],", "[LineInput!]!,");
    let (basket, lines) = (json!({ "lines": [] }), json!([]));
    for (b, l, at) in [
        (json!("x"), lines.clone(), "`$b` does not fit; expected BasketInput!"),
        (json!({}), lines.clone(), "`$b` does not fit at lines; expected"),
        (json!({ "lines": [null] }), lines.clone(), "`$b` does not fit at lines[0]; expected"),
        (json!({ "lines": [{ "productId": "7", "quantity": 1 }] }), lines.clone(), "at lines[0].productId;"),
        (json!({ "lines": [], "more": 1 }), lines.clone(), "at more;"),
        (json!({ "lines": [], "gift": null }), lines.clone(), "at gift;"),
        (json!({ "lines": [], "delivery": { "city": "A", "speed": "fast" } }), lines, "at delivery.speed;"),
        (basket.clone(), json!([null]), "`$l` does not fit at [0]; expected [LineInput!]!"),
        (basket.clone(), json!([{ "productId": 7 }]), "at [0].quantity;"),
    ] {
        let backends = well();
        let answer = ask(&backends, query, json!({ "b": b, "l": l, "run": false })).await;
        assert!(answer.get("data").is_none() && backends.all_calls().is_empty(), "{b} {l}: {answer}");
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains(at), "{b} {l}: {answer}");
        assert_eq!(answer["errors"][0]["locations"][0]["line"], 1, "{answer}");
    }
    // Bounds are no matter of the type.
    let answer =
        ask(&well(), query, json!({ "b": basket, "l": { "productId": 7, "quantity": 100 }, "run": false })).await;
    assert_eq!(answer, json!({ "data": { "placeOrder": { "placed": { "gift": true } } } }));
}

#[tokio::test(start_paused = true)]
async fn null_is_no_value_of_a_member_with_a_default_as_in_rest() {
    let backends = well();
    let kit = Kit::new(&bff(), &backends).caller("u-1", &[]);
    let line = r#""lines":[{"productId":7,"quantity":1}]"#;
    assert_eq!(kit.post("/orders", &format!("{{{line},\"gift\":null}}")).await.status, 422);
    let given = "basket: { lines: [{ productId: 7, quantity: 1 }], gift: GIFT }";
    for (query, gift) in [
        (format!("mutation {{ placeOrder({}) {{ placed {{ gift }} }} }}", given.replace("GIFT", "null")), json!(null)),
        (
            format!("mutation($g: Boolean) {{ placeOrder({}) {{ placed {{ gift }} }} }}", given.replace("GIFT", "$g")),
            json!(null),
        ),
    ] {
        let answer = ask(&backends, &query, json!({ "g": gift })).await;
        assert!(answer.get("data").is_none(), "{query}: {answer}");
    }
    assert!(backends.all_calls().is_empty());
    let query =
        format!("mutation($g: Boolean) {{ placeOrder({}) {{ placed {{ gift }} }} }}", given.replace("GIFT", "$g"));
    ask(&backends, &query, json!({})).await;
    assert!(sent(&backends).ends_with(r#""gift":false}}"#), "{}", sent(&backends));
}

#[tokio::test(start_paused = true)]
async fn a_member_that_stands_twice_in_the_variables_is_refused() {
    let backends = well();
    let kit = Kit::new(&bff(), &backends).caller("u-1", &[]);
    let query = "mutation($b: BasketInput!) { placeOrder(basket: $b) { placed { gift } } }";
    for variables in [
        r#"{"b":{"lines":[{"productId":7,"quantity":1,"quantity":9}]}}"#,
        r#"{"b":{"lines":[]},"b":{"lines":[{"productId":7,"quantity":1}]}}"#,
    ] {
        let body = format!("{{\"query\":\"{query}\",\"variables\":{variables}}}");
        assert_eq!(kit.post("/graphql", &body).await.status, 422, "{variables}");
    }
    assert!(backends.all_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_member_that_stands_twice_in_the_document_is_refused() {
    let backends = well();
    for query in [
        "mutation { placeOrder(basket: { lines: [{ productId: 7, quantity: 1, quantity: 9 }] }) { placed { gift } } }",
        "mutation($b: BasketInput! = { lines: [], lines: [{ productId: 7, quantity: 1 }] }) { placeOrder(basket: $b) { placed { gift } } }",
    ] {
        let answer = ask(&backends, query, json!({})).await;
        assert!(answer.get("data").is_none(), "{query}: {answer}");
        assert!(
            answer["errors"][0]["message"].as_str().unwrap().contains("stands more than once"),
            "{query}: {answer}"
        );
    }
    assert!(backends.all_calls().is_empty());
}

#[test]
fn the_schema_tells_what_is_asked_from_what_is_answered() {
    let schema = bff().compile().unwrap().graphql();
    for expected in [
        "basket: BasketInput!\n\t): PlaceOrder",
        "input BasketInput {",
        "input DeliveryInput {",
        "lines: [LineInput!]!",
        "gift: Boolean! = false\n",
        "times: Int64! = 1",
        "labels: JSON\n",
        "type Basket {",
        "enum Speed {",
    ] {
        assert!(schema.contains(expected), "{expected}\n{schema}");
    }
    assert!(!schema.contains("SpeedInput"), "{schema}");
}
