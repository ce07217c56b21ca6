//! The command line answers without a running gateway, and says what is wrong where.

use std::process::{Command, Output};

use crate::harness::{Demo, GATEWAY};

fn gateway(arguments: &[&str]) -> Output {
    Command::new(GATEWAY).args(arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_plan_is_drawn_in_the_terminal() {
    let output = gateway(&["plan", "web", "home"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let plan = text(&output.stdout);
    for part in [
        "300 ms",
        "profile",
        "{caller.id}",
        "└─ picks",
        "{profile.segment}",
        "within 80 ms",
        "optional",
        "3 calls, 2 in a row",
        "longest: profile → picks, up to the deadline of 300 ms: no `within` on profile",
        "requests: at most 5 (profile 2, picks 2)",
    ] {
        assert!(plan.contains(part), "{part}:\n{plan}");
    }
    let output = gateway(&["plan", "web", "hoem"]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("home"), "{}", text(&output.stderr));
}

#[test]
fn routes_list_every_endpoint_with_its_rules() {
    let output = gateway(&["routes"]);
    let routes = text(&output.stdout);
    for part in [
        "/web/home",
        "/web/categories",
        "/web/products",
        "/web/products/{id}",
        "/web/orders/{id}",
        "/mobile/home",
        "/mobile/orders",
        "/partner/orders/{id}",
        "/partner/inventory",
        "home:read",
    ] {
        assert!(routes.contains(part), "{part}:\n{routes}");
    }
}

#[test]
fn routes_and_check_say_which_calls_are_retried_and_hedged() {
    let routes = text(&gateway(&["routes", "web"]).stdout);
    let home = routes.lines().find(|line| line.contains("/web/home")).unwrap();
    assert!(home.contains("profile (2)") && home.ends_with("picks"), "{routes}");
    assert!(routes.lines().next().unwrap().contains("CALLS  RETRY  "), "{routes}");
    let arguments = ["check", "--config", "gateway/gateway.yaml"];
    let check = text(&gateway(&arguments).stdout);
    for part in ["  retry     web.home: profile (2) attempts in all\n", "  hedge     web.home: picks\n"] {
        assert!(check.contains(part), "{part}:\n{check}");
    }
    let sets = [
        "--set=backends.orders.retry.attempts=3",
        "--set=backends.orders.hedge.all=true",
        "--set=backends.orders.health.path=/readyz",
        "--set=backends.orders.breaker.enabled=false",
    ];
    let check = text(&gateway(&[&arguments[..], &sets].concat()).stdout);
    let orders = check.lines().find(|line| line.contains("backend   orders")).unwrap();
    let how = ", 3 attempts unless its calls say otherwise, every GET hedged from 5 to 1000 ms, checked at /readyz every 10000 ms, no breakers";
    assert!(orders.contains(how), "{orders}");
    // What config adds is said of each call that it is added to, and of no other.
    for part in [
        "  retry     web.home: profile (2), orders (3 by config) attempts in all\n",
        "  hedge     web.home: picks, orders (by config)\n",
    ] {
        assert!(check.contains(part), "{part}:\n{check}");
    }
    assert!(!check.contains("limit     web.home attempts"), "{check}");
    let shown = |command: &[&str]| text(&gateway(&[command, &arguments[1..], &sets].concat()).stdout);
    let routes = shown(&["routes", "web"]);
    let home = routes.lines().find(|line| line.contains("/web/home")).unwrap();
    assert!(home.ends_with("  profile (2), orders (3 by config)  picks, orders (by config)"), "{home}");
    let plan = shown(&["plan", "web", "home"]);
    assert!(plan.contains("up to 3 attempts (by config), hedged (by config)]"), "{plan}");
    assert!(plan.contains("requests: at most 8 (profile 2, orders 4, picks 2)"), "{plan}");
    assert!(plan.contains("up to 2 attempts,") || plan.contains("up to 2 attempts]"), "{plan}");
}

#[test]
fn check_warns_of_what_cannot_hold_and_strict_makes_that_a_failure() {
    let arguments = ["check", "--config", "gateway/gateway.yaml", "--strict"];
    let shipped = gateway(&arguments);
    assert!(shipped.status.success(), "{}{}", text(&shipped.stdout), text(&shipped.stderr));
    let moved = [&arguments[..3], &["--set=bffs.web.endpoints.home.deadline_ms=50"]].concat();
    let warned = gateway(&moved);
    assert!(warned.status.success(), "{}", text(&warned.stderr));
    let warning = "\n  warning   web.home.picks: its own time and that of the calls before it are 80 ms together";
    assert!(text(&warned.stdout).contains(warning), "{}", text(&warned.stdout));
    let strict = gateway(&[&moved[..], &["--strict"]].concat());
    assert!(!strict.status.success() && text(&strict.stdout).contains(warning), "{}", text(&strict.stdout));
    assert_eq!(text(&strict.stderr), "error: warnings: 1; --strict allows none\n");
}

#[test]
fn check_accepts_the_shipped_config_and_points_at_a_mistake() {
    let output = gateway(&["check", "--config", "gateway/gateway.yaml"]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).contains(", lean transport (plain HTTP/1.1)\n"), "{}", text(&output.stdout));
    let shipped = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/gateway.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.yaml");
    let line = shipped.lines().position(|line| line.trim_start().starts_with("url:")).unwrap() + 1;
    let mistaken =
        |(number, text): (usize, &str)| if number + 1 == line { text.replace("url:", "ulr:") } else { text.to_owned() };
    let wrong = shipped.lines().enumerate().map(mistaken).collect::<Vec<_>>().join("\n");
    std::fs::write(&file, wrong).unwrap();
    let output = gateway(&["check", "--config", file.to_str().unwrap()]);
    assert!(!output.status.success());
    let said = text(&output.stderr) + &text(&output.stdout);
    assert!(said.contains("ulr") && said.contains(&format!(":{line}:")) && said.contains("url"), "{said}");
}

#[tokio::test]
async fn a_token_for_the_demo_is_one_command_away() {
    let demo = Demo::start().await;
    let issuer = demo.ready["issuer"].as_str().unwrap().to_owned();
    let output = tokio::task::spawn_blocking(move || gateway(&["token", "web", "--issuer", &issuer])).await.unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let token = format!("Bearer {}", text(&output.stdout).trim());
    assert_eq!(demo.get_with("/web/home", &[("authorization", &token)]).await.status, 200);
}
