//! The driver: starts backends and contestants, sends them load in short slices, and prints what was measured. `run` beside the
//! manifest starts it; `README.md` says what is measured, and how to read it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what is measured is printed")]

mod client;
mod contestants;
mod costs;
mod cpu;
mod latency;
mod process;
mod surroundings;
mod wrk;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::contestants::Contestant;
use crate::surroundings::Surroundings;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Measures what a request costs.
#[derive(Parser)]
struct Flags {
    /// What is measured.
    #[arg(value_enum, default_value = "cpu")]
    scenario: Scenario,
    /// How many rounds, each of one slice of every contestant.
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// How long a slice is, in seconds.
    #[arg(long, default_value_t = 1)]
    seconds: u64,
    /// Only the contestants whose names hold one of these words; `b` and `r` are always there.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scenario {
    /// CPU of a request, at 64 connections.
    Cpu,
    /// System calls of a request, by strace.
    Syscalls,
    /// Instructions of a request, by callgrind.
    Instructions,
    /// One of three backends takes 1 s, with 100 ms for the answer, at 512 connections.
    Slow,
    /// The same with its breaker open, beside a gateway whose backends are all well.
    Breaker,
    /// Instructions of a call whose time runs out, beside one that is answered.
    Timeouts,
    /// 256 connections, all healthy.
    Connections,
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether what was measured can be believed.
fn run(flags: &Flags) -> Result<bool> {
    let surroundings = Surroundings::start(matches!(flags.scenario, Scenario::Slow))?;
    let wanted = |contestant: &Contestant| {
        flags.only.is_empty() || contestant.yardstick || flags.only.iter().any(|word| contestant.name.contains(word))
    };
    let contestants: Vec<Contestant> = contestants::all().into_iter().filter(wanted).collect();
    match flags.scenario {
        Scenario::Cpu => cpu::measure(&surroundings, &contestants, flags.rounds, flags.seconds),
        Scenario::Syscalls => costs::syscalls(&surroundings, &contestants),
        Scenario::Instructions => costs::instructions(&surroundings, &contestants),
        Scenario::Timeouts => costs::timeouts(&surroundings),
        Scenario::Slow => latency::slow(&surroundings, flags.rounds, flags.seconds),
        Scenario::Breaker => latency::breaker(&surroundings, flags.rounds, flags.seconds),
        Scenario::Connections => latency::connections(&surroundings, &contestants, flags.rounds, flags.seconds),
    }
}
