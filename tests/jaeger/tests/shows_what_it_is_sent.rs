//! A span that an ordinary OTLP/gRPC exporter sends is served by the API that the UI reads, and the UI's page is there.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use opentelemetry::trace::{Span, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_that_was_sent_can_be_read_and_the_page_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready.json");
    let _running = Running(
        Command::new(env!("CARGO_BIN_EXE_jaeger"))
            .args(["--otlp-port", "0", "--ui-port", "0", "--ready-file"])
            .arg(&ready)
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let text = eventually(|| std::fs::read_to_string(&ready).ok()).await;
    let (ui, otlp) = (value(&text, "ui"), value(&text, "otlp"));

    let exporter = SpanExporter::builder().with_tonic().with_endpoint(&otlp).build().unwrap();
    let resource = Resource::builder()
        .with_service_name("gateway")
        .with_attribute(KeyValue::new("service.instance.id", "one"))
        .build();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter).with_resource(resource).build();
    let tracer = provider.tracer("test");
    let screen = tracer.start("GET /web/home");
    let id = screen.span_context().trace_id().to_string();
    let within = Context::new().with_span(screen);
    tracer.start_with_context("users", &within).end();
    within.span().end();

    let traces = eventually(|| {
        let answer = get(&ui, "/api/traces?service=gateway&limit=20");
        answer.contains(&id).then_some(answer)
    })
    .await;
    assert!(traces.starts_with("HTTP/1.1 200"), "{traces}");
    assert!(traces.contains(r#""operationName":"users""#) && traces.contains("CHILD_OF"), "{traces}");
    assert!(get(&ui, &format!("/api/traces/{id}")).contains(r#""operationName":"GET /web/home""#));
    assert!(get(&ui, "/api/services").contains(r#""data":["gateway"]"#));
    let page = get(&ui, "/search");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<title>Jaeger UI</title>"), "{page}");
}

async fn eventually<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "nothing came within 20 s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn value(json: &str, key: &str) -> String {
    let rest = json.split(&format!("\"{key}\":\"")).nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn get(base: &str, path: &str) -> String {
    let host = base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(host).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
