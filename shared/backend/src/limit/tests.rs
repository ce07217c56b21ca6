//! The limit that follows, with time handed in and a backend that is a formula.

use std::time::Duration;

use super::ConcurrencyConfig;
use super::gradient::Gradient;
use crate::faults::Faults;

/// A backend that answers in `base` up to `knee` calls at once, and beyond that ever more slowly: what is too much waits.
struct Model {
    base: f64,
    knee: f64,
    gradient: Gradient,
    limit: u32,
    now: Duration,
}

impl Model {
    fn new(base_millis: u32, knee: u32) -> Model {
        let gradient = Gradient::new(20, 1000);
        let limit = gradient.limit();
        Model { base: f64::from(base_millis) / 1e3, knee: f64::from(knee), gradient, limit, now: Duration::ZERO }
    }

    fn millis(&self, inside: u32) -> f64 {
        self.base * (f64::from(inside) / self.knee).max(1.0) * 1e3
    }

    /// As many calls at once as are offered and let in, for so long; the limits on the way.
    fn run(&mut self, offered: u32, seconds: u64) -> Vec<u32> {
        let (end, mut limits) = (self.now + Duration::from_secs(seconds), Vec::new());
        while self.now < end {
            let inside = offered.min(self.limit);
            let took = Duration::from_secs_f64(self.millis(inside) / 1e3);
            self.now += took;
            for _ in 0..inside {
                if let Some(limit) = self.gradient.record(took, inside, self.now) {
                    self.limit = limit;
                }
            }
            limits.push(self.limit);
        }
        limits
    }
}

fn share(limits: &[u32], good: impl Fn(u32) -> bool) -> f64 {
    limits.iter().filter(|limit| good(**limit)).count() as f64 / limits.len() as f64
}

#[test]
fn under_more_than_a_backend_takes_the_limit_comes_to_about_twice_what_it_takes_and_stays() {
    for (base, knee) in [(10, 50), (2, 200), (50, 30)] {
        let mut model = Model::new(base, knee);
        model.run(5_000, 20);
        let limits = model.run(5_000, 300);
        let good = share(&limits, |limit| limit > knee * 3 / 4 && limit < knee * 3);
        // The rest is measuring anew, at the least.
        assert!(good > 0.9, "{base} ms, {knee} at once: {good} of {:?}", &limits[..limits.len().min(400)]);
    }
}

#[test]
fn a_backend_that_takes_all_is_given_all_soon_and_for_good() {
    let mut model = Model::new(10, 5_000);
    let limits = model.run(900, 3);
    assert!(limits.last().is_some_and(|limit| *limit >= 900), "{limits:?}");
    let limits = model.run(900, 120);
    assert!(share(&limits, |limit| limit >= 900) > 0.95, "{limits:?}");
}

#[test]
fn a_backend_that_becomes_slow_for_good_is_given_room_again() {
    let mut model = Model::new(10, 200);
    model.run(150, 40);
    assert!(model.limit >= 150, "{}", model.limit);
    model.base = 0.05;
    let limits = model.run(150, 10);
    assert!(limits.iter().any(|limit| *limit < 60), "it falls first: {limits:?}");
    model.run(150, 120);
    assert!(model.limit >= 150, "{}", model.limit);
}

#[test]
fn a_limit_that_nobody_needs_does_not_rise_and_one_slow_answer_moves_nothing() {
    let mut model = Model::new(10, 1_000);
    let limits = model.run(5, 60);
    assert!(limits.iter().all(|limit| *limit == 20), "{limits:?}");
    let mut model = Model::new(10, 5_000);
    model.run(500, 5);
    let before = model.limit;
    model.gradient.record(Duration::from_secs(1), 400, model.now);
    model.run(500, 1);
    assert!(model.limit >= before.min(500), "{before} {}", model.limit);
}

#[test]
fn a_limit_has_bounds() {
    let wrong = |config: ConcurrencyConfig| {
        let mut faults = Faults::default();
        config.check(&mut faults);
        faults.found.into_iter().map(|(path, _)| path.join(".")).collect::<Vec<_>>()
    };
    let with = ConcurrencyConfig::default;
    assert_eq!(wrong(ConcurrencyConfig { max: 10, adaptive: true, ..with() }), ["concurrency.min"]);
    assert_eq!(wrong(ConcurrencyConfig { max: 10, ..with() }), [""; 0], "it is of no use without `adaptive`");
    assert_eq!(
        wrong(ConcurrencyConfig { max: 0, optional_percent: 101, ..with() }),
        ["concurrency.max", "concurrency.optional_percent"]
    );
    assert_eq!(wrong(ConcurrencyConfig { optional_percent: 0, ..with() }), ["concurrency.optional_percent"]);
}
