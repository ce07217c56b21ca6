//! The real Jaeger UI and its collector, from `tests/jaeger`.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Answer;

/// A running Jaeger. Dropping it ends it.
pub(crate) struct Jaeger {
    child: Child,
    _folder: tempfile::TempDir,
    pub(crate) ui: String,
    pub(crate) otlp: String,
}

impl Jaeger {
    /// Starts it on free ports.
    pub(crate) async fn start() -> Jaeger {
        let binary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/jaeger/target/release/jaeger");
        assert!(binary.exists(), "{} is missing: build it with `tests/jaeger/run --version`", binary.display());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ready = folder.path().join("ready.json");
        let child = Command::new(binary)
            .args(["--otlp-port", "0", "--ui-port", "0", "--ready-file"])
            .arg(&ready)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("jaeger starts");
        let mut jaeger = Jaeger { child, _folder: folder, ui: String::new(), otlp: String::new() };
        let started = Instant::now();
        while !ready.exists() {
            assert!(started.elapsed() < Duration::from_secs(20), "jaeger is not ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let ready: Value = serde_json::from_str(&std::fs::read_to_string(ready).expect("the file")).expect("JSON");
        ready["ui"].as_str().expect("a URL").clone_into(&mut jaeger.ui);
        ready["otlp"].as_str().expect("a URL").clone_into(&mut jaeger.otlp);
        jaeger
    }

    /// The trace with this id, once it has at least `spans` spans.
    pub(crate) async fn trace(&self, id: &str, spans: usize) -> Vec<Value> {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let started = Instant::now();
        loop {
            let answer = Answer::of(client.get(format!("{}/api/traces/{id}", self.ui.trim_end_matches('/')))).await;
            if answer.status == 200 {
                let found = answer.json()["data"][0]["spans"].as_array().cloned().unwrap_or_default();
                if found.len() >= spans {
                    return found;
                }
            }
            assert!(started.elapsed() < Duration::from_secs(15), "no trace {id} of {spans} spans: {}", answer.text);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Jaeger {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
