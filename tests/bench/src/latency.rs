//! How long clients wait: with a slow backend, and with many connections.

use crate::Result;
use crate::contestants::{self, Contestant};
use crate::cpu::{Running, median, start};
use crate::surroundings::Surroundings;
use crate::wrk::{self, Load};

/// One of three backends takes a second, the answer may take 100 ms: wanted is a p99 of 110 ms at the most, and no answer refused.
pub(crate) fn slow(surroundings: &Surroundings, rounds: usize, seconds: u64) -> Result<bool> {
    const CONNECTIONS: usize = 512;
    const WANTED_P99_MS: f64 = 110.0;
    println!("| {CONNECTIONS} connections, one backend slow | p50 ms | p99 ms | refused |\n| --- | --- | --- | --- |");
    let mut good = true;
    for contestant in &contestants::optional() {
        let process = contestant.start(surroundings, &[])?;
        let url = format!("http://{}{}", process.addresses[0], contestant.path);
        // Connections to backends are opened little by little: what it costs to open all at once is another question.
        for share in [16, 8, 4, 2, 1] {
            wrk::any(&url, surroundings.token(), CONNECTIONS / share, 1)?;
        }
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
