//! Where a backend's addresses come from and whether they are well, with a real name server.

use std::time::{Duration, Instant};

use crate::harness::{Demo, Fault, Proxy, Records, Zone};

const USERS: &str = r#"trefoil_backend="users""#;

#[tokio::test]
async fn a_backend_is_found_by_the_srv_records_of_its_service_and_followed() {
    let (first, second) = (Proxy::start().await, Proxy::start().await);
    let zone = Zone::start().await;
    let service = |proxy: &Proxy| Records::srv(1, "pod.users.test.", &[(0, 1, proxy.address().port())]);
    zone.set("pod.users.test.", Records::a(1, &[first.address().ip()]));
    zone.set("_http._tcp.users.test.", service(&first));
    let demo = Demo::start_with(&[
        ("TREFOIL__DNS__SERVERS", &zone.address().to_string()),
        ("TREFOIL__BACKENDS__USERS__SRV", "_http._tcp.users.test"),
    ])
    .await;
    first.to(demo.address_of("users"));
    second.to(demo.address_of("users"));
    assert_eq!(demo.get("/web/home").await.status, 200);
    assert!(first.open() > 0 && second.open() == 0);
    zone.set("_http._tcp.users.test.", service(&second));
    let moved = Instant::now();
    // Connections to what is gone are closed.
    while second.open() == 0 || first.open() > 0 {
        assert_eq!(demo.get("/web/home").await.status, 200);
        assert!(moved.elapsed() < Duration::from_secs(15), "{} {}", first.open(), second.open());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let port = format!(r#"network_peer_port="{}""#, second.address().port());
    assert_eq!(demo.metric("trefoil_backend_addresses", &[USERS, &port, "in_use"]).await, 1.0);
}

#[tokio::test]
async fn an_address_that_is_not_well_is_left_alone_and_its_checks_are_counted() {
    let (mut sick, well) = (Proxy::start().await, Proxy::start().await);
    let demo = Demo::start_with(&[
        ("TREFOIL__BACKENDS__USERS__ADDRESSES", &format!("{},{}", sick.address(), well.address())),
        // The one path of the demo's backends that no knob fails.
        ("TREFOIL__BACKENDS__USERS__HEALTH__PATH", "/_control"),
        ("TREFOIL__BACKENDS__USERS__HEALTH__INTERVAL_MS", "200"),
        ("TREFOIL__BACKENDS__USERS__HEALTH__TIMEOUT_MS", "200"),
        ("TREFOIL__BACKENDS__USERS__SLOW_START__WINDOW_MS", "0"),
    ])
    .await;
    sick.to(demo.address_of("users"));
    well.to(demo.address_of("users"));
    let port = format!(r#"network_peer_port="{}""#, sick.address().port());
    let standing = |standing: &'static str| [USERS, &port, standing];
    demo.metric_until("trefoil_backend_addresses", &standing("in_use"), |count| count == 1.0).await;
    sick.set(Fault::Refuse).await;
    demo.metric_until("trefoil_backend_addresses", &standing("unhealthy"), |count| count == 1.0).await;
    let checks = "trefoil_backend_health_check_duration_seconds_count";
    assert!(demo.metric(checks, &[USERS, r#"error_type="connect""#]).await >= 3.0);
    let before = demo.metric("trefoil_backend_retries_total", &[USERS]).await;
    for _ in 0..20 {
        assert_eq!(demo.get("/web/home").await.status, 200);
    }
    assert_eq!(demo.metric("trefoil_backend_retries_total", &[USERS]).await, before, "it is not asked any more");
    sick.set(Fault::None).await;
    demo.metric_until("trefoil_backend_addresses", &standing("in_use"), |count| count == 1.0).await;
    let output = demo.output();
    assert!(
        ["an address is unhealthy", "an address is healthy again"].iter().all(|what| output.contains(what)),
        "{output}"
    );
}
