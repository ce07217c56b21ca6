//! One request is one trace, in a real collector and its real UI.

use serde_json::Value;

use crate::harness::{Demo, Jaeger};

fn tag<'a>(span: &'a Value, key: &str) -> &'a Value {
    let tags = span["tags"].as_array().map_or(&[][..], Vec::as_slice);
    tags.iter().find(|tag| tag["key"] == key).map_or(&Value::Null, |tag| &tag["value"])
}

/// A demo that exports its traces there.
async fn traced(jaeger: &Jaeger, more: &[(&str, &str)]) -> Demo {
    let export = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", jaeger.otlp.as_str()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ];
    Demo::start_with(&[&export, more].concat()).await
}

/// Where in its trace a backend was told that it is.
async fn told(demo: &Demo) -> String {
    demo.last("users").await[0]["headers"]["traceparent"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_screen_is_one_trace_of_a_server_span_and_a_client_span_a_call() {
    let jaeger = Jaeger::start().await;
    let demo = traced(&jaeger, &[("OTEL_TRACES_SAMPLER", "parentbased_always_on")]).await;
    assert_eq!(demo.get("/web/home").await.status, 200);
    let seen = told(&demo).await;
    let mut parts = seen.split('-').skip(1);
    let (trace, parent) = (parts.next().unwrap(), parts.next().unwrap());
    assert!(seen.ends_with("-01"), "{seen}");

    let spans = jaeger.trace(trace, 4).await;
    assert_eq!(spans.len(), 4, "{spans:#?}");
    // The collector shows no span kinds; a server span is the one with a route, a client span the one with a backend.
    let servers: Vec<&Value> = spans.iter().filter(|span| !tag(span, "http.route").is_null()).collect();
    let [server] = servers.as_slice() else { panic!("{} server spans", servers.len()) };
    assert_eq!(server["operationName"], "GET /web/home");
    assert_eq!(tag(server, "http.route"), "/web/home");
    assert_eq!(tag(server, "http.response.status_code"), 200);
    let clients: Vec<&Value> = spans.iter().filter(|span| !tag(span, "trefoil.backend").is_null()).collect();
    assert_eq!(clients.len(), 3);
    for client in &clients {
        assert_eq!(client["references"][0]["spanID"], server["spanID"], "{client:#}");
        assert_eq!(tag(client, "server.address"), "127.0.0.1");
        assert_eq!(tag(client, "http.request.method"), "GET");
    }
    // The backend was told the very span that stands for its call.
    let users = clients.iter().find(|client| tag(client, "trefoil.backend") == "users").unwrap();
    assert_eq!(users["spanID"], parent);
    assert!(users["spanID"] != server["spanID"]);
}

#[tokio::test]
async fn a_trace_that_a_client_began_goes_on_and_an_unrecorded_one_is_passed_on_unrecorded() {
    let jaeger = Jaeger::start().await;
    let demo = traced(&jaeger, &[]).await;
    let token = format!("Bearer {}", demo.token("web"));
    for (flag, id) in [("01", "4bf92f3577b34da6a3ce929d0e0e4736"), ("00", "5bf92f3577b34da6a3ce929d0e0e4736")] {
        let parent = format!("00-{id}-00f067aa0ba902b7-{flag}");
        demo.get_with("/web/home", &[("authorization", &token), ("traceparent", &parent)]).await;
        let seen = told(&demo).await;
        assert!(seen.starts_with(&format!("00-{id}-")) && seen.ends_with(&format!("-{flag}")), "{seen}");
        // A trace that is recorded here has a span between; one that is not is passed on as it came.
        assert_eq!(seen.contains("00f067aa0ba902b7"), flag == "00", "{seen}");
    }
    assert_eq!(jaeger.trace("4bf92f3577b34da6a3ce929d0e0e4736", 4).await.len(), 4);
}

#[tokio::test]
async fn what_tracers_before_said_goes_on_with_a_trace_that_is_not_recorded_here() {
    let demo = Demo::start().await;
    let token = format!("Bearer {}", demo.token("web"));
    let parent = ("traceparent", "00-6bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    for state in [&[("tracestate", "vendor=1"), ("tracestate", "other=2")][..], &[]] {
        let headers = [&[("authorization", token.as_str()), parent], state].concat();
        assert_eq!(demo.get_with("/web/home", &headers).await.status, 200);
        let told = &demo.last("users").await[0]["headers"];
        assert_eq!(told["traceparent"], parent.1);
        let expected = if state.is_empty() { Value::Null } else { "vendor=1,other=2".into() };
        assert_eq!(told["tracestate"], expected);
    }
}

#[tokio::test]
async fn an_attempt_more_has_a_span_of_its_own_that_counts_it() {
    let jaeger = Jaeger::start().await;
    let demo = traced(&jaeger, &[("OTEL_TRACES_SAMPLER", "parentbased_always_on")]).await;
    demo.control("users", serde_json::json!({ "failure_rate": 1.0, "status": 503 })).await;
    demo.get("/web/home").await;
    let seen = told(&demo).await;
    let spans = jaeger.trace(seen.split('-').nth(1).unwrap(), 4).await;
    let mut users: Vec<&Value> = spans.iter().filter(|span| tag(span, "trefoil.backend") == "users").collect();
    users.sort_by_key(|span| span["startTime"].as_u64());
    let counts: Vec<&Value> = users.iter().map(|span| tag(span, "http.request.resend_count")).collect();
    assert_eq!(counts, [&Value::Null, &Value::from(1)], "{users:#?}");
    assert!(users.iter().all(|span| tag(span, "http.response.status_code") == 503), "{users:#?}");
}

#[tokio::test]
async fn durations_are_measured_by_route_and_by_backend() {
    let demo = Demo::start().await;
    demo.get("/web/home").await;
    demo.get("/web/nothing").await;
    let metrics = demo.metrics().await;
    let line = |wanted: &[&str]| metrics.lines().any(|line| wanted.iter().all(|part| line.contains(part)));
    assert!(line(&["http_server_request_duration_seconds_count", "/web/home", "200"]), "{metrics}");
    assert!(line(&["http_client_request_duration_seconds_count", "users", "200"]), "{metrics}");
    assert!(line(&["http_server_request_duration_seconds_bucket", "le=\"0.075\""]), "{metrics}");
    assert!(!metrics.contains("/web/nothing"), "a raw path is a label: {metrics}");
}
