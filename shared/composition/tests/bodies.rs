//! A body is typed and validated before any call, and sent on in the backend's names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Orders;
#[backend]
pub(crate) struct Users;

#[view]
pub(crate) struct Basket {
    #[bounds(min_items = 1, max_items = 3)]
    pub(crate) lines: Vec<Line>,
    pub(crate) delivery: Option<Delivery>,
    #[serde(default)]
    pub(crate) gift: bool,
    #[serde(rename(deserialize = "labels_of_it", serialize = "tags"))]
    pub(crate) labels: Option<BTreeMap<String, i32>>,
    #[bounds(min_length = 2, max_length = 5)]
    pub(crate) codes: Option<Vec<String>>,
    pub(crate) weight: Option<f64>,
}

#[view]
pub(crate) struct Line {
    #[serde(rename = "product-id")]
    pub(crate) product_id: u64,
    #[bounds(min = 1, max = 99)]
    pub(crate) quantity: u32,
}

#[view]
pub(crate) struct Delivery {
    pub(crate) city: String,
    pub(crate) speed: Option<Speed>,
}

#[view]
pub(crate) enum Speed {
    #[serde(rename = "fast")]
    Fast,
    #[serde(rename = "slow")]
    Slow,
}

#[view]
pub(crate) struct Tree {
    pub(crate) tree: Option<Box<Tree>>,
}

#[view]
pub(crate) struct Placed {
    pub(crate) id: u64,
}

#[view]
pub(crate) struct Profile {
    pub(crate) segment: String,
    pub(crate) nickname: Option<String>,
}

#[input]
pub(crate) struct PlaceInput {
    #[query(min = 1)]
    pub(crate) times: Option<u32>,
    /// What is ordered.
    #[body]
    pub(crate) basket: Basket,
}

/// Sends the whole body on.
#[composition(post = "/orders", input = PlaceInput)]
pub(crate) struct PlaceOrder {
    #[call(Orders, post = "/orders", body = body)]
    pub(crate) order: Placed,
}

/// Makes a body of its own.
#[composition(put = "/orders", input = PlaceInput)]
pub(crate) struct ReplaceOrder {
    #[call(Users, get = "/users/{caller.id}")]
    pub(crate) profile: Profile,
    #[call(
        Orders,
        put = "/cities/{profile.segment}/orders",
        query(city = body.delivery.city, gift = body.gift),
        body(
            user_id = caller.id,
            "all-lines" = body.lines,
            source = "web \"x\"",
            count = -1,
            rate = 1.50,
            checked = true,
            note = "{profile.segment} in {body.delivery.city}",
            to(place = body.delivery, times = query.times, segment = profile.segment),
        )
    )]
    pub(crate) order: Placed,
}

#[input]
pub(crate) struct NoteInput {
    #[body]
    pub(crate) delivery: Option<Delivery>,
}

/// Sends on what there may be.
#[composition(patch = "/delivery", input = NoteInput)]
pub(crate) struct Note {
    #[call(Orders, patch = "/delivery", body = body)]
    pub(crate) order: Placed,
}

#[input]
pub(crate) struct TreeInput {
    #[body]
    pub(crate) trees: Vec<Tree>,
}

/// Takes a list of what contains itself.
#[composition(post = "/trees", input = TreeInput)]
pub(crate) struct PlantTrees {
    #[call(Orders, post = "/trees", body(first = "tree", trees = body))]
    pub(crate) order: Placed,
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("orders", "/").answer(201, "application/json", r#"{"id":1}"#);
    backends.on("users", "/users/u-1").json(r#"{"segment":"desk","nickname":null}"#);
    backends
}

fn bff() -> Bff {
    Bff::new("web")
        .caller::<StandardCaller>()
        .endpoint::<PlaceOrder>()
        .endpoint::<ReplaceOrder>()
        .endpoint::<Note>()
        .endpoint::<PlantTrees>()
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&bff(), backends).caller("u-1", &[])
}

async fn send(backends: &FakeBackends, method: Method, path: &str, body: impl Into<Body>) -> Answer {
    kit(backends).header("content-type", "application/json").send(method, path, body.into()).await
}

/// What the last call of the orders backend got.
fn sent(backends: &FakeBackends) -> String {
    String::from_utf8(backends.calls("orders").last().unwrap().body.to_vec()).unwrap()
}

/// Posts what is no good: nothing is called, and the faults are told.
async fn refused(body: impl Into<Body>) -> (u16, Value) {
    let backends = well();
    let answer = send(&backends, Method::POST, "/orders?times=0", body).await;
    assert!(backends.all_calls().is_empty());
    (answer.status.as_u16(), answer.json())
}

#[tokio::test(start_paused = true)]
async fn a_body_is_written_in_the_backends_names_and_its_literals_are_kept() {
    let backends = well();
    let body = r#" { "tags": {"b": 2, "a": -0}, "weight": 1.10, "codes": ["a\u00e9"], "delivery": {"speed": "fast", "city": "Köln\n"},
        "lines": [ {"quantity": 2, "productId": 9007199254740993} ] } "#;
    let answer = send(&backends, Method::POST, "/orders", body).await;
    assert_eq!(answer.text(), r#"{"order":{"id":1}}"#);
    assert_eq!(
        sent(&backends),
        r#"{"lines":[{"product-id":9007199254740993,"quantity":2}],"delivery":{"city":"Köln\n","speed":"fast"},"gift":false,"labels_of_it":{"b":2,"a":0},"codes":["a\u00e9"],"weight":1.10}"#
    );
    assert_eq!(backends.calls("orders")[0].header("content-type"), Some("application/json"));
}

#[tokio::test(start_paused = true)]
async fn zero_with_a_sign_is_sent_on_as_zero() {
    let backends = well();
    let answer = send(&backends, Method::POST, "/orders", r#"{"lines":[{"productId":-0,"quantity":1}]}"#).await;
    assert_eq!(answer.status, 200);
    assert_eq!(sent(&backends), r#"{"lines":[{"product-id":0,"quantity":1}],"gift":false}"#);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_out_is_left_out_and_null_is_null() {
    let backends = well();
    let body = r#"{"lines":[{"productId":1,"quantity":1}],"delivery":null}"#;
    assert_eq!(send(&backends, Method::POST, "/orders", body).await.status, 200);
    assert_eq!(sent(&backends), r#"{"lines":[{"product-id":1,"quantity":1}],"delivery":null,"gift":false}"#);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_made_of_inputs_and_earlier_results() {
    let backends = well();
    let body = r#"{"lines":[{"productId":1,"quantity":1}],"delivery":{"city":"A/B"}}"#;
    assert_eq!(send(&backends, Method::PUT, "/orders?times=3", body).await.status, 200);
    assert_eq!(
        sent(&backends),
        r#"{"user_id":"u-1","all-lines":[{"product-id":1,"quantity":1}],"source":"web \"x\"","count":-1,"rate":1.50,"checked":true,"note":"desk in A/B","to":{"place":{"city":"A/B"},"times":3,"segment":"desk"}}"#
    );
    assert_eq!(backends.calls("orders")[0].path, "/cities/desk/orders?city=A%2FB&gift=false");
}

#[tokio::test(start_paused = true)]
async fn an_optional_part_of_the_request_leaves_its_member_out() {
    let backends = well();
    let body = r#"{"lines":[{"productId":1,"quantity":1}]}"#;
    assert_eq!(send(&backends, Method::PUT, "/orders", body).await.status, 200);
    assert_eq!(
        sent(&backends),
        r#"{"user_id":"u-1","all-lines":[{"product-id":1,"quantity":1}],"source":"web \"x\"","count":-1,"rate":1.50,"checked":true,"to":{"segment":"desk"}}"#
    );
    assert_eq!(backends.calls("orders")[0].path, "/cities/desk/orders?gift=false");
}

#[tokio::test(start_paused = true)]
async fn an_optional_body_that_is_not_given_is_not_sent() {
    let backends = well();
    let answer = kit(&backends).send(Method::PATCH, "/delivery", Body::empty()).await;
    assert_eq!((answer.status.as_u16(), sent(&backends).as_str()), (200, ""));
    assert_eq!(backends.calls("orders")[0].header("content-type"), None);
    for (body, expected) in [("", ""), ("null", ""), (r#"{"city":"A"}"#, r#"{"city":"A"}"#)] {
        assert_eq!(send(&backends, Method::PATCH, "/delivery", body).await.status, 200, "{body}");
        assert_eq!(sent(&backends), expected);
    }
    let answer = kit(&backends).send(Method::PATCH, "/delivery", Body::from("{}")).await;
    assert_eq!(answer.status, 415);
}

#[tokio::test(start_paused = true)]
async fn every_fault_is_told_at_once_under_the_clients_names() {
    let body = r#"{"lines":[{"productId":-1,"quantity":100,"product_id":1},{"productId":"1"},[]],"delivery":{"city":7,"speed":"FAST","a":1,"a":2},
        "gift":null,"labels":{},"tags":{"a":1,"a":2,"b":1.5},"codes":["a","ok","toolong"],"weight":1e999,"weight":1}"#;
    let (status, problem) = refused(body).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid-input")));
    let faults: Vec<String> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| format!("{} {}: {}", fault["in"], fault["name"], fault["detail"]).replace('"', ""))
        .collect();
    assert_eq!(
        faults,
        [
            "query times: expected a whole number from 1 to 4294967295",
            "body labels: is not known here; there are lines, delivery, gift, tags, codes, weight",
            "body weight: stands more than once; give it once",
            "body lines.0.product_id: is not known here; there are productId, quantity",
            "body lines.0.productId: expected a whole number from 0 to 18446744073709551615",
            "body lines.0.quantity: expected a whole number from 1 to 99",
            "body lines.1.productId: expected a whole number from 0 to 18446744073709551615",
            "body lines.1.quantity: is missing; expected a whole number from 1 to 99",
            "body lines.2: expected an object",
            "body delivery.a: is not known here; there are city, speed",
            "body delivery.a: is not known here; there are city, speed",
            "body delivery.city: expected text of 0 to 1024 characters",
            "body delivery.speed: expected one of fast, slow",
            "body gift: expected `true` or `false`",
            "body tags.a: stands more than once; give it once",
            "body tags.b: expected a whole number from -2147483648 to 2147483647",
            "body codes.0: expected text of 2 to 5 characters",
            "body codes.2: expected text of 2 to 5 characters",
            "body weight: expected a number",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_object_or_not_there_is_told_as_a_whole() {
    for body in ["[]", "null", "7", "\"\""] {
        let (status, problem) = refused(body).await;
        assert_eq!(status, 422, "{body}");
        let fault = json!({ "in": "body", "name": "", "detail": "expected an object" });
        assert_eq!(problem["errors"][1], fault, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_is_400_before_any_fault() {
    let bad: [&[u8]; 9] = [
        b"",
        b"{",
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"{}x",
        b"{\"lines\":\xff}",
        b"{'lines':[]}",
        b"{\"weight\":01}",
        b"{\"weight\":NaN}",
    ];
    for body in bad {
        let (status, problem) = refused(body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("malformed-body")), "{body:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn any_other_media_type_is_415() {
    let backends = well();
    for said in [None, Some("text/plain"), Some("application/json; charset=latin1"), Some("application/xml")] {
        let kit = said.map_or_else(|| kit(&backends), |said| kit(&backends).header("content-type", said));
        let answer = kit.send(Method::POST, "/orders", Body::from("{}")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (415, &json!("unsupported-media-type")),
            "{said:?}"
        );
    }
    let coded = kit(&backends).header("content-type", "application/json").header("content-encoding", "gzip");
    assert_eq!(coded.send(Method::POST, "/orders", Body::from("{}")).await.status, 415);
    let utf8 = kit(&backends).header("content-type", "Application/JSON; charset=\"UTF-8\"");
    assert_eq!(utf8.send(Method::POST, "/orders", Body::from("{}")).await.status, 422);
    assert!(backends.all_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_more_than_fifty_faults_are_told_and_no_name_is_repeated_at_length() {
    let many: Vec<String> = (0..5000).map(|number| format!(r#""{}{number}":1"#, "x".repeat(200))).collect();
    let (_, problem) = refused(format!("{{{}}}", many.join(","))).await;
    let faults = problem["errors"].as_array().unwrap();
    assert_eq!(faults.len(), 50);
    assert_eq!(faults[1]["name"].as_str().unwrap().len(), 64);
    assert_eq!(problem["detail"], "there are more faults than these 50");
    // One of them is the query's.
    for (count, detail) in [(49, &Value::Null), (50, &problem["detail"])] {
        let odd: String = (0..count).map(|number| format!(r#","x{number}":1"#)).collect();
        let good = r#"{"lines":[{"productId":1,"quantity":1}],"delivery":{"city":"a"}"#;
        let (_, problem) = refused(format!("{good}{odd}}}")).await;
        assert_eq!((problem["errors"].as_array().unwrap().len(), &problem["detail"]), (50, detail), "{count}");
    }
}

#[tokio::test(start_paused = true)]
async fn lists_and_texts_without_bounds_of_their_own_have_ours() {
    let backends = well();
    for (trees, expected) in [(1000, 200), (1001, 422)] {
        let body = format!("[{}]", vec!["{}"; trees].join(","));
        assert_eq!(send(&backends, Method::POST, "/trees", body).await.status, expected);
    }
    for (length, expected) in [(1024, 200), (1025, 422)] {
        let body = format!(r#"{{"city":"{}"}}"#, "é".repeat(length));
        assert_eq!(send(&backends, Method::PATCH, "/delivery", body).await.status, expected);
    }
    for city in [r"a\u0000", r"\ud800"] {
        let body = format!(r#"{{"city":"{city}"}}"#);
        assert_eq!(send(&backends, Method::PATCH, "/delivery", body).await.status, 422);
    }
    let answer = send(&backends, Method::PATCH, "/delivery", r#"{"\ud800":1,"city":"a"}"#).await;
    assert_eq!(answer.json()["errors"][0]["detail"], "has a member whose name is no text");
}

#[tokio::test(start_paused = true)]
async fn what_contains_itself_is_read_to_a_depth_and_no_depth_hurts() {
    let backends = well();
    for (depth, expected) in [(31, 200), (32, 422), (100_000, 422)] {
        let body = format!("[{}{{}}{}]", r#"{"tree":"#.repeat(depth - 1), "}".repeat(depth - 1));
        let answer = send(&backends, Method::POST, "/trees", body).await;
        assert_eq!(answer.status, expected, "{depth}");
    }
    let body = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(send(&backends, Method::POST, "/trees", body).await.status, 422);
    assert_eq!(backends.calls("orders").len(), 1);
}

#[test]
fn the_plan_draws_what_is_sent() {
    let drawn = bff().compile().unwrap().plan("replaceOrder").unwrap().draw();
    let expected = "PUT orders /cities/{profile.segment}/orders?city={body.delivery.city}&gift={body.gift} with {user_id: {caller.id}, all-lines: {body.lines}, source: \"web \\\"x\\\"\", count: -1, rate: 1.50, checked: true, note: \"{profile.segment} in {body.delivery.city}\", to: {place: {body.delivery}, times: {query.times}, segment: {profile.segment}}}";
    assert!(drawn.contains(expected), "{drawn}");
}

#[test]
fn the_document_says_what_a_body_must_be_and_what_becomes_of_one_that_is_not() {
    let document: Value = serde_json::from_str(&bff().compile().unwrap().openapi()).unwrap();
    let operation = &document["paths"]["/web/orders"]["post"];
    assert_eq!(
        operation["requestBody"],
        json!({
            "description": "What is ordered.",
            "required": true,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/BasketInput" } } },
        })
    );
    for status in ["400", "408", "413", "415", "422"] {
        assert!(operation["responses"].get(status).is_some(), "{status}");
    }
    let schemas = &document["components"]["schemas"];
    let basket = &schemas["BasketInput"];
    assert_eq!((&basket["additionalProperties"], &basket["required"]), (&json!(false), &json!(["lines"])));
    let lines =
        json!({ "type": "array", "items": { "$ref": "#/components/schemas/LineInput" }, "minItems": 1, "maxItems": 3 });
    assert_eq!(basket["properties"]["lines"], lines);
    assert_eq!(basket["properties"]["gift"], json!({ "type": "boolean", "default": false }));
    let code = json!({ "type": "string", "minLength": 2, "maxLength": 5 });
    assert_eq!(basket["properties"]["codes"], json!({ "type": ["array", "null"], "items": code, "maxItems": 1000 }));
    let quantity = json!({ "type": "integer", "format": "int64", "minimum": 1, "maximum": 99 });
    assert_eq!(schemas["LineInput"]["properties"]["quantity"], quantity);
    assert_eq!(document["paths"]["/web/delivery"]["patch"]["requestBody"]["required"], false);
    assert!(schemas.get("Basket").is_none());
}
