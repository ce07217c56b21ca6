//! Inputs are typed and validated before any call, all faults at once; values are encoded for where they stand.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use home::{kit, well};

#[tokio::test]
async fn every_fault_is_listed_and_no_call_is_made() {
    let backends = well();
    let answer = kit(&backends)
        .header("accept-language", "de")
        .header("accept-language", "fr")
        .get("/orders/x7?lineLimit=51&search=a&lineLimits=1")
        .await;
    assert_eq!(answer.status.as_u16(), 422);
    let problem = answer.json();
    assert_eq!(problem["code"], "invalid-input");
    let faults: Vec<String> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            format!(
                "{} {}: {}",
                fault["in"].as_str().unwrap(),
                fault["name"].as_str().unwrap(),
                fault["detail"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        faults,
        [
            "path id: expected a whole number from 0 to 18446744073709551615",
            "query lineLimit: expected a whole number from 1 to 50",
            "query search: expected text of 2 to 20 characters",
            "header accept-language: stands more than once; give it once",
        ]
    );
    assert!(backends.all_calls().is_empty());
}

#[tokio::test]
async fn a_parameter_given_twice_or_undecodable_is_a_fault() {
    for (query, detail) in
        [("lineLimit=1&lineLimit=2", "more than once"), ("search=%ff%fe", "not UTF-8"), ("lineLimit=", "whole number")]
    {
        let answer = kit(&well()).get(&format!("/orders/7?{query}")).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
        assert!(answer.text().contains(detail), "{query}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_is_not_given_has_its_default_or_is_left_out() {
    let backends = well();
    kit(&backends).get("/orders/7").await;
    assert_eq!(backends.calls("orders")[0].path, "/orders/7?lines=10");
    assert_eq!(backends.calls("orders")[0].header("accept-language"), None);
}

#[tokio::test]
async fn values_are_encoded_for_where_they_stand() {
    let backends = well();
    let kit = kit(&backends).header("accept-language", "de-AT, *;q=0.1");
    kit.get("/orders/007?search=a%26b%3Dc+d/%23%3F&lineLimit=2").await;
    assert_eq!(backends.calls("orders")[0].path, "/orders/7?lines=2&q=a%26b%3Dc%20d%2F%23%3F");
    assert_eq!(backends.calls("orders")[0].header("accept-language"), Some("de-AT, *;q=0.1"));
    let backends = well();
    home::kit(&backends).caller("u/../1?x=%2f#", &["home:read"]).get("/home").await;
    assert_eq!(backends.calls("users")[0].path, "/users/u%2F..%2F1%3Fx%3D%252f%23");
}

#[tokio::test]
async fn an_id_of_dots_never_becomes_a_path() {
    let backends = well();
    let answer = kit(&backends).caller("..", &["home:read"]).get("/home").await;
    assert_eq!(answer.status.as_u16(), 401);
    assert!(backends.calls("users").is_empty());
}

#[tokio::test]
async fn nothing_undeclared_is_forwarded() {
    let backends = well();
    kit(&backends)
        .header("cookie", "a=b")
        .header("x-forwarded-for", "1.2.3.4")
        .header("authorization", "Bearer t")
        .get("/orders/7?q=1&debug=1")
        .await;
    let call = &backends.calls("orders")[0];
    let mut names: Vec<&str> = call.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "traceparent",
            "trefoil-attempt",
            "trefoil-caller",
            "trefoil-scopes",
            "trefoil-timeout-ms",
            "x-request-id"
        ]
    );
    assert_eq!(call.path, "/orders/7?lines=10");
}
