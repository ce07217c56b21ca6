//! CPU of a request: short slices of every contestant in turn, the order reversed each round, the two yardsticks twice a round.
//!
//! A fast spell of the machine falls on neighbours alike: what is compared is what was measured in the same round.

use crate::contestants::Contestant;
use crate::process::Process;
use crate::surroundings::Surroundings;
use crate::wrk::{self, Load};
use crate::{Result, client};

/// A gateway whose core was idle for more than this share of a slice was not what was measured.
const LEAST_BUSY: f64 = 0.9;
const CONNECTIONS: usize = 64;

/// A slice of one contestant.
struct Slice {
    us: f64,
    /// The part of it that the kernel took.
    kernel_us: f64,
    busy: f64,
    load: Load,
}

/// A contestant at work.
pub(crate) struct Running<'a> {
    pub(crate) contestant: &'a Contestant,
    pub(crate) process: Process,
    pub(crate) url: String,
}

/// Starts all, and compares their answers byte for byte.
pub(crate) fn start<'a>(surroundings: &Surroundings, contestants: &'a [Contestant]) -> Result<Vec<Running<'a>>> {
    contestants.iter().map(|contestant| one(surroundings, contestant)).collect()
}

fn one<'a>(surroundings: &Surroundings, contestant: &'a Contestant) -> Result<Running<'a>> {
    let process = contestant.start(surroundings, &[])?;
    let address = process.addresses[0];
    let answer = client::Client::connect(address, contestant.path, surroundings.token(), 1)?.ask()?.concat();
    if answer != bench::bodies::screen().as_bytes() {
        let answer = String::from_utf8_lossy(&answer).into_owned();
        return Err(format!("the answer of `{}` is another: {answer}", contestant.name).into());
    }
    Ok(Running { contestant, process, url: format!("http://{address}{}", contestant.path) })
}

/// Measures, prints, and says whether it can be believed.
pub(crate) fn measure(
    surroundings: &Surroundings,
    contestants: &[Contestant],
    rounds: usize,
    seconds: u64,
) -> Result<bool> {
    let running = start(surroundings, contestants)?;
    for one in &running {
        wrk::load(&one.url, surroundings.token(), CONNECTIONS, 1)?;
    }
    let yardsticks = (0..running.len()).filter(|&index| running[index].contestant.yardstick);
    let order: Vec<usize> = (0..running.len()).chain(yardsticks).collect();
    let mut measured: Vec<Vec<Vec<Slice>>> = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let mut slices: Vec<Vec<Slice>> = running.iter().map(|_| Vec::new()).collect();
        let turn: Vec<usize> = if round % 2 == 0 { order.clone() } else { order.iter().rev().copied().collect() };
        for index in turn {
            slices[index].push(slice(&running[index], surroundings.token(), seconds)?);
        }
        measured.push(slices);
    }
    let mut believed = true;
    println!("| contestant | µs | of it kernel | × b | p | busy | p50 ms | p99 ms | MiB |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (index, one) in running.iter().enumerate() {
        let us = |round: &[Vec<Slice>], index: usize| mean(round[index].iter().map(|slice| slice.us));
        let all = || measured.iter().flat_map(|round| &round[index]);
        let busy = median(all().map(|slice| slice.busy));
        let to_b = median(measured.iter().map(|round| us(round, index) / us(round, 0)));
        let place = median(measured.iter().map(|round| {
            let (b, r) = (us(round, 0), us(round, 1));
            (us(round, index) - r) / (b - r)
        }));
        let refused = busy < LEAST_BUSY;
        believed &= !refused;
        println!(
            "| {} | {:.1} | {:.1} | {to_b:.2} | {place:.2} | {:.0} %{} | {:.2} | {:.2} | {:.0} |",
            one.contestant.name,
            median(measured.iter().map(|round| us(round, index))),
            median(all().map(|slice| slice.kernel_us)),
            busy * 100.0,
            if refused { " refused" } else { "" },
            median(all().map(|slice| slice.load.p50_ms)),
            median(all().map(|slice| slice.load.p99_ms)),
            one.process.most_memory_mib()?,
        );
    }
    if !believed {
        println!(
            "\nRefused: where its core was idle for more than a tenth of the time, the gateway was not the bottleneck."
        );
    }
    Ok(believed)
}

fn slice(one: &Running<'_>, token: &str, seconds: u64) -> Result<Slice> {
    one.process.forget_log()?;
    let (before, ticks_before) = (one.process.cpu_ns()?, one.process.ticks()?);
    let load = wrk::load(&one.url, token, CONNECTIONS, seconds)?;
    let used = (one.process.cpu_ns()? - before) as f64;
    let ticks = one.process.ticks()?;
    let [user, kernel] = [ticks[0] - ticks_before[0], ticks[1] - ticks_before[1]];
    let us = used / load.requests / 1000.0;
    let kernel_us = us * kernel / (user + kernel).max(1.0);
    Ok(Slice { us, kernel_us, busy: used / load.took.as_nanos() as f64, load })
}

pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}
