//! How long clients wait: with a slow backend, with its breaker open, and with many connections.

use std::time::{Duration, Instant};

use crate::Result;
use crate::client::Client;
use crate::contestants::{self, Contestant};
use crate::cpu::{Running, median, start};
use crate::process::Process;
use crate::surroundings::Surroundings;
use crate::wrk::{self, Load};

/// How many ask at once where a backend is slow.
const CONNECTIONS: usize = 512;

/// One of three backends takes a second, the answer may take 100 ms: wanted is a p99 of 110 ms at the most, and no answer refused.
pub(crate) fn slow(surroundings: &Surroundings, rounds: usize, seconds: u64) -> Result<bool> {
    const WANTED_P99_MS: f64 = 110.0;
    println!("| {CONNECTIONS} connections, one backend slow | p50 ms | p99 ms | refused |\n| --- | --- | --- | --- |");
    let mut good = true;
    for contestant in &contestants::optional() {
        let process = contestant.start(surroundings, &[])?;
        let url = warm(&process, contestant, surroundings)?;
        let load = |_| wrk::any(&url, surroundings.token(), CONNECTIONS, seconds);
        let loads = (0..rounds).map(load).collect::<Result<Vec<Load>>>()?;
        let p99 = median(loads.iter().map(|load| load.p99_ms));
        let refused = median(loads.iter().map(|load| load.refused / load.requests));
        let p50 = median(loads.iter().map(|load| load.p50_ms));
        println!("| {} | {p50:.1} | {p99:.1} | {:.2} % |", contestant.name, refused * 100.0);
        good &= p99 <= WANTED_P99_MS && refused == 0.0;
    }
    Ok(good)
}

/// One of three backends takes a second, and its breaker is open: wanted is a p50 of 1.2 times that of a gateway whose backends are all
/// well, at the most.
pub(crate) fn breaker(well: &Surroundings, rounds: usize, seconds: u64) -> Result<bool> {
    const WANTED: f64 = 1.2;
    let sick = Surroundings::start(true)?;
    println!(
        "| {CONNECTIONS} connections | p50 ms, all well | p50 ms, breaker open | of a round | p99 ms, breaker open |"
    );
    println!("| --- | --- | --- | --- | --- |");
    let mut good = true;
    for contestant in &contestants::broken() {
        let (healthy, open) = (contestant.start(well, &[])?, contestant.start(&sick, &[])?);
        let (well_url, open_url) = (warm(&healthy, contestant, well)?, warm(&open, contestant, &sick)?);
        let (mut healthy_loads, mut open_loads): (Vec<Load>, Vec<Load>) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            is_open(&open, contestant, &sick)?;
            let mut healthy =
                || wrk::load(&well_url, well.token(), CONNECTIONS, seconds).map(|load| healthy_loads.push(load));
            let mut open =
                || wrk::load(&open_url, sick.token(), CONNECTIONS, seconds).map(|load| open_loads.push(load));
            // The order is reversed each round.
            if round % 2 == 0 { healthy().and_then(|()| open())? } else { open().and_then(|()| healthy())? }
        }
        let p50 = |loads: &[Load]| median(loads.iter().map(|load| load.p50_ms));
        let ratio = median(healthy_loads.iter().zip(&open_loads).map(|(healthy, open)| open.p50_ms / healthy.p50_ms));
        let p99 = median(open_loads.iter().map(|load| load.p99_ms));
        let (healthy, open) = (p50(&healthy_loads), p50(&open_loads));
        println!("| {} | {healthy:.1} | {open:.1} | {ratio:.2} | {p99:.1} |", contestant.name);
        good &= ratio <= WANTED;
    }
    Ok(good)
}

/// Asks until a breaker that is to open has opened, and connections to backends are there. They are opened little by little: what it costs to
/// open all at once is another question.
fn warm(process: &Process, contestant: &Contestant, surroundings: &Surroundings) -> Result<String> {
    let url = format!("http://{}{}", process.addresses[0], contestant.path);
    for share in [16, 8, 4, 2, 1] {
        wrk::any(&url, surroundings.token(), CONNECTIONS / share, 1)?;
    }
    Ok(url)
}

/// Whether the answer lacks what comes from the slow backend, and did not wait for it. A probe waits, but not twice.
fn is_open(process: &Process, contestant: &Contestant, surroundings: &Surroundings) -> Result<()> {
    let mut client = Client::connect(process.addresses[0], contestant.path, surroundings.token(), 1)?;
    let mut ask = || -> Result<bool> {
        let begun = Instant::now();
        let answer = String::from_utf8_lossy(&client.ask()?.concat()).into_owned();
        if !answer.ends_with(r#""picks":null}"#) {
            return Err(format!("the breaker is not open: {answer}").into());
        }
        Ok(begun.elapsed() < Duration::from_millis(50))
    };
    if ask()? || ask()? { Ok(()) } else { Err("the breaker is not open: answers wait for the slow backend".into()) }
}

/// All is well, and many ask: wanted is a p99 of three times the p50 at the most.
pub(crate) fn connections(
    surroundings: &Surroundings,
    contestants: &[Contestant],
    rounds: usize,
    seconds: u64,
) -> Result<bool> {
    const CONNECTIONS: usize = 256;
    println!("| {CONNECTIONS} connections | p50 ms | p99 ms | p99 / p50 |\n| --- | --- | --- | --- |");
    for Running { contestant, process: _process, url } in &start(surroundings, contestants)? {
        let loads = loads(url, surroundings.token(), CONNECTIONS, rounds, seconds)?;
        println!(
            "| {} | {:.2} | {:.2} | {:.1} |",
            contestant.name,
            median(loads.iter().map(|load| load.p50_ms)),
            median(loads.iter().map(|load| load.p99_ms)),
            median(loads.iter().map(|load| load.p99_ms / load.p50_ms)),
        );
    }
    Ok(true)
}

fn loads(url: &str, token: &str, connections: usize, rounds: usize, seconds: u64) -> Result<Vec<Load>> {
    // The first opens connections to the backends.
    wrk::load(url, token, connections, seconds)?;
    (0..rounds).map(|_| wrk::load(url, token, connections, seconds)).collect()
}
