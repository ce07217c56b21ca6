//! An operator moves limits of single endpoints in the configuration, without a build.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Demo, GATEWAY};

/// The shipped configuration, with these lines below `bffs.web`.
fn config(folder: &Path, lines: &str) -> std::path::PathBuf {
    let shipped = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/gateway.yaml")).unwrap();
    let path = folder.join("gateway.yaml");
    std::fs::write(&path, shipped.replacen("\n  web:\n", &format!("\n  web:\n{lines}"), 1)).unwrap();
    path
}

fn gateway(arguments: &[&str], config: &Path) -> Output {
    Command::new(GATEWAY).args(arguments).arg("--config").arg(config).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A `serve`, ended when this is dropped.
struct Serving(Child, SocketAddr);

impl Serving {
    /// With the demo's shop and issuer.
    async fn start(demo: &Demo, config: &Path) -> Serving {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (public, admin) = (free(), free());
        let mut command = Command::new(GATEWAY);
        command.args(["serve", "--config"]).arg(config).stdin(Stdio::null()).stdout(Stdio::null());
        command.env("PUBLIC_ADDRESS", public.to_string()).env("ADMIN_ADDRESS", admin.to_string());
        command.env("ISSUER", demo.ready["issuer"].as_str().unwrap());
        for (backend, url) in demo.ready["backends"].as_object().unwrap() {
            command.env(format!("{}_URL", backend.to_uppercase()), url.as_str().unwrap());
        }
        let serving = Serving(command.spawn().unwrap(), public);
        for _ in 0..500 {
            let ready = demo.client().get(format!("http://{admin}/readyz")).send().await;
            if ready.is_ok_and(|answer| answer.status() == 200) {
                return serving;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not get ready");
    }

    async fn get(&self, demo: &Demo, path: &str) -> Answer {
        Answer::of(demo.client().get(format!("http://{}{path}", self.1)).bearer_auth(demo.token("web"))).await
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_deadline_a_time_scopes_and_a_quota_hold_as_the_configuration_has_them() {
    let demo = Demo::start().await;
    let folder = tempfile::tempdir().unwrap();
    let lines = "    endpoints:
      home:
        deadline_ms: 2000
        within_ms: { picks: 600 }
        quota: { per_second: 1, burst: 3 }
      productPage: { scopes: [\"vip\"] }
";
    let serving = Serving::start(&demo, &config(folder.path(), lines)).await;
    // As declared it would be missing after 80 ms.
    demo.control("recommendations", json!({ "latency_ms": 300 })).await;
    let answer = serving.get(&demo, "/web/home").await;
    assert_eq!((answer.status, answer.header("trefoil-degraded")), (200, None), "{}", answer.text);
    assert_eq!(answer.header("ratelimit-policy"), Some("\"home\";q=3;w=3"));
    demo.control("recommendations", json!({ "latency_ms": 1500 })).await;
    let answer = serving.get(&demo, "/web/home").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("picks;reason=timeout"));
    assert!(answer.took > Duration::from_millis(590) && answer.took < Duration::from_millis(900), "{:?}", answer.took);
    // As declared it would be a 504 after 300 ms.
    demo.control("recommendations", json!({ "reset": true })).await;
    demo.control("users", json!({ "latency_ms": 500 })).await;
    assert_eq!(serving.get(&demo, "/web/home").await.status, 200);
    demo.control("users", json!({ "reset": true })).await;
    let mut refused = Vec::new();
    for _ in 0..4 {
        refused.push(serving.get(&demo, "/web/home").await);
    }
    let refused = refused.iter().find(|answer| answer.status == 429).expect("somebody is refused");
    refused.is_problem(429, "quota-exceeded");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"home\";q=3;w=3"));
    // The rest of the BFF counts on its own, and a scope that nobody declared is asked for.
    let product = serving.get(&demo, "/web/products/1").await;
    product.is_problem(403, "insufficient-scope");
    assert!(product.text.contains("vip"), "{}", product.text);
    assert!(product.header("ratelimit-policy").is_some_and(|value| value.contains("\"default\";q=100")));
}

#[test]
fn check_routes_and_plan_say_what_wins() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "    endpoints:
      home:
        deadline_ms: 400
        within_ms: { picks: 120 }
        scopes: [\"home:vip\"]
        quota: { per_second: 5, burst: 10 }
      productPage:
        cache: { rating: { ttl_s: 30, stale_if_error_s: 300 } }
";
    let config = config(folder.path(), lines);
    let check = text(&gateway(&["check"], &config));
    for part in [
        "web.home deadline: 400 ms by config, 300 ms as declared",
        "web.home within of picks: 120 ms by config, 80 ms as declared",
        "web.home scopes: home:vip by config, beside those declared",
        "web.productPage ttl of rating: 30 s by config, 60 s as declared",
        "web.productPage stale_if_error of rating: 300 s by config, 0 s as declared",
        "web.home quota: 5 a second, burst 10 by config, in place of the BFF's",
    ] {
        assert!(check.contains(part), "{part}:\n{check}");
    }
    let routes = text(&gateway(&["routes", "web"], &config));
    assert!(routes.contains("home:vip (by config: home:vip)"), "{routes}");
    assert!(routes.contains("400 ms (by config; declared 300 ms)"), "{routes}");
    let plan = text(&gateway(&["plan", "web", "home"], &config));
    assert!(plan.contains("within 120 ms (by config; declared 80 ms)"), "{plan}");
}

#[test]
fn a_name_that_no_endpoint_has_is_underlined_with_the_one_that_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "    endpoints:
      hoem: { deadline_ms: 400 }
      home: { within_ms: { pciks: 100 }, cache: { orders: { ttl_s: 5 } } }
";
    let config = config(folder.path(), lines);
    for command in [&["check"][..], &["plan", "web", "home"], &["routes"], &["serve"]] {
        let output = gateway(command, &config);
        assert!(!output.status.success());
        let said = text(&output);
        for part in [
            "`web` has no endpoint `hoem`",
            "did you mean `home`?",
            "no call fills a field `pciks` of `home`",
            "did you mean `picks`?",
            "the answers for `orders` are not kept",
            "      hoem: { deadline_ms: 400 }",
            "^^^^",
        ] {
            assert!(said.contains(part), "{part}:\n{said}");
        }
    }
}
