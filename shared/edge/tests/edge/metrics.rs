//! The two server metrics.

use http::Method;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ScopeMetrics, SumDataPoint};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};

use crate::common::{KEY, gateway, request};

#[tokio::test]
async fn durations_are_counted_by_route_and_status_and_active_requests_return_to_zero() {
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
    let mut gateway = gateway();
    gateway.meter = provider.meter("edge");
    let edge = gateway.build();
    for id in ["1", "2"] {
        edge.get_as(&format!("/web/items/{id}"), &KEY.token("u1")).await;
    }
    edge.get("/web/nothing/at/all").await;
    edge.get_as("/web/panic", &KEY.token("u1")).await;
    edge.send(request(Method::from_bytes(b"BREW").unwrap(), "/web/docs", &[])).await;
    provider.force_flush().unwrap();

    let (mut points, mut active) = (Vec::new(), None);
    for resource in exporter.get_finished_metrics().unwrap() {
        for metric in resource.scope_metrics().flat_map(ScopeMetrics::metrics) {
            match (metric.name(), metric.data()) {
                ("http.server.request.duration", AggregatedMetrics::F64(MetricData::Histogram(histogram))) => {
                    assert_eq!(metric.unit(), "s");
                    for point in histogram.data_points() {
                        assert_eq!(point.bounds().count(), 14);
                        let mut attributes: Vec<String> =
                            point.attributes().map(|pair| format!("{}={}", pair.key, pair.value)).collect();
                        attributes.sort();
                        points.push((attributes.join(" "), point.count()));
                    }
                }
                ("http.server.active_requests", AggregatedMetrics::I64(MetricData::Sum(sum))) => {
                    active = Some(sum.data_points().map(SumDataPoint::value).sum::<i64>());
                }
                _ => {}
            }
        }
    }
    points.sort();
    let expected = [
        (
            "error.type=internal http.request.method=GET http.response.status_code=500 http.route=/web/panic url.scheme=http",
            1,
        ),
        ("http.request.method=GET http.response.status_code=200 http.route=/web/items/{id} url.scheme=http", 2),
        ("http.request.method=GET http.response.status_code=404 url.scheme=http", 1),
        ("http.request.method=_OTHER http.response.status_code=401 http.route=/web/docs url.scheme=http", 1),
    ];
    assert_eq!(points, expected.map(|(attributes, count)| (attributes.to_owned(), count)));
    assert_eq!(active, Some(0));
}
