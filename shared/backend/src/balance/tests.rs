//! What a balancer chooses, in paused time.

use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::advance;

use super::*;
use crate::client::Reply;
use crate::effort::OwnTime;
use crate::given_up::GivenUp;
use crate::lag::Lag;

/// A process that is never late.
static LAG: LazyLock<Lag> = LazyLock::new(|| Lag::new(&opentelemetry::global::meter("test")));
/// A call whose time does not run out.
static ENDLESS: LazyLock<GivenUp> = LazyLock::new(|| GivenUp::new(None));

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], port))
}

/// A balancer of so many addresses, at ports from 1.
fn balancer(count: u16, config: impl FnOnce(&mut BackendConfig)) -> Balancer {
    // What is drawn is the same at each run.
    fastrand::seed(1);
    let mut backend = BackendConfig::at("http://users");
    config(&mut backend);
    let balancer = Balancer::new("users", &backend, &opentelemetry::global::meter("test"));
    balancer.set(&(1..=count).map(|port| Target::plain(address(port))).collect::<Vec<_>>());
    balancer
}

fn choose(balancer: &Balancer) -> Result<Chosen<'_>, CallFailure> {
    balancer.choose(&asked(&Tried::default()), sent(&ENDLESS))
}

fn asked(tried: &Tried) -> Asked<'_> {
    Asked { tried, may_probe: true }
}

fn sent(call: &GivenUp) -> Sent<'_> {
    Sent { call, lag: &LAG, at: Instant::now() }
}

fn answered(status: StatusCode) -> Result<Reply, CallFailure> {
    Ok(Reply { status, headers: HeaderMap::new(), body: Bytes::new(), cached: None })
}

/// Makes calls until one has been to this port with this answer so many times; any other port answers well.
fn answer_at(balancer: &Balancer, port: u16, status: StatusCode, times: usize) {
    let mut left = times;
    for _ in 0..10_000 {
        if left == 0 {
            return;
        }
        let chosen = choose(balancer).unwrap();
        let there = chosen.address().port() == port;
        left -= usize::from(there);
        chosen.finish(&answered(if there { status } else { StatusCode::OK }));
    }
    panic!("port {port} was chosen {} times of {times}", times - left);
}

/// How many of 1,000 calls, one after the other, go to each port.
fn shares(balancer: &Balancer) -> Vec<usize> {
    let mut shares = vec![0; balancer.list().members.len()];
    for _ in 0..1_000 {
        let chosen = choose(balancer).unwrap();
        shares[usize::from(chosen.address().port()) - 1] += 1;
        chosen.finish(&answered(StatusCode::OK));
    }
    shares
}

fn state(balancer: &Balancer, port: u16) -> &'static str {
    let list = balancer.list();
    let member = list.members.iter().find(|member| member.endpoint.address.port() == port).unwrap();
    member.endpoint.breaker.name()
}

#[tokio::test(start_paused = true)]
async fn of_two_the_one_with_fewer_calls_is_taken() {
    let balancer = balancer(2, |_| {});
    let held: Vec<_> = (0..10).map(|_| choose(&balancer).unwrap()).collect();
    let at_one = held.iter().filter(|chosen| chosen.address().port() == 1).count();
    assert_eq!(at_one, 5);
    drop(held);
    assert!(balancer.list().members.iter().all(|member| member.endpoint.in_flight() == 0));
}

#[tokio::test(start_paused = true)]
async fn every_address_has_its_share() {
    let shares = shares(&balancer(3, |_| {}));
    assert!(shares.iter().all(|share| (280..390).contains(share)), "{shares:?}");
}

#[tokio::test(start_paused = true)]
async fn a_later_attempt_goes_elsewhere_while_there_is_an_elsewhere() {
    let balancer = balancer(3, |_| {});
    for _ in 0..100 {
        let tried = Tried::default();
        let choose = || balancer.choose(&asked(&tried), sent(&ENDLESS));
        let mut ports: Vec<u16> = (0..3).map(|_| choose().unwrap().address().port()).collect();
        ports.sort_unstable();
        assert_eq!(ports, [1, 2, 3]);
        assert!(choose().is_ok(), "the fourth goes where another was");
    }
}

#[tokio::test(start_paused = true)]
async fn five_failures_in_a_row_open_the_breaker_and_a_probe_that_goes_well_closes_it() {
    let balancer = balancer(1, |_| {});
    answer_at(&balancer, 1, StatusCode::BAD_GATEWAY, 4);
    answer_at(&balancer, 1, StatusCode::NOT_FOUND, 1);
    answer_at(&balancer, 1, StatusCode::BAD_GATEWAY, 4);
    assert_eq!(state(&balancer, 1), "closed", "a 404 is no failure, so these were not in a row");
    answer_at(&balancer, 1, StatusCode::BAD_GATEWAY, 1);
    assert_eq!(choose(&balancer).unwrap_err(), CallFailure::Breaker);
    advance(Duration::from_millis(4_999)).await;
    assert_eq!(choose(&balancer).unwrap_err(), CallFailure::Breaker);
    advance(Duration::from_millis(1)).await;
    let probe = choose(&balancer).unwrap();
    assert_eq!(choose(&balancer).unwrap_err(), CallFailure::Breaker, "one probe at once");
    drop(probe);
    let probe = choose(&balancer).unwrap();
    probe.finish(&answered(StatusCode::OK));
    assert_eq!(state(&balancer, 1), "closed");
    assert!(choose(&balancer).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_breaker_may_open_on_every_address() {
    let balancer = balancer(3, |_| {});
    for _ in 0..15 {
        choose(&balancer).unwrap().finish(&answered(StatusCode::BAD_GATEWAY));
        if choose(&balancer).is_err() {
            break;
        }
    }
    let mut failures = [TransportError::Connect, TransportError::Broken, TransportError::Malformed].into_iter().cycle();
    while let (Ok(chosen), Some(failure)) = (choose(&balancer), failures.next()) {
        chosen.finish(&Err(CallFailure::Transport(failure("as the test says".to_owned()))));
    }
    assert_eq!([1, 2, 3].map(|port| state(&balancer, port)), ["open"; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_address_with_an_open_breaker_is_passed_over_and_comes_back_slowly() {
    let balancer = balancer(3, |_| {});
    answer_at(&balancer, 2, StatusCode::BAD_GATEWAY, 5);
    let without = shares(&balancer);
    assert_eq!(without[1], 0);
    assert!(without[0].abs_diff(without[2]) < 150, "{without:?}");
    advance(Duration::from_secs(5)).await;
    answer_at(&balancer, 2, StatusCode::OK, 1);
    let slowly = shares(&balancer);
    assert!((15..90).contains(&slowly[1]), "{slowly:?}");
    advance(Duration::from_secs(10)).await;
    let again = shares(&balancer);
    assert!(again.iter().all(|share| (280..390).contains(share)), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_must_not_be_lost_is_no_probe_while_others_are_well() {
    let balancer = balancer(2, |_| {});
    answer_at(&balancer, 2, StatusCode::BAD_GATEWAY, 5);
    advance(Duration::from_secs(5)).await;
    let tried = Tried::default();
    let write = || balancer.choose(&Asked { may_probe: false, ..asked(&tried) }, sent(&ENDLESS)).unwrap();
    assert!((0..100).all(|_| write().address().port() == 1));
    answer_at(&balancer, 1, StatusCode::BAD_GATEWAY, 5);
    assert_eq!(write().address().port(), 2, "there is nobody else");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_given_up_is_a_failure_only_if_its_own_time_ran_out() {
    let balancer = balancer(1, |_| {});
    let own_time = || Some(OwnTime::from_now(Duration::from_millis(100)));
    let wait = async |call: &GivenUp, millis: u64, given_up: bool| {
        let chosen = balancer.choose(&asked(&Tried::default()), sent(call)).unwrap();
        advance(Duration::from_millis(millis)).await;
        if given_up {
            call.at(Instant::now());
        }
        drop(chosen);
    };
    for _ in 0..10 {
        wait(&GivenUp::new(own_time()), 90, true).await;
        wait(&GivenUp::new(own_time()), 110, false).await;
        wait(&GivenUp::new(None), 60_000, true).await;
    }
    assert_eq!(state(&balancer, 1), "closed");
    for _ in 0..5 {
        wait(&GivenUp::new(own_time()), 100, true).await;
    }
    assert_eq!(state(&balancer, 1), "open");
}

/// Makes 300 calls, of which every third at one of these ports fails: too few for a breaker, many more than elsewhere.
fn fail_often(balancer: &Balancer, ports: &[u16]) {
    let mut calls = [0; 16];
    for _ in 0..300 {
        let chosen = choose(balancer).unwrap();
        let port = chosen.address().port();
        calls[usize::from(port)] += 1;
        let fails = ports.contains(&port) && calls[usize::from(port)] % 3 == 0;
        chosen.finish(&answered(if fails { StatusCode::BAD_GATEWAY } else { StatusCode::OK }));
    }
}

#[tokio::test(start_paused = true)]
async fn an_outlier_is_ejected_for_a_while_and_comes_back_slowly() {
    let balancer = balancer(3, |_| {});
    fail_often(&balancer, &[3]);
    assert_eq!(state(&balancer, 3), "closed");
    assert_eq!(shares(&balancer)[2], 0);
    advance(Duration::from_secs(30)).await;
    assert!((15..90).contains(&shares(&balancer)[2]), "it starts slowly");
}

#[tokio::test(start_paused = true)]
async fn no_more_addresses_are_ejected_than_declared() {
    for (percent, most) in [(25, 1), (34, 2), (0, 0)] {
        let balancer = balancer(6, |config| config.ejection.max_ejected_percent = percent);
        fail_often(&balancer, &[1, 2, 3]);
        let out = shares(&balancer).into_iter().filter(|share| *share == 0).count();
        assert_eq!(out, most, "{percent} %");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unhealthy_address_is_asked_only_when_there_is_no_other() {
    let balancer = balancer(3, |_| {});
    let list = balancer.list();
    assert!(list.members[0].endpoint.set_healthy(false));
    assert!(!list.members[0].endpoint.set_healthy(false), "that is no news");
    assert_eq!(shares(&balancer)[0], 0);
    for member in &list.members {
        member.endpoint.set_healthy(false);
    }
    assert!(shares(&balancer).iter().all(|share| *share > 0));
}

#[tokio::test(start_paused = true)]
async fn a_higher_rank_is_asked_when_nobody_of_a_lower_one_can_be_and_weights_are_shares() {
    let balancer = balancer(0, |_| {});
    let target = |port, rank, weight| Target { address: address(port), rank, weight };
    balancer.set(&[target(1, 1, 1), target(2, 1, 3), target(3, 9, 1)]);
    let first = shares(&balancer);
    assert_eq!(first[2], 0);
    assert!((200..300).contains(&first[0]), "{first:?}");
    answer_at(&balancer, 1, StatusCode::BAD_GATEWAY, 5);
    answer_at(&balancer, 2, StatusCode::BAD_GATEWAY, 5);
    assert_eq!(shares(&balancer), [0, 0, 1_000]);
}

#[tokio::test(start_paused = true)]
async fn new_addresses_start_slowly_old_ones_keep_what_is_known_and_calls_end_where_they_are() {
    let balancer = balancer(2, |_| {});
    answer_at(&balancer, 1, StatusCode::BAD_GATEWAY, 5);
    let under_way = choose(&balancer).unwrap();
    assert_eq!(under_way.address().port(), 2);
    let gone = balancer.set(&[Target::plain(address(1)), Target::plain(address(3))]);
    assert_eq!(gone, [address(2)]);
    assert_eq!(state(&balancer, 1), "open");
    under_way.finish(&answered(StatusCode::OK));
    // Among others a new address starts slowly; alone it has all there is.
    balancer.set(&[1, 3, 4].map(|port| Target::plain(address(port))));
    advance(Duration::from_secs(9)).await;
    balancer.set(&[3, 4, 5].map(|port| Target::plain(address(port))));
    let mut calls = [0; 3];
    for _ in 0..1_000 {
        calls[usize::from(choose(&balancer).unwrap().address().port()) - 3] += 1;
    }
    assert!(calls[2] < 150 && calls[0] > 300 && calls[1] > 300, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn without_an_address_a_call_cannot_connect() {
    let failure = choose(&balancer(0, |_| {})).unwrap_err();
    assert!(matches!(failure, CallFailure::Transport(TransportError::Connect(_))));
}
