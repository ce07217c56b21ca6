//! What a service has been told to do to its callers, and what it remembers of them.
//!
//! Only state and rules; `serve` carries them out. Failures are spread by arithmetic, not drawn: at 0.2 exactly each
//! fifth call fails.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode, request};
use serde::{Deserialize, Serialize};

/// How many calls `/_last` remembers.
const REMEMBERED: usize = 100;

/// The longest that a call can be held, in ms: ten minutes.
const MOST_LATENCY_MS: u64 = 600_000;

/// One service's settings and counters.
#[derive(Default)]
pub(super) struct Control(Mutex<State>);

/// What happens to one call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Answer,
    Fail(StatusCode),
    /// The connection is closed, and nothing is said.
    Close,
}

#[derive(Default)]
struct State {
    shown: Shown,
    /// Calls since `failure_rate` was set.
    rated: u64,
    last: VecDeque<Received>,
}

/// What `GET /_control` answers.
#[derive(Clone, Serialize)]
pub(super) struct Shown {
    /// Received since the last reset, whatever became of them.
    calls: u64,
    latency_ms: u64,
    failure_rate: f64,
    status: u16,
    down: bool,
}

/// What `POST /_control` takes: any of these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    latency_ms: Option<u64>,
    failure_rate: Option<f64>,
    status: Option<u16>,
    down: Option<bool>,
    #[serde(default)]
    reset: bool,
}

/// A call as it came, for `GET /_last`. Header names are lower case; the values of a repeated name are joined by `, `.
#[derive(Clone, Serialize)]
pub(super) struct Received {
    method: String,
    /// With its query.
    path: String,
    headers: BTreeMap<String, String>,
}

// === impl Control ===

impl Control {
    /// Counts and remembers a call, and says what happens to it, and after how long.
    pub(super) fn receive(&self, call: &request::Parts) -> (Duration, Verdict) {
        let received = Received::from(call);
        let mut state = self.lock();
        state.shown.calls += 1;
        state.last.truncate(REMEMBERED - 1);
        state.last.push_front(received);
        if state.shown.down {
            return (Duration::ZERO, Verdict::Close);
        }
        // The n-th call fails when the whole failures due by then are one more than by the call before. The tiny part
        // is for rates that binary fractions miss by a hair, such as 0.1.
        let due = |calls: u64| (calls as f64 * state.shown.failure_rate + 1e-9).floor();
        let fails = due(state.rated + 1) > due(state.rated);
        let verdict = match StatusCode::from_u16(state.shown.status) {
            Ok(status) if fails => Verdict::Fail(status),
            _ => Verdict::Answer,
        };
        state.rated += 1;
        (Duration::from_millis(state.shown.latency_ms), verdict)
    }

    pub(super) fn shown(&self) -> Shown {
        self.lock().shown.clone()
    }

    pub(super) fn last(&self) -> Vec<Received> {
        self.lock().last.iter().cloned().collect()
    }

    /// Takes a change, all of it or nothing. Says whether it was (also) a reset.
    pub(super) fn change(&self, body: &[u8]) -> Result<bool, String> {
        let change: Change = serde_json::from_slice(body).map_err(|cause| cause.to_string())?;
        if let Some(rate) = change.failure_rate.filter(|rate| !(0.0..=1.0).contains(rate)) {
            return Err(format!("failure_rate is {rate}, and must be from 0 to 1"));
        }
        if let Some(status) = change.status.filter(|status| !(200..=599).contains(status)) {
            return Err(format!("status is {status}, and must be from 200 to 599"));
        }
        if let Some(latency) = change.latency_ms.filter(|latency| *latency > MOST_LATENCY_MS) {
            return Err(format!("latency_ms is {latency}, and must be at most {MOST_LATENCY_MS}"));
        }
        let mut state = self.lock();
        if change.reset {
            *state = State::default();
        }
        if let Some(rate) = change.failure_rate {
            state.shown.failure_rate = rate;
            state.rated = 0;
        }
        let shown = &mut state.shown;
        shown.latency_ms = change.latency_ms.unwrap_or(shown.latency_ms);
        shown.status = change.status.unwrap_or(shown.status);
        shown.down = change.down.unwrap_or(shown.down);
        Ok(change.reset)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Shown ===

impl Default for Shown {
    fn default() -> Self {
        Self { calls: 0, latency_ms: 0, failure_rate: 0.0, status: 503, down: false }
    }
}

// === impl Received ===

impl From<&request::Parts> for Received {
    fn from(call: &request::Parts) -> Self {
        let path = call.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self { method: call.method.to_string(), path, headers: headers(&call.headers) }
    }
}

fn headers(map: &HeaderMap) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::<String, String>::new();
    for (name, value) in map {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers
            .entry(name.to_string())
            .and_modify(|before| {
                before.push_str(", ");
                before.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rate_fails_exactly_its_share_evenly_spread() {
        for (rate, calls, failures) in
            [(0.2, 1_000, 200), (0.1, 1_000, 100), (0.3, 1_000, 300), (1.0, 7, 7), (0.0, 50, 0)]
        {
            let control = Control::default();
            control.change(format!(r#"{{"failure_rate": {rate}}}"#).as_bytes()).unwrap();
            let call = http::Request::new(()).into_parts().0;
            let failed: Vec<bool> = (0..calls).map(|_| control.receive(&call).1 != Verdict::Answer).collect();
            assert_eq!(failed.iter().filter(|failed| **failed).count(), failures, "at {rate}");
            if rate == 0.2 {
                assert!(failed.chunks(5).all(|five| five == [false, false, false, false, true]));
            }
        }
    }

    #[test]
    fn a_change_that_is_partly_wrong_changes_nothing() {
        let control = Control::default();
        assert!(control.change(br#"{"latency_ms": 5, "failure_rate": 2}"#).unwrap_err().contains("failure_rate"));
        assert_eq!(control.shown().latency_ms, 0);
    }

    #[test]
    fn only_the_last_hundred_are_remembered() {
        let control = Control::default();
        for n in 0..150 {
            control.receive(&http::Request::get(format!("/{n}")).body(()).unwrap().into_parts().0);
        }
        let last = control.last();
        assert_eq!((last.len(), last[0].path.as_str(), last[99].path.as_str()), (100, "/149", "/50"));
    }
}
