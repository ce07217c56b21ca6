//! Where calls go when addresses are looked up: a real name server and real backends, on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;
mod zone;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::{connected, get};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;
use trefoil_backend::{
    BackendConfig, BreakerConfig, CallFailure, Client, Clients, DnsConfig, EjectionConfig, HealthConfig, RetryConfig,
    TransportError,
};
use zone::{Records, Zone};

/// A backend that says which one it is. What a health check asks for is answered by what it is told.
struct Backend {
    address: SocketAddr,
    open: Arc<AtomicUsize>,
    health: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Backend {
    async fn at(address: SocketAddr) -> Backend {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, health) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(200)));
        let (counted, asked) = (Arc::clone(&open), Arc::clone(&health));
        let task = tokio::spawn(async move {
            // They end with the backend.
            let mut connections = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (open, health) = (Arc::clone(&counted), Arc::clone(&asked));
                connections.spawn(async move {
                    open.fetch_add(1, Ordering::SeqCst);
                    let mut buffer = [0; 4096];
                    while let Ok(read) = stream.read(&mut buffer).await
                        && read > 0
                    {
                        let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
                        let status =
                            if request.starts_with("GET /readyz") { health.load(Ordering::SeqCst) } else { 200 };
                        let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
                        let body = format!("{address} as {host}");
                        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Backend { address, open, health, task }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn client(zone: &Zone, config: BackendConfig) -> (Clients, Arc<Client>) {
    let dns = DnsConfig { servers: vec![zone.address().to_string()], min_ttl_ms: 100, ..DnsConfig::default() };
    connected(config, &dns)
}

async fn ask(client: &Arc<Client>) -> Result<String, CallFailure> {
    let reply = get(client, 5_000).await?;
    Ok(String::from_utf8(reply.body.to_vec()).unwrap())
}

/// Who answers 40 calls.
async fn who(client: &Arc<Client>) -> BTreeSet<String> {
    let mut who = BTreeSet::new();
    for _ in 0..40 {
        who.insert(ask(client).await.unwrap());
    }
    who
}

/// Asks until just these answer.
async fn until(client: &Arc<Client>, what: &str, backends: &[&Backend], host: &str) {
    let wanted: BTreeSet<String> = backends.iter().map(|one| format!("{} as {host}", one.address)).collect();
    let started = Instant::now();
    loop {
        let found = who(client).await;
        if found == wanted {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(15), "{what}: {found:?}, not {wanted:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Two backends at one port of two addresses.
async fn pair() -> (Backend, Backend) {
    let first = Backend::at(([127, 0, 0, 1], 0).into()).await;
    let second = Backend::at(([127, 0, 0, 2], first.address.port()).into()).await;
    (first, second)
}

#[tokio::test]
async fn calls_follow_the_addresses_of_a_name_and_what_is_gone_is_let_go() {
    let (first, second) = pair().await;
    let zone = Zone::start().await;
    zone.set("users.test.", Records::a(1, &[first.address.ip()]));
    let port = first.address.port();
    let host = format!("users.test:{port}");
    let (_clients, client) = client(
        &zone,
        BackendConfig {
            slow_start: trefoil_backend::SlowStartConfig { window_ms: 0, min_percent: 10 },
            ..BackendConfig::at(format!("http://{host}"))
        },
    );
    until(&client, "at first", &[&first], &host).await;
    zone.set("users.test.", Records::a(1, &[first.address.ip(), second.address.ip()]));
    until(&client, "one more", &[&first, &second], &host).await;
    zone.set("users.test.", Records::a(1, &[second.address.ip()]));
    until(&client, "one less", &[&second], &host).await;
    let gone = Instant::now();
    while first.open.load(Ordering::SeqCst) > 0 {
        assert!(gone.elapsed() < Duration::from_secs(5), "connections to an address that is gone are kept");
        sleep(Duration::from_millis(20)).await;
    }
    // As many questions as its time to live allows, and no more: each is A, and AAAA only where there is no A.
    let asked = zone.asked();
    sleep(Duration::from_secs(3)).await;
    let more = zone.asked() - asked;
    assert!((2..=4).contains(&more), "{more} questions in 3 s with a TTL of 1 s");
}

#[tokio::test]
async fn a_failed_look_up_keeps_the_last_good_list() {
    let (first, _second) = pair().await;
    let zone = Zone::start().await;
    zone.set("users.test.", Records::a(0, &[first.address.ip()]));
    let host = format!("users.test:{}", first.address.port());
    let (_clients, client) = client(&zone, BackendConfig::at(format!("http://{host}")));
    until(&client, "at first", &[&first], &host).await;
    for records in [Records::Nothing, Records::ServerFailure] {
        zone.set("users.test.", records);
        let asked = zone.asked();
        let started = Instant::now();
        while zone.asked() < asked + 3 {
            assert!(started.elapsed() < Duration::from_secs(10), "it is not asked again");
            assert!(ask(&client).await.is_ok());
            sleep(Duration::from_millis(10)).await;
        }
        assert!(ask(&client).await.is_ok());
    }
}

#[tokio::test]
async fn of_several_names_one_that_cannot_be_looked_up_keeps_what_it_had_and_the_others_go_on() {
    let (first, second) = pair().await;
    let zone = Zone::start().await;
    zone.set("first.test.", Records::a(0, &[first.address.ip()]));
    zone.set("second.test.", Records::a(0, &[first.address.ip()]));
    let port = first.address.port();
    let config = BackendConfig {
        addresses: vec![format!("first.test:{port}"), format!("second.test:{port}")],
        slow_start: trefoil_backend::SlowStartConfig { window_ms: 0, min_percent: 10 },
        ..BackendConfig::at("http://users.test")
    };
    let (_clients, client) = client(&zone, config);
    until(&client, "at first", &[&first], "users.test").await;
    zone.set("first.test.", Records::Nothing);
    zone.set("second.test.", Records::a(0, &[second.address.ip()]));
    until(&client, "one keeps, one moves", &[&first, &second], "users.test").await;
    // The others are looked up by their own time to live, and not ever more rarely.
    let (asked, started) = (zone.asked(), Instant::now());
    while zone.asked() < asked + 60 {
        assert!(started.elapsed() < Duration::from_secs(8), "{} questions", zone.asked() - asked);
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_target_of_a_service_that_cannot_be_looked_up_keeps_what_it_had_and_the_others_go_on() {
    let (first, second) = pair().await;
    let zone = Zone::start().await;
    let port = first.address.port();
    zone.set("first.test.", Records::a(0, &[first.address.ip()]));
    zone.set("second.test.", Records::a(0, &[first.address.ip()]));
    let [one, other] = ["first.test.", "second.test."].map(|target| Records::srv(0, target, &[(0, 1, port)]));
    zone.set("_http._tcp.users.test.", one.and(other));
    let config = BackendConfig {
        srv: Some("_http._tcp.users.test".to_owned()),
        slow_start: trefoil_backend::SlowStartConfig { window_ms: 0, min_percent: 10 },
        ..BackendConfig::at("http://users.test")
    };
    let (_clients, client) = client(&zone, config);
    until(&client, "at first", &[&first], "users.test").await;
    zone.set("first.test.", Records::ServerFailure);
    zone.set("second.test.", Records::a(0, &[second.address.ip()]));
    until(&client, "one keeps, one moves", &[&first, &second], "users.test").await;
    let asked = zone.asked();
    while zone.asked() < asked + 10 {
        sleep(Duration::from_millis(20)).await;
    }
    until(&client, "later, too", &[&first, &second], "users.test").await;
}

#[tokio::test]
async fn a_name_that_never_was_cannot_be_connected_to_and_is_asked_for_again() {
    let (first, _second) = pair().await;
    let zone = Zone::start().await;
    let host = format!("users.test:{}", first.address.port());
    let (_clients, client) = client(&zone, BackendConfig::at(format!("http://{host}")));
    let failure = ask(&client).await.unwrap_err();
    assert!(
        matches!(&failure, CallFailure::Transport(TransportError::Connect(why)) if why.contains("users.test")),
        "{failure:?}"
    );
    let started = Instant::now();
    assert!(ask(&client).await.is_err() && started.elapsed() < Duration::from_millis(100), "a call waits for nothing");
    zone.set("users.test.", Records::a(30, &[first.address.ip()]));
    let started = Instant::now();
    while ask(&client).await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(10), "it is not found");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_service_has_ports_priorities_and_weights() {
    let one = Backend::at(([127, 0, 0, 1], 0).into()).await;
    let other = Backend::at(([127, 0, 0, 1], 0).into()).await;
    let last = Backend::at(([127, 0, 0, 1], 0).into()).await;
    let zone = Zone::start().await;
    zone.set("pod.users.test.", Records::a(5, &[one.address.ip()]));
    let services = [(0, 3, one.address.port()), (0, 1, other.address.port()), (5, 1, last.address.port())];
    zone.set("_http._tcp.users.test.", Records::srv(1, "pod.users.test.", &services));
    let config =
        BackendConfig { srv: Some("_http._tcp.users.test".to_owned()), ..BackendConfig::at("http://users.test") };
    let (_clients, client) = client(&zone, config);
    let mut shares = [0; 2];
    for _ in 0..400 {
        let who = ask(&client).await.unwrap();
        assert!(who.ends_with(" as users.test"), "{who}");
        assert!(!who.starts_with(&last.address.to_string()), "it is the last to be asked");
        shares[usize::from(who.starts_with(&other.address.to_string()))] += 1;
    }
    assert!((60..140).contains(&shares[1]), "{shares:?}");
    // Nobody of the first priority is left.
    drop((one, other));
    let started = Instant::now();
    while !ask(&client).await.is_ok_and(|who| who.starts_with(&last.address.to_string())) {
        assert!(started.elapsed() < Duration::from_secs(5), "the last is not asked");
    }
}

#[tokio::test]
async fn an_address_whose_checks_fail_is_left_alone_until_they_do_not() {
    let (first, second) = pair().await;
    let zone = Zone::start().await;
    let config = BackendConfig {
        addresses: [&first, &second].map(|backend| backend.address.to_string()).to_vec(),
        health: Some(HealthConfig { interval_ms: 100, timeout_ms: 100, unhealthy: 2, ..HealthConfig::at("/readyz") }),
        slow_start: trefoil_backend::SlowStartConfig { window_ms: 0, min_percent: 10 },
        ..BackendConfig::at("http://users.test")
    };
    let (clients, client) = client(&zone, config);
    clients.start();
    until(&client, "at first", &[&first, &second], "users.test").await;
    first.health.store(503, Ordering::SeqCst);
    until(&client, "one unwell", &[&second], "users.test").await;
    second.health.store(503, Ordering::SeqCst);
    until(&client, "all unwell", &[&first, &second], "users.test").await;
    second.health.store(204, Ordering::SeqCst);
    until(&client, "one well", &[&second], "users.test").await;
    first.health.store(302, Ordering::SeqCst);
    until(&client, "all well", &[&first, &second], "users.test").await;
    assert_eq!(zone.asked(), 0, "there was nothing to look up");
}

#[tokio::test]
async fn a_retry_goes_to_another_address_than_the_attempt_before() {
    let (first, second) = pair().await;
    let zone = Zone::start().await;
    // Without breakers nobody learns that nobody listens there any more.
    let breaker = BreakerConfig { enabled: false, ..BreakerConfig::default() };
    let config = BackendConfig {
        addresses: [&first, &second].map(|backend| backend.address.to_string()).to_vec(),
        retry: RetryConfig { attempts: 2, base_ms: 0, budget_floor: 1_000, ..RetryConfig::default() },
        ejection: EjectionConfig { enabled: false, ..EjectionConfig::default() },
        breaker,
        ..BackendConfig::at("http://users.test")
    };
    let (_clients, client) = client(&zone, config);
    until(&client, "both", &[&first, &second], "users.test").await;
    drop(second);
    for _ in 0..60 {
        assert!(ask(&client).await.unwrap().starts_with(&first.address.to_string()));
    }
}

#[tokio::test]
async fn what_goes_on_in_the_background_ends_with_the_client() {
    let (first, _second) = pair().await;
    let zone = Zone::start().await;
    zone.set("users.test.", Records::a(0, &[first.address.ip()]));
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let config = BackendConfig {
        health: Some(HealthConfig { interval_ms: 100, timeout_ms: 100, ..HealthConfig::at("/readyz") }),
        ..BackendConfig::at(format!("http://users.test:{}", first.address.port()))
    };
    let (clients, client) = client(&zone, config);
    ask(&client).await.unwrap();
    assert!(tokio::runtime::Handle::current().metrics().num_alive_tasks() > before);
    drop((clients, client));
    sleep(Duration::from_millis(300)).await;
    let asked = zone.asked();
    sleep(Duration::from_millis(500)).await;
    assert_eq!((zone.asked(), first.open.load(Ordering::SeqCst)), (asked, 0));
}
