//! A gateway's life: it starts where it is told, says whether it is ready, and ends in order.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says by panicking what is wrong")]

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::StatusCode;
use trefoil_composition::Bff;
use trefoil_server::config::{Config, Environment};
use trefoil_server::{StartError, start};

const CONFIG: &str = "\
version: 1
listeners:
  public: { address: 127.0.0.1:0 }
admin: { address: 127.0.0.1:0 }
shutdown: { drain_timeout_ms: 1000, flush_timeout_ms: 1000 }
log: { filter: off }
edge: { keys: { timeout_ms: 100 } }
bffs:
  web:
    auth: { issuer: http://127.0.0.1:1, audience: web }
";

fn config(flags: &[&str]) -> Config {
    let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
    Config::parse("gateway.yaml", CONFIG, &Environment::empty(), &flags).unwrap_or_else(|error| panic!("{error}"))
}

async fn get(address: SocketAddr, path: &str) -> (StatusCode, String, String) {
    let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (answer.status(), kind, answer.text().await.unwrap())
}

/// Waits until it says that it is ready. Its issuer is not there, so that takes three attempts.
async fn ready(admin: SocketAddr) {
    let (status, _, word) = get(admin, "/readyz").await;
    assert_eq!((status, word.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "starting\n"));
    let asking = async {
        while get(admin, "/readyz").await.0 != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asking).await.unwrap();
}

#[tokio::test]
async fn the_admin_listener_answers_probes_metrics_and_version() {
    let gateway = start(&config(&[]), &[Bff::new("web")], &Environment::empty()).await.unwrap();
    let (public, admin) = (gateway.public().unwrap(), gateway.admin());
    assert_eq!(get(public, "/web/nothing").await.0, StatusCode::NOT_FOUND);
    ready(admin).await;
    for (path, word) in [("/livez", "alive\n"), ("/readyz", "ready\n"), ("/healthz", "ready\n")] {
        assert_eq!(get(admin, path).await, (StatusCode::OK, "text/plain; charset=utf-8".into(), word.into()));
    }
    let (status, kind, metrics) = get(admin, "/metrics").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/plain; version=0.0.4"));
    let count = "http_server_request_duration_seconds_count{";
    let line = metrics.lines().find(|line| line.starts_with(count)).unwrap_or_else(|| panic!("{metrics}"));
    assert!(line.contains("http_response_status_code=\"404\"") && line.ends_with(" 1"), "{line}");
    // The buckets are those that the semantic conventions advise.
    assert!(metrics.contains("le=\"0.075\"") && metrics.contains("le=\"7.5\""), "{metrics}");
    let (_, _, version) = get(admin, "/version").await;
    assert_eq!(version, format!(r#"{{"name":"trefoil-gateway","version":"{}"}}"#, env!("CARGO_PKG_VERSION")));
    let (status, kind, _) = get(admin, "/anything").await;
    assert_eq!((status, kind.as_str()), (StatusCode::NOT_FOUND, "application/problem+json"));
    gateway.shutdown().await;
    assert!(tokio::net::TcpStream::connect(public).await.is_err());
    assert!(tokio::net::TcpStream::connect(admin).await.is_err());
}

#[tokio::test]
async fn the_public_listener_does_not_answer_for_the_admin_one() {
    let gateway = start(&config(&[]), &[Bff::new("web")], &Environment::empty()).await.unwrap();
    for path in ["/metrics", "/readyz", "/version"] {
        assert_eq!(get(gateway.public().unwrap(), path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    gateway.shutdown().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_a_start_error_that_names_the_key() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let flag = format!("admin.address={}", taken.local_addr().unwrap());
    let error = start(&config(&[&flag]), &[Bff::new("web")], &Environment::empty()).await.unwrap_err();
    assert!(matches!(error, StartError::Bind(_)), "{error}");
    assert!(error.to_string().contains("set `admin.address` to another port"), "{error}");
}

#[tokio::test]
async fn bffs_and_configuration_must_fit_each_other() {
    let error = start(&config(&[]), &[Bff::new("mobile")], &Environment::empty()).await.unwrap_err().to_string();
    assert!(error.contains("there is no BFF `web` in this gateway"), "{error}");
    assert!(error.contains("gateway.yaml:9:3"), "{error}");
    assert!(error.contains("the BFF `mobile` has no section"), "{error}");
    assert!(error.contains("add `bffs.mobile` with"), "{error}");
}

#[tokio::test]
async fn two_bffs_of_one_name_are_refused() {
    let twice = [Bff::new("web"), Bff::new("web")];
    let error = start(&config(&[]), &twice, &Environment::empty()).await.unwrap_err();
    assert!(matches!(error, StartError::Declarations(_)), "{error}");
}

#[tokio::test]
async fn a_policy_that_the_edge_refuses_is_shown_where_it_stands() {
    let config = config(&["bffs.web.cors.origins=null"]);
    let error = start(&config, &[Bff::new("web")], &Environment::empty()).await.unwrap_err();
    assert!(matches!(error, StartError::Config(_)), "{error}");
    assert!(error.to_string().contains("bffs.web.cors"), "{error}");
}

#[tokio::test]
async fn a_refused_value_in_a_list_is_pointed_at_itself() {
    let text = format!("{CONFIG}    cors:\n      origins: [https://a.example, https://b.example/]\n");
    let config = Config::parse("gateway.yaml", &text, &Environment::empty(), &[]).unwrap();
    let error = start(&config, &[Bff::new("web")], &Environment::empty()).await.unwrap_err().to_string();
    assert!(error.contains("gateway.yaml:12:36"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_is_not_there_is_shown_at_the_line_that_names_it() {
    let text = CONFIG.replace(
        "admin:",
        "  tls: { address: 127.0.0.1:0, cert_file: /nowhere/tls.crt, key_file: /nowhere/tls.key }\nadmin:",
    );
    let config = Config::parse("gateway.yaml", &text, &Environment::empty(), &[]).unwrap();
    let error = start(&config, &[Bff::new("web")], &Environment::empty()).await.unwrap_err();
    assert!(matches!(error, StartError::Config(_)), "{error}");
    let error = error.to_string();
    assert!(error.contains("/nowhere/tls.crt") && error.contains("gateway.yaml:4:43"), "{error}");
}

#[tokio::test]
async fn too_many_headers_are_answered_with_a_problem() {
    let gateway = start(&config(&[]), &[Bff::new("web")], &Environment::empty()).await.unwrap();
    let client = reqwest::Client::new();
    for http_2 in [false, true] {
        let client =
            if http_2 { reqwest::Client::builder().http2_prior_knowledge().build().unwrap() } else { client.clone() };
        let mut call = client.get(format!("http://{}/web/nothing", gateway.public().unwrap()));
        for number in 0..150 {
            call = call.header(format!("x-{number}"), "1");
        }
        let answer = call.send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (431, &"application/problem+json".parse().unwrap())
        );
    }
    gateway.shutdown().await;
}

#[tokio::test]
async fn ending_with_nothing_under_way_does_not_use_up_the_timeouts() {
    let gateway = start(&config(&[]), &[Bff::new("web")], &Environment::empty()).await.unwrap();
    tokio::time::timeout(Duration::from_millis(900), gateway.shutdown()).await.expect("ends at once");
}
