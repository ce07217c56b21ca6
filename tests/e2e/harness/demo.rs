//! One demo, from its start to its end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Answer;

/// The binary under test.
pub(crate) const GATEWAY: &str = env!("CARGO_BIN_EXE_gateway");

/// How long a demo may take to start; an idle machine needs a second.
const START: Duration = Duration::from_secs(60);

/// A running demo. Dropping it ends it.
pub(crate) struct Demo {
    child: Child,
    folder: tempfile::TempDir,
    pub(crate) ready: Value,
    client: reqwest::Client,
}

impl Demo {
    /// A demo on free ports.
    pub(crate) async fn start() -> Demo {
        Demo::start_with(&[]).await
    }

    /// A demo on free ports, with these environment variables.
    pub(crate) async fn start_with(environment: &[(&str, &str)]) -> Demo {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ready_file = folder.path().join("ready.json");
        let output = std::fs::File::create(folder.path().join("output")).expect("a file");
        let child = Command::new(GATEWAY)
            .args(["demo", "--http-port", "0", "--https-port", "0", "--admin-port", "0", "--ready-file"])
            .arg(&ready_file)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stderr(output.try_clone().expect("a file"))
            .stdout(output)
            .spawn()
            .expect("the gateway starts");
        let mut demo = Demo {
            child,
            folder,
            ready: Value::Null,
            client: reqwest::Client::builder().no_proxy().build().expect("a client"),
        };
        let started = Instant::now();
        while !ready_file.exists() {
            let ended = demo.child.try_wait().expect("its state");
            assert!(ended.is_none(), "the demo ended at its start ({ended:?}):\n{}", demo.output());
            assert!(started.elapsed() < START, "the demo is not ready after {START:?}:\n{}", demo.output());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let text = std::fs::read_to_string(&ready_file).expect("the ready file");
        demo.ready = serde_json::from_str(&text).expect("the ready file is JSON");
        demo
    }

    /// What it has printed and logged so far.
    pub(crate) fn output(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("output")).unwrap_or_default()
    }

    pub(crate) fn ready_file(&self) -> PathBuf {
        self.folder.path().join("ready.json")
    }

    pub(crate) fn process(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ready["public"].as_str().expect("a URL").trim_end_matches('/'))
    }

    pub(crate) fn token(&self, which: &str) -> &str {
        self.ready["tokens"][which].as_str().unwrap_or_else(|| panic!("no token for {which}"))
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Asks by GET, with the token of the BFF that the path belongs to.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let bff = path.split('/').nth(1).expect("a BFF");
        self.get_with(path, &[("authorization", &format!("Bearer {}", self.token(bff)))]).await
    }

    /// Asks by GET, with just these headers.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers
            .iter()
            .fold(self.client.get(self.url(path)), |request, (name, value)| request.header(*name, *value));
        Answer::of(request).await
    }

    /// Asks a BFF's GraphQL face.
    pub(crate) async fn graphql(&self, bff: &str, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = self.client.post(self.url(&format!("/{bff}/graphql")));
        Answer::of(request.bearer_auth(self.token(bff)).header("content-type", "application/json").body(body)).await
    }

    fn backend(&self, backend: &str, path: &str) -> String {
        let url = self.ready["backends"][backend].as_str().unwrap_or_else(|| panic!("no backend {backend}"));
        format!("{}{path}", url.trim_end_matches('/'))
    }

    /// Turns a backend's knobs.
    pub(crate) async fn control(&self, backend: &str, knobs: Value) {
        let request = self.client.post(self.backend(backend, "/_control")).header("content-type", "application/json");
        let answer = Answer::of(request.body(knobs.to_string())).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// How many calls a backend has served since its last reset.
    pub(crate) async fn calls(&self, backend: &str) -> u64 {
        let answer = Answer::of(self.client.get(self.backend(backend, "/_control"))).await;
        answer.json()["calls"].as_u64().expect("a count")
    }

    /// The latest calls that a backend got, newest first.
    pub(crate) async fn last(&self, backend: &str) -> Vec<Value> {
        let answer = Answer::of(self.client.get(self.backend(backend, "/_last"))).await;
        answer.json().as_array().expect("a list").clone()
    }

    /// The text of the admin port's metrics.
    pub(crate) async fn metrics(&self) -> String {
        Answer::of(self.client.get(self.admin("/metrics"))).await.text
    }

    /// The value of the first metric of this name, in Prometheus' spelling, whose line has all of these parts; 0 where there is none.
    pub(crate) async fn metric(&self, name: &str, parts: &[&str]) -> f64 {
        let metrics = self.metrics().await;
        let named = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
        let mut lines = metrics.lines().filter(named).filter(|line| parts.iter().all(|part| line.contains(part)));
        lines.next().and_then(|line| line.rsplit(' ').next()).map_or(0.0, |value| value.parse().expect("a number"))
    }

    /// Waits until that metric is as wanted.
    pub(crate) async fn metric_until(&self, name: &str, parts: &[&str], wanted: impl Fn(f64) -> bool) {
        let started = Instant::now();
        loop {
            let value = self.metric(name, parts).await;
            if wanted(value) {
                return;
            }
            assert!(
                started.elapsed() < Duration::from_secs(15),
                "{name} {parts:?} is {value}:\n{}",
                self.metrics().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Where a backend really is.
    pub(crate) fn address_of(&self, backend: &str) -> SocketAddr {
        self.backend(backend, "").trim_start_matches("http://").parse().expect("an address")
    }

    pub(crate) fn issuer(&self) -> &str {
        self.ready["issuer"].as_str().expect("a URL").trim_end_matches('/')
    }

    pub(crate) fn admin(&self, path: &str) -> String {
        format!("{}{path}", self.ready["admin"].as_str().expect("a URL").trim_end_matches('/'))
    }

    pub(crate) fn ca(&self) -> &Path {
        Path::new(self.ready["tls_ca"].as_str().expect("a path"))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if self.child.try_wait().ok().flatten().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Asks a process to end, as an operator's Ctrl-C or an orchestrator does.
pub(crate) fn terminate(process: &Child) {
    let status = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().expect("kill");
    assert!(status.success());
}
