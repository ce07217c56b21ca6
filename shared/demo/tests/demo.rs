//! `gateway demo` from start to end: all is up, all is said, a taken port is named, and nothing is left behind.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use reqwest::{Certificate, Client};
use serde_json::Value;
use tokio::task::JoinHandle;
use trefoil::Bff;

/// What the file must say at the least; all else is laid over it.
const YAML: &str = "version: 1\n";

fn start(arguments: &[&str]) -> JoinHandle<ExitCode> {
    let command = trefoil_demo::command(YAML);
    let matches = command.command.get_matches_from(std::iter::once("demo").chain(arguments.iter().copied()));
    let bffs = ["web", "mobile", "partner"].map(Bff::new).into();
    tokio::spawn((command.run)(matches, bffs))
}

async fn ready(path: &Path) -> Value {
    loop {
        // It appears whole: what can be read can be parsed.
        if let Ok(text) = std::fs::read(path) {
            return serde_json::from_slice(&text).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn signal(name: &str) {
    assert!(Command::new("kill").args([name, &std::process::id().to_string()]).status().unwrap().success());
}

async fn ends(demo: JoinHandle<ExitCode>) -> ExitCode {
    tokio::time::timeout(Duration::from_secs(20), demo).await.unwrap().unwrap()
}

/// One test, because a signal is for the whole process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_starts_says_where_all_is_names_a_taken_port_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ready.json");
    let file = path.to_str().unwrap();
    let free = ["--http-port", "0", "--https-port", "0", "--admin-port", "0"];
    let demo = start(&[&free[..], &["--ready-file", file]].concat());
    let ready = tokio::time::timeout(Duration::from_secs(30), ready(&path)).await.unwrap();
    let place = |name: &str| ready[name].as_str().unwrap().to_owned();

    let ca = std::fs::read(place("tls_ca")).unwrap();
    let client = Client::builder().no_proxy().tls_certs_only([Certificate::from_pem(&ca).unwrap()]).build().unwrap();
    let status = async |url: String| client.get(url).send().await.unwrap().status().as_u16();
    assert_eq!(status(format!("{}/readyz", place("admin"))).await, 200);
    assert_eq!(status(format!("{}/jwks", place("issuer"))).await, 200);
    // Nothing hangs there, and the gateway says so, over both.
    for scheme in ["public", "tls"] {
        let call =
            client.get(format!("{}/web/nothing", place(scheme))).bearer_auth(ready["tokens"]["web"].as_str().unwrap());
        assert_eq!(call.send().await.unwrap().status(), 404, "{scheme}");
    }
    for name in trefoil_demo::NAMES {
        let shown = format!("{}/_control", ready["backends"][name].as_str().unwrap());
        assert_eq!(client.get(shown).send().await.unwrap().json::<Value>().await.unwrap()["calls"], 0, "{name}");
    }
    for token in ["web", "mobile", "partner", "expired"] {
        assert_eq!(ready["tokens"][token].as_str().unwrap().split('.').count(), 3, "{token}");
    }

    let taken = place("public").rsplit(':').next().unwrap().to_owned();
    assert_eq!(ends(start(&["--http-port", &taken, "--ready-file", file])).await, ExitCode::FAILURE);
    assert!(path.exists(), "the file of the demo that has the port stays");
    let theirs = folder.path().join("theirs.txt");
    std::fs::write(&theirs, "theirs").unwrap();
    let refused = start(&[&free[..], &["--ready-file", theirs.to_str().unwrap()]].concat());
    assert_eq!(ends(refused).await, ExitCode::FAILURE);
    assert_eq!(std::fs::read_to_string(&theirs).unwrap(), "theirs");
    std::fs::remove_file(theirs).unwrap();

    // The terminal is closed. What is sent twice at once is sent once.
    signal("-HUP");
    signal("-TERM");
    assert_eq!(ends(demo).await, ExitCode::SUCCESS);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the ready file is gone");
    assert!(!Path::new(&place("tls_ca")).exists(), "the certificates are gone");
    assert!(client.get(format!("{}/jwks", place("issuer"))).send().await.is_err(), "the issuer is gone");
}
