//! The load, by wrk.

use std::process::Command;
use std::time::Duration;

use crate::Result;
use crate::process::OTHER_CORE;

/// What one slice was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) requests: f64,
    /// How many of them had an answer other than 2xx or 3xx.
    pub(crate) refused: f64,
    pub(crate) took: Duration,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// Asks for `url` on so many connections for so long. Every answer must be good.
pub(crate) fn load(url: &str, token: &str, connections: usize, seconds: u64) -> Result<Load> {
    let load = any(url, token, connections, seconds)?;
    if load.refused > 0.0 {
        return Err(format!("{} of {} answers of {url} were not good", load.refused, load.requests).into());
    }
    Ok(load)
}

/// The same, whatever the answers are.
pub(crate) fn any(url: &str, token: &str, connections: usize, seconds: u64) -> Result<Load> {
    let output = Command::new("taskset")
        .args(["-c", &OTHER_CORE.to_string(), "wrk", "-t1", "--latency"])
        .args([&format!("-c{connections}"), &format!("-d{seconds}s")])
        .args(["-H", &format!("Authorization: Bearer {token}"), url])
        .output()
        .map_err(|error| format!("wrk cannot be run ({error}); `tests/bench/run` installs it"))?;
    read(&String::from_utf8_lossy(&output.stdout))
}

fn read(text: &str) -> Result<Load> {
    let wrong = |what: &str| format!("wrk says:\n{text}\n{what}");
    if text.contains("Socket errors") {
        return Err(wrong("not every request was answered").into());
    }
    let refused = text.lines().find_map(|line| line.trim().strip_prefix("Non-2xx or 3xx responses: "));
    let field = |name: &str| {
        let line = text.lines().map(str::trim).find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)).ok_or_else(|| wrong(name))
    };
    let total = text.lines().find_map(|line| line.split_once(" requests in ")).ok_or_else(|| wrong("no total"))?;
    let took = total.1.split(',').next().unwrap_or_default();
    Ok(Load {
        requests: total.0.trim().parse()?,
        refused: refused.map_or(Ok(0.0), str::parse)?,
        took: Duration::from_secs_f64(milliseconds(took)? / 1000.0),
        p50_ms: milliseconds(field("50%")?)?,
        p99_ms: milliseconds(field("99%")?)?,
    })
}

/// Reads `12.30us`, `1.20ms`, `1.00s`, `1.01m`.
fn milliseconds(text: &str) -> Result<f64> {
    for (unit, factor) in [("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)] {
        if let Some(number) = text.strip_suffix(unit) {
            return Ok(number.parse::<f64>()? * factor);
        }
    }
    Err(format!("`{text}` is no time").into())
}
