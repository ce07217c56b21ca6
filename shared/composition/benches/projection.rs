//! How long it takes to project a body, beside parsing it into structs and writing these: `cargo bench -p trefoil-composition`.
//!
//! Both are done in turn, in slices of about a millisecond, and each slice is compared with its neighbour, so that what else
//! the machine does falls on both. What is printed is the median. The figures that were measured are in `README.md` beside this.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement is printed, and fails where it cannot be taken"
)]

extern crate trefoil_composition as trefoil;

mod bodies;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use trefoil_composition::project::Program;
use trefoil_composition::shape::Shaped;

use self::bodies::{Order, Pick, Profile, Served, orders, picks, profile, program};

/// The allocator of the gateway.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many pairs of slices are compared.
const PAIRS: usize = 400;
const SLICE: Duration = Duration::from_millis(1);

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let pairs = if std::env::args().any(|argument| argument == "--bench") { PAIRS } else { 2 };
    println!("{:<34} {:>8} {:>14} {:>14} {:>7}", "body", "bytes", "projected ns", "typed ns", "ratio");
    for declared in [true, false] {
        let order = if declared { "as declared" } else { "backwards" };
        let profile = Body::<Profile>::new(profile(declared));
        let orders_body = Body::<Vec<Order>>::new(orders(5, declared));
        let picks = Body::<Vec<Pick>>::new(picks(declared));
        let bytes = profile.body.len() + orders_body.body.len() + picks.body.len();
        let projected = || {
            profile.project();
            orders_body.project();
            picks.project();
        };
        let typed = || {
            profile.parse();
            orders_body.parse();
            picks.parse();
        };
        row(&format!("three calls, {order}"), bytes, pairs, &projected, &typed);
        let many = Body::<Vec<Order>>::new(orders(1_000, declared));
        row(&format!("1,000 orders, {order}"), many.body.len(), pairs, &|| many.project(), &|| many.parse());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let served = Served::new(1_000);
    let answer = || drop(black_box(runtime.block_on(served.answer())));
    let size = runtime.block_on(served.answer()).len();
    let mut times: Vec<Duration> = (0..pairs).map(|_| time(1, &answer)).collect();
    times.sort();
    let median = times[times.len() / 2];
    println!("a whole answer, 1,000 items with a batched call each (20 batches): {size} bytes, {median:?}");
}

/// A body, and both ways to answer with it.
struct Body<T> {
    body: Bytes,
    program: Program,
    of: std::marker::PhantomData<T>,
}

impl<T: Shaped + DeserializeOwned + Serialize> Body<T> {
    fn new(body: Bytes) -> Body<T> {
        Body { body, program: program::<T>(), of: std::marker::PhantomData }
    }

    fn project(&self) {
        black_box(self.program.run(black_box(&self.body)).unwrap());
    }

    fn parse(&self) {
        let value: T = serde_json::from_slice(black_box(&self.body)).unwrap();
        black_box(serde_json::to_vec(&value).unwrap());
    }
}

fn time(times: usize, what: &dyn Fn()) -> Duration {
    let started = Instant::now();
    for _ in 0..times {
        what();
    }
    started.elapsed()
}

fn row(name: &str, bytes: usize, pairs: usize, projected: &dyn Fn(), typed: &dyn Fn()) {
    let once = time(20, typed) / 20;
    let times = usize::try_from(SLICE.as_nanos() / once.as_nanos().max(1)).unwrap().max(1);
    let nanos = |what: &dyn Fn()| time(times, what).as_secs_f64() * 1e9 / times as f64;
    let mut slices: Vec<(f64, f64)> = (0..pairs).map(|_| (nanos(projected), nanos(typed))).collect();
    let mut median = |of: &dyn Fn(&(f64, f64)) -> f64| {
        slices.sort_by(|one, other| of(one).total_cmp(&of(other)));
        of(&slices[slices.len() / 2])
    };
    let (one, other) = (median(&|pair| pair.0), median(&|pair| pair.1));
    let ratio = median(&|pair| pair.0 / pair.1);
    println!("{name:<34} {bytes:>8} {one:>14.0} {other:>14.0} {ratio:>7.2}");
}
