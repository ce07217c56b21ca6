//! How long clients wait: with a slow backend, and with many connections.

use crate::Result;
use crate::contestants::{self, Contestant};
use crate::cpu::{Running, median, start};
use crate::surroundings::Surroundings;
use crate::wrk::{self, Load};

/// One of three backends takes a second, the answer may take 100 ms: wanted is a p99 of 110 ms at the most.
pub(crate) fn slow(surroundings: &Surroundings, rounds: usize, seconds: u64) -> Result<bool> {
    const CONNECTIONS: usize = 512;
    const WANTED_P99_MS: f64 = 110.0;
    println!("| {CONNECTIONS} connections, one backend slow | p50 ms | p99 ms | wanted |\n| --- | --- | --- | --- |");
    let contestant = contestants::optional();
    let process = contestant.start(surroundings, &[])?;
    let url = format!("http://{}{}", process.addresses[0], contestant.path);
    let loads = loads(&url, surroundings.token(), CONNECTIONS, rounds, seconds)?;
    let (p50, p99) = (median(loads.iter().map(|load| load.p50_ms)), median(loads.iter().map(|load| load.p99_ms)));
    println!("| {} | {p50:.1} | {p99:.1} | {WANTED_P99_MS} |", contestant.name);
    Ok(p99 <= WANTED_P99_MS)
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
    // The first opens connections to the backends, all at once: what that costs is no matter of this.
    wrk::begin(url, token, connections, seconds)?;
    (0..rounds).map(|_| wrk::load(url, token, connections, seconds)).collect()
}
