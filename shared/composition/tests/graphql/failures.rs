//! What fails is null with an error that says where and why, and says nothing about what stands behind.

use serde_json::json;
use trefoil_testing::Kit;

use crate::shop::{ask, ask_with, bff, kit, well};

#[tokio::test(start_paused = true)]
async fn an_optional_call_that_fails_is_null_with_one_error_a_place() {
    let backends = well();
    backends.on("catalog", "/segments/home/picks").slow(500).json("[]");
    let answer = ask(&backends, "{ start: home { a: picks b: picks footer } }").await;
    let expected = json!({
        "data": { "start": { "a": null, "b": null, "footer": "(c)" } },
        "errors": [
            { "message": "The answer was not ready in time", "path": ["start", "a"], "extensions": { "code": "deadline-exceeded", "reason": "timeout", "field": "picks" } },
            { "message": "The answer was not ready in time", "path": ["start", "b"], "extensions": { "code": "deadline-exceeded", "reason": "timeout", "field": "picks" } },
        ],
        "extensions": { "degraded": [{ "path": "start.a", "reason": "timeout" }, { "path": "start.b", "reason": "timeout" }] },
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_shown_is_named_when_others_depend_on_it() {
    let backends = well();
    backends.on("catalog", "/banner").status(500);
    let json = ask(&backends, "{ home { translation } }").await.json();
    assert_eq!(json["data"], json!({ "home": { "translation": null } }));
    let errors = json["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["path"], json!(["home", "translation"]));
    assert_eq!(errors[0]["extensions"]["reason"], "dependency");
    assert_eq!(errors[0]["extensions"]["code"], "backend-status");
    let degraded =
        json!([{ "path": "home.banner", "reason": "status" }, { "path": "home.translation", "reason": "dependency" }]);
    assert_eq!(json["extensions"]["degraded"], degraded);
}

#[tokio::test(start_paused = true)]
async fn a_default_is_degraded_and_no_error() {
    let backends = well();
    backends.on("catalog", "/footer").refused();
    let answer = ask(&backends, "{ home { footer } }").await;
    let expected = r#"{"data":{"home":{"footer":"Trefoil"}},"extensions":{"degraded":[{"path":"home.footer","reason":"connect","default":true}]}}"#;
    assert_eq!(answer.text(), expected);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_named_by_the_keys_of_the_answer() {
    let backends = well();
    backends.on("catalog", "/footer").refused();
    backends.on("catalog", "/banner").status(500);
    let json =
        ask(&backends, "{ x: home { end: footer foot: footer top: banner picks } y: home { footer } }").await.json();
    let degraded = json!([
        { "path": "x.end", "reason": "connect", "default": true },
        { "path": "x.foot", "reason": "connect", "default": true },
        { "path": "x.top", "reason": "status" },
        { "path": "y.footer", "reason": "connect", "default": true },
    ]);
    assert_eq!(json["extensions"]["degraded"], degraded, "{json}");
    assert_eq!(json["errors"].as_array().unwrap().len(), 1, "{json}");
}

#[tokio::test(start_paused = true)]
async fn what_is_absent_is_complete() {
    let backends = well();
    backends.on("catalog", "/banner").status(404);
    let answer = ask(&backends, "{ home { banner translation } }").await;
    assert_eq!(answer.text(), r#"{"data":{"home":{"banner":null,"translation":null}}}"#);
    assert_eq!(answer.header("cache-control"), None);
}

#[tokio::test(start_paused = true)]
async fn a_required_call_that_fails_makes_its_root_field_null_and_no_other() {
    let backends = well();
    backends.on("users", "/users/u-1").json(r#"{"name":"Ada"}"#);
    let json =
        ask(&backends, "{ a: home { who: profile { name segment } banner } b: home { banner } c: home { picks } }")
            .await
            .json();
    assert_eq!(json["data"], json!({ "a": null, "b": { "banner": "sale" }, "c": null }));
    let expected = json!([
        { "message": "A service answered with unexpected data", "path": ["a", "who"], "extensions": { "code": "backend-shape", "reason": "shape", "field": "profile" } },
        { "message": "A service answered with unexpected data", "path": ["c"], "extensions": { "code": "backend-shape", "reason": "shape", "field": "profile" } },
    ]);
    assert_eq!(json["errors"], expected);
}

#[tokio::test(start_paused = true)]
async fn the_code_is_that_of_rests_problem() {
    for status in [404, 500] {
        let backends = well();
        backends.on("users", "/users/u-1").status(status);
        let rest = kit(&backends).get("/home").await.json();
        let answer = ask(&backends, "{ home { profile { name } orders { id } } }").await;
        let error = &answer.json()["errors"][0];
        assert_eq!(error["extensions"]["code"], rest["code"]);
        assert_eq!(error["extensions"]["field"], rest["field"]);
        assert_eq!(error["message"], rest["title"]);
        assert!(!answer.text().contains("a detail that no client may see"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_field_that_is_not_selected_cannot_fail() {
    let backends = well();
    // The name is missing, and nobody asks for it.
    backends.on("users", "/users/u-1").json(r#"{"segment_code":"home"}"#);
    let answer = ask(&backends, "{ home { profile { segment } picks } }").await;
    assert_eq!(answer.text(), r#"{"data":{"home":{"profile":{"segment":"home"},"picks":["lamp"]}}}"#);
}

#[tokio::test(start_paused = true)]
async fn each_root_field_has_its_own_rule_of_access() {
    let backends = well();
    let query = "{ home { banner } status { door } search(shelfId: 1) { found } }";
    let nobody = Kit::new(&bff(), &backends);
    let json = ask_with(&nobody, query, json!({})).await.json();
    assert_eq!(json["data"], json!({ "home": null, "status": { "door": "open" }, "search": null }));
    assert_eq!(json["errors"][0]["path"], json!(["home"]));
    assert_eq!(json["errors"][0]["extensions"]["code"], "unauthenticated");
    assert_eq!(json["errors"][1]["path"], json!(["search"]));

    let json = ask_with(&nobody.caller("u-1", &[]), query, json!({})).await.json();
    assert_eq!(json["data"]["home"], json!(null));
    assert_eq!(json["data"]["search"]["found"], json!(["lamp", "rug"]));
    assert_eq!(json["errors"][0]["extensions"]["code"], "insufficient-scope");
    assert_eq!(backends.calls("users").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_ends_every_call() {
    let backends = well();
    backends.on("catalog", "/banner").slow(90).json(r#""x""#);
    let kit = kit(&backends);
    let asking = ask_with(&kit, "{ a: home { banner } b: home { banner } }", json!({}));
    let _ = tokio::time::timeout(std::time::Duration::from_millis(10), asking).await.unwrap_err();
    let ends: Vec<_> = backends.all_calls().iter().map(|call| call.end).collect();
    assert_eq!(ends, [trefoil_testing::End::GivenUp; 2]);
}

#[tokio::test(start_paused = true)]
async fn the_same_is_missing_as_in_rest() {
    let whole = "{ home { profile { name segment nickName tier }
        orders { id total placedAt lines { sku quantity note { text } } labels parcels }
        picks translation banner footer } }";
    for path in ["/segments/home/picks", "/banner", "/translations/sale", "/footer"] {
        for fault in ["slow", "refused", "500", "shape"] {
            let backends = well();
            let route = backends.on("catalog", path);
            match fault {
                "slow" => route.slow(500).json("1"),
                "refused" => route.refused(),
                "500" => route.status(500),
                _ => route.json("{}"),
            }
            let rest = kit(&backends).get("/home").await;
            let json = ask(&backends, whole).await.json();
            assert_eq!(json["data"]["home"], rest.json(), "{path} {fault}");
            let entry = |one: &serde_json::Value| {
                let path = one["path"].as_str().unwrap().strip_prefix("home.").unwrap().to_owned();
                let default = if one["default"] == true { ";default" } else { "" };
                format!("{path};reason={}{default}", one["reason"].as_str().unwrap())
            };
            let degraded: Vec<String> = json["extensions"]["degraded"].as_array().unwrap().iter().map(entry).collect();
            assert_eq!(Some(degraded.join(", ").as_str()), rest.header("trefoil-degraded"), "{path} {fault}");
        }
    }
}
