//! The demo keeps its contract with whoever starts it.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::harness::{Answer, Demo, GATEWAY};

#[tokio::test]
async fn the_ready_file_has_all_that_a_script_needs() {
    let demo = Demo::start().await;
    for key in ["public", "tls", "admin", "issuer", "tls_ca"] {
        assert!(demo.ready[key].is_string(), "{key} is missing: {}", demo.ready);
    }
    for token in ["web", "mobile", "partner", "expired"] {
        assert!(demo.ready["tokens"][token].is_string(), "{token}");
    }
    for backend in ["users", "orders", "catalog", "recommendations", "inventory", "reviews", "media"] {
        assert!(demo.ready["backends"][backend].is_string(), "{backend}");
    }
    assert_eq!(Answer::of(demo.client().get(demo.admin("/readyz"))).await.status, 200);
    let output = demo.output();
    assert!(output.contains("curl") && output.contains("/web/home") && output.contains("_control"), "{output}");
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_flag_that_moves_it() {
    let demo = Demo::start().await;
    let port = demo.ready["public"].as_str().unwrap().trim_end_matches('/').rsplit(':').next().unwrap();
    let second = Command::new(GATEWAY)
        .args(["demo", "--http-port", port, "--https-port", "0", "--admin-port", "0"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned() + &String::from_utf8_lossy(&second.stdout);
    assert!(said.contains(port) && said.contains("--http-port"), "{said}");
}

#[tokio::test]
async fn a_backends_knobs_are_checked_and_put_back() {
    let demo = Demo::start().await;
    let users = demo.ready["backends"]["users"].as_str().unwrap().trim_end_matches('/');
    let wrong = demo.client().post(format!("{users}/_control")).header("content-type", "application/json");
    assert_eq!(Answer::of(wrong.body(r#"{"latency": 5}"#)).await.status, 400);
    demo.control("users", json!({ "latency_ms": 40, "failure_rate": 0.5, "status": 500 })).await;
    demo.control("users", json!({ "reset": true })).await;
    let state = Answer::of(demo.client().get(format!("{users}/_control"))).await.json();
    assert_eq!(
        (&state["latency_ms"], &state["failure_rate"], &state["down"], &state["calls"]),
        (&json!(0), &json!(0.0), &json!(false), &json!(0))
    );
}

#[tokio::test]
async fn the_demos_page_gives_its_token_and_the_backends_knobs_to_itself_only() {
    let demo = Demo::start().await;
    let screen = demo.ready["screen"].as_str().unwrap();
    let page = Answer::of(demo.client().get(screen)).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");

    let pass = Answer::of(demo.client().get(format!("{screen}/pass"))).await.json();
    let bearer = format!("Bearer {}", pass["token"].as_str().unwrap());
    assert_eq!(demo.get_with("/web/home", &[("authorization", &bearer)]).await.status, 200);
    assert_eq!(
        demo.get_with("/web/products/7", &[("authorization", &bearer)]).await.status,
        403,
        "the home screen only"
    );

    for path in ["/pass", "/control/users"] {
        let asked = demo.client().get(format!("{screen}{path}")).header("origin", "http://evil.example");
        let refused = Answer::of(asked).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
        assert!(refused.header("access-control-allow-origin").is_none());
    }
    // A name of somebody else's that leads to loopback is sent to the page's own, where its scripts have no say.
    let stays = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(stays).build().unwrap();
    let moved = Answer::of(client.get(format!("{screen}/pass")).header("host", "evil.example")).await;
    assert_eq!((moved.status, moved.header("location"), &*moved.text), (307, Some(screen), ""));
}
