//! The steadier figures: system calls of a request, by strace, and instructions of a request, by callgrind.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::client::Client;
use crate::contestants::{self, Contestant};
use crate::surroundings::Surroundings;

/// What is asked while one is traced, less what is asked to warm it up.
const MANY: usize = 2000;
const FEW: usize = 500;
const CONNECTIONS: usize = 10;
/// Where time runs out: what the process does while it waits (its gauge of its own lag ticks) is no request's, and is next to nothing
/// when it is shared by so many.
const WAITING: usize = 100;

/// Prints how many system calls a request makes.
pub(crate) fn syscalls(surroundings: &Surroundings, contestants: &[Contestant]) -> Result<bool> {
    per_request(
        surroundings,
        contestants,
        "system calls",
        |out| {
            let out = out.display().to_string();
            ["strace", "-f", "-c", "-o", &out].map(str::to_owned).to_vec()
        },
        |text| {
            let total = text.lines().rev().find(|line| line.trim_end().ends_with(" total")).ok_or("no total")?;
            // `100.00  0.012345  1  12345  67 total`, the errors being left out where there are none.
            Ok(total.split_whitespace().nth(3).ok_or("no count")?.parse()?)
        },
    )
}

/// Prints how many instructions a request takes, of the process alone.
pub(crate) fn instructions(surroundings: &Surroundings, contestants: &[Contestant]) -> Result<bool> {
    per_request(surroundings, contestants, "instructions", callgrind, instructions_in)
}

/// Prints how many instructions a call takes whose time runs out, and one that is answered: each beside a screen without it. At the most
/// half more is wanted.
pub(crate) fn timeouts(well: &Surroundings) -> Result<bool> {
    const WANTED: f64 = 1.5;
    let sick = Surroundings::start(true)?;
    let [two, three] = contestants::timed();
    let of = |contestant, surroundings| each(surroundings, contestant, WAITING, callgrind, instructions_in);
    let without = of(&two, well)?;
    let (answered, timed_out) = (of(&three, well)? - without, of(&three, &sick)? - without);
    let ratio = timed_out / answered;
    println!("| a call that is answered | whose time runs out | |\n| --- | --- | --- |");
    println!("| {answered:.1} | {timed_out:.1} | {ratio:.2} |");
    Ok(ratio <= WANTED)
}

fn callgrind(out: &Path) -> Vec<String> {
    let out = format!("--callgrind-out-file={}", out.display());
    ["valgrind", "--quiet", "--tool=callgrind", &out].map(str::to_owned).to_vec()
}

fn instructions_in(text: &str) -> Result<f64> {
    let total = text.lines().find_map(|line| line.strip_prefix("summary: ").or(line.strip_prefix("totals: ")));
    Ok(total.ok_or("no total")?.trim().parse()?)
}

fn per_request(
    surroundings: &Surroundings,
    contestants: &[Contestant],
    what: &str,
    tracer: impl Fn(&Path) -> Vec<String>,
    count: impl Fn(&str) -> Result<f64>,
) -> Result<bool> {
    println!("| contestant | {what} |\n| --- | --- |");
    for contestant in contestants {
        let each = each(surroundings, contestant, CONNECTIONS, &tracer, &count)?;
        println!("| {} | {each:.1} |", contestant.name);
    }
    Ok(true)
}

/// How much of it a request takes.
fn each(
    surroundings: &Surroundings,
    contestant: &Contestant,
    connections: usize,
    tracer: impl Fn(&Path) -> Vec<String>,
    count: impl Fn(&str) -> Result<f64>,
) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let of = |requests: usize| -> Result<f64> {
        let out = folder.path().join("out");
        let process = contestant.start(surroundings, &tracer(&out))?;
        let mut client = Client::connect(process.addresses[0], contestant.path, surroundings.token(), connections)?;
        for _ in 0..requests / connections {
            client.ask()?;
        }
        process.end()?;
        count(&fs::read_to_string(out)?)
    };
    Ok((of(MANY)? - of(FEW)?) / (MANY - FEW) as f64)
}
