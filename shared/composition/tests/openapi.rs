//! The OpenAPI document says what an answer can be, what can be wrong, and nothing about what stands behind.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

extern crate trefoil_composition as trefoil;

#[path = "openapi/shop.rs"]
mod shop;

use serde_json::Value;
use trefoil_composition::{Bff, backend, composition, view};
use trefoil_testing::{FakeBackends, Kit};

use shop::Caller;

fn text() -> String {
    shop::bff().compile().unwrap().openapi()
}

fn document() -> Value {
    serde_json::from_str(&text()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push((format!("{method} {path}"), operation));
        }
    }
    found
}

fn visit(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => found(target),
                    other => visit(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, found)),
        _ => {}
    }
}

#[test]
fn the_document_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi/shop.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, text()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text(), "the document changed; look at it, then rewrite {path} with UPDATE_GOLDEN=1");
}

#[test]
fn the_same_bff_gives_the_same_bytes() {
    let text = text();
    assert!((0..20).all(|_| self::text() == text));
    assert!(text.ends_with("}\n"));
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_referred_to() {
    let document = document();
    let mut targets = Vec::new();
    visit(&document, &mut |target| targets.push(target.to_owned()));
    assert!(targets.len() > 30);
    for target in &targets {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some_and(|found| !found.is_null()), "{target} leads nowhere");
    }
    for kind in ["schemas", "responses", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let target = format!("#/components/{kind}/{name}");
            assert!(targets.contains(&target), "nothing refers to {target}");
        }
    }
}

#[test]
fn an_operation_lists_the_answers_that_can_happen_and_no_others() {
    let document = document();
    let statuses = |operation: &Value| operation["responses"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let expected = [
        ("get /shop/home", "200 304 400 401 403 414 429 431 500 502 503 504"),
        ("get /shop/products/{productId}", "200 304 400 401 404 410 414 422 429 431 500 502 503 504"),
        // Nobody is asked for a token here, and the answer can do without its only part.
        ("get /shop/status", "200 304 400 414 431 500"),
        ("post /shop/orders", "200 201 400 401 403 408 409 413 414 415 422 429 431 500 502 503 504"),
        ("delete /shop/orders/{id}", "200 204 400 401 404 414 422 429 431 500 502 503 504"),
        ("get /shop/shelf", "200 304 400 414 416 422 431 500 502 503 504"),
        ("get /shop/window", "200 304 400 401 414 429 431 500 502 503 504"),
        ("post /shop/graphql", "200 400 401 406 408 413 414 415 422 429 431 500 503"),
    ];
    let operations = operations(&document);
    assert_eq!(operations.len(), expected.len());
    for (name, expected) in expected {
        let (_, operation) = operations.iter().find(|(other, _)| other == name).unwrap();
        assert_eq!(statuses(operation).join(" "), expected, "{name}");
    }
}

#[test]
fn an_error_names_its_codes_and_shows_each() {
    let document = document();
    let target = document["paths"]["/shop/products/{productId}"]["get"]["responses"]["400"]["$ref"].as_str().unwrap();
    let response = document.pointer(target.strip_prefix('#').unwrap()).unwrap();
    let about = response["description"].as_str().unwrap();
    for code in ["invalid-path", "bad-request", "rejected"] {
        assert!(about.contains(&format!("`{code}`")), "{about}");
        let example = &response["content"]["application/problem+json"]["examples"][code]["value"];
        assert_eq!((&example["code"], &example["status"]), (&code.into(), &400.into()));
    }
}

#[test]
fn members_stand_in_declared_order_with_the_clients_names_and_are_all_there() {
    let text = text();
    let home = &text[text.find("\"Home\": {").unwrap()..];
    let at = |name: &str| home.find(&format!("\"{name}\": {{")).unwrap();
    assert!(at("signedIn") < at("picks") && at("picks") < at("greeting") && at("greeting") < at("sale"));
    let required = &document()["components"]["schemas"]["Home"]["required"];
    assert_eq!(*required, serde_json::json!(["signedIn", "picks", "greeting", "sale"]));
}

#[test]
fn paths_stand_in_the_order_of_the_list() {
    let text = text();
    let at = |path: &str| text.find(&format!("\"{path}\": {{")).unwrap();
    assert!(at("/shop/home") < at("/shop/products/{productId}"));
    assert!(at("/shop/products/{productId}") < at("/shop/status"));
}

#[test]
fn what_may_be_missing_is_null_and_said_to_be() {
    let document = document();
    let home = &document["components"]["schemas"]["Home"]["properties"];
    assert_eq!(home["picks"]["type"], serde_json::json!(["array", "null"]));
    assert_eq!(home["sale"]["oneOf"][1]["type"], "null");
    for part in ["picks", "greeting", "sale"] {
        assert!(home[part]["description"].as_str().unwrap().contains("`Trefoil-Degraded` names it"), "{part}");
    }
    assert!(!home["signedIn"]["description"].as_str().unwrap().contains("Trefoil-Degraded"));
    let degraded = &document["paths"]["/shop/home"]["get"]["responses"]["200"]["headers"]["Trefoil-Degraded"];
    assert_eq!(degraded["example"], "picks;reason=timeout, greeting;reason=connect;default, sale;reason=status");
    let product = &document["paths"]["/shop/products/{productId}"]["get"]["responses"]["200"]["headers"];
    assert!(product["Trefoil-Degraded"].is_null() && !product["X-Request-Id"].is_null());
}

#[test]
fn whole_numbers_say_what_they_can_hold() {
    let document = document();
    let product = &document["components"]["schemas"]["Product"]["properties"];
    let of = |name: &str| {
        let schema = &product[name];
        (schema["format"].as_str().unwrap().to_owned(), schema["minimum"].as_i64(), schema["maximum"].as_u64())
    };
    assert_eq!(of("id"), ("uint64".to_owned(), Some(0), None));
    assert_eq!(of("stock"), ("int64".to_owned(), Some(0), Some(u32::MAX.into())));
    assert_eq!(of("rank"), ("int32".to_owned(), None, None));
    assert_eq!(of("moved"), ("int64".to_owned(), None, None));
}

#[test]
fn parameters_have_the_clients_names_their_bounds_and_their_defaults() {
    let document = document();
    let parameters = document["paths"]["/shop/products/{productId}"]["get"]["parameters"].as_array().unwrap();
    let rows: Vec<String> = parameters
        .iter()
        .map(|one| format!("{} {} {}", one["in"], one["name"], one["required"]).replace('"', ""))
        .collect();
    let expected = [
        "path productId true",
        "query reviewLimit false",
        "query search false",
        "query tier true",
        "header accept-language false",
    ];
    assert_eq!(rows, expected);
    let limit = &parameters[1]["schema"];
    assert_eq!((&limit["minimum"], &limit["maximum"], &limit["default"]), (&0.into(), &20.into(), &5.into()));
    assert_eq!((&parameters[2]["schema"]["minLength"], &parameters[2]["schema"]["maxLength"]), (&2.into(), &20.into()));
    assert_eq!(parameters[3]["schema"]["$ref"], "#/components/schemas/Tier");
    assert_eq!(parameters[4]["schema"]["maxLength"], 1024);
}

#[test]
fn who_may_call_is_said() {
    let document = document();
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(security("/shop/home"), serde_json::json!([{"bearer": ["home:read", "users:read"]}]));
    assert_eq!(security("/shop/products/{productId}"), serde_json::json!([{"bearer": []}]));
    assert_eq!(security("/shop/status"), serde_json::json!([]));
    let home = &document["paths"]["/shop/home"]["get"];
    assert_eq!(home["summary"], "The landing screen, in one round trip.");
    assert_eq!(home["description"], "It greets, and it suggests.\n\nNeeds the scopes: `home:read`, `users:read`.");
}

#[test]
fn what_has_no_body_says_so_and_what_is_not_shown_is_not_there() {
    let document = document();
    let cancelled = &document["paths"]["/shop/orders/{id}"]["delete"]["responses"]["204"];
    assert!(cancelled["content"].is_null(), "{cancelled}");
    let order = &document["components"]["schemas"]["PlaceOrder"]["properties"];
    assert_eq!(order.as_object().unwrap().keys().collect::<Vec<_>>(), ["placed"]);
    // An effect that may fail is named all the same.
    let placed = &document["paths"]["/shop/orders"]["post"]["responses"]["201"]["headers"];
    assert_eq!(placed["Trefoil-Degraded"]["example"], "told;reason=timeout");
    for header in ["Location", "Link", "Set-Cookie", "x-order", "Idempotency-Replayed"] {
        assert!(placed[header].is_object(), "{header}: {placed:#}");
    }
}

#[test]
fn what_takes_no_more_than_an_item_with_it_can_be_missing_too() {
    let document = document();
    let window = &document["paths"]["/shop/window"]["get"]["responses"]["200"]["headers"]["Trefoil-Degraded"];
    let about = window["description"].as_str().unwrap();
    for path in ["`right`", "`makers.at`", "`left.price`", "`total`"] {
        assert!(about.contains(path), "{path}: {about}");
    }
    assert!(!about.contains("`left`"), "{about}");
    assert_eq!(window["example"], "right;reason=timeout, makers;reason=connect, total;reason=dependency");
}

#[test]
fn an_answer_that_is_a_list_and_what_its_views_need_are_described_by_what_clients_see() {
    let document = document();
    let shelf = &document["paths"]["/shop/shelf"]["get"];
    let schema = &shelf["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!((&schema["type"], &schema["items"]["$ref"]), (&"array".into(), &"#/components/schemas/Thing".into()));
    let parameters: Vec<&str> =
        shelf["parameters"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(parameters, ["range", "currency", "prices"]);
    let thing = document["components"]["schemas"]["Thing"]["properties"].as_object().unwrap();
    assert_eq!(thing.keys().collect::<Vec<_>>(), ["id", "label", "origin", "price"]);
    assert_eq!(document["components"]["schemas"]["Payment"]["discriminator"]["propertyName"], "by");
    let body = &document["paths"]["/shop/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/CartInput");
}

#[test]
fn nothing_that_only_a_backend_knows_is_in_it() {
    let text = text().to_lowercase();
    for word in ["secret", "hidden", "segment_code"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn timing_is_described_only_where_it_is_sent() {
    assert!(text().contains("Server-Timing"));
    assert!(!shop::bff().server_timing(false).compile().unwrap().openapi().contains("ServerTiming"));
}

#[backend]
struct Complaints;

/// A complaint of the shop's own.
#[view]
pub struct Problem {
    pub words: String,
}

/// The graph of complaints.
#[composition(get = "/complaints")]
pub struct Graphql {
    #[call(Complaints, get = "/")]
    pub problem: Problem,
}

#[test]
fn a_view_that_is_called_problem_stays_what_it_is() {
    let text = Bff::new("web").endpoint::<Graphql>().compile().unwrap().openapi();
    let document: Value = serde_json::from_str(&text).unwrap();
    let schemas = &document["components"]["schemas"];
    assert!(schemas["Problem"]["properties"]["words"].is_object());
    assert!(schemas["TrefoilProblem"]["properties"]["requestId"].is_object());
    let internal = &document["components"]["responses"]["Internal"]["content"]["application/problem+json"];
    assert_eq!(internal["schema"]["$ref"], "#/components/schemas/TrefoilProblem");
    assert_eq!(document["paths"]["/web/complaints"]["get"]["operationId"], "graphql");
    assert_eq!(document["paths"]["/web/graphql"]["post"]["operationId"], "postGraphql");
}

#[tokio::test]
async fn who_has_the_document_gets_304() {
    let kit = Kit::new(&shop::bff(), &FakeBackends::new());
    let first = kit.get("/openapi.json").await;
    assert_eq!((first.status.as_u16(), first.header("content-type")), (200, Some("application/json")));
    assert_eq!(first.text(), text());
    let etag = first.header("etag").unwrap().to_owned();

    let strong = etag.trim_start_matches("W/").to_owned();
    for known in [etag.clone(), strong, format!("\"other\", {etag}"), "*".to_owned()] {
        let again =
            Kit::new(&shop::bff(), &FakeBackends::new()).header("if-none-match", &known).get("/openapi.json").await;
        assert_eq!((again.status.as_u16(), again.text()), (304, ""), "{known}");
        assert_eq!(again.header("etag"), Some(etag.as_str()));
    }
    let other = kit.header("if-none-match", "\"other\"").get("/openapi.json").await;
    assert_eq!(other.status.as_u16(), 200);
}
