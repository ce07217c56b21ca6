//! What an operator says about health checks.

use std::time::Duration;

use http::uri::PathAndQuery;
use serde::{Deserialize, Serialize};

use crate::config::has_dots;
use crate::faults::{Faults, LONGEST_MS, UpTo, shown};

/// How each address of a backend is checked. The defaults are those of Kubernetes' probes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthConfig {
    /// What is asked for by GET: a path from the root of the host, such as `/readyz`. No default.
    pub path: String,
    /// The time from one check to the next, in milliseconds. From 100 to 3600000; default 10000 (`periodSeconds`).
    #[serde(default = "default_interval_ms")]
    pub interval_ms: u64,
    /// How long a check may take, in milliseconds. From 1 to `interval_ms`; default 1000 (`timeoutSeconds`).
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
    /// So many good checks in a row make an address healthy again. From 1 to 100; default 1 (`successThreshold`).
    #[serde(default = "default_healthy")]
    pub healthy: u32,
    /// So many bad checks in a row make it unhealthy. From 1 to 100; default 3 (`failureThreshold`).
    #[serde(default = "default_unhealthy")]
    pub unhealthy: u32,
    /// The statuses of a good check. Default: from 200 to 399, as the kubelet has it.
    #[serde(default)]
    pub expect: Vec<u16>,
}

fn default_interval_ms() -> u64 {
    10_000
}
fn default_timeout_ms() -> u64 {
    1_000
}
fn default_healthy() -> u32 {
    1
}
fn default_unhealthy() -> u32 {
    3
}

impl HealthConfig {
    /// The defaults, at this path.
    pub fn at(path: impl Into<String>) -> HealthConfig {
        HealthConfig {
            path: path.into(),
            interval_ms: default_interval_ms(),
            timeout_ms: default_timeout_ms(),
            healthy: default_healthy(),
            unhealthy: default_unhealthy(),
            expect: Vec::new(),
        }
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        // One that starts with two slashes is a host where a path is resolved; a fragment would be left out without a word.
        let sound = self.path.starts_with('/')
            && !self.path.starts_with("//")
            && self.path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
            && self.path.parse::<PathAndQuery>().is_ok_and(|path| !has_dots(path.path()));
        if !sound {
            let said = shown(&self.path);
            faults.add(&["health", "path"], format!("`{said}` is no path; write one such as `/readyz`"));
        }
        let mut range = |key, value: u64, bounds| faults.range(&["health", key], value, bounds);
        range("healthy", self.healthy.into(), 1..=100);
        range("unhealthy", self.unhealthy.into(), 1..=100);
        let (most, bounds) = (self.interval_ms, 100..=LONGEST_MS);
        faults.up_to(
            &["health"],
            &UpTo { key: "timeout_ms", value: self.timeout_ms, least: 1, most_key: "interval_ms", most, bounds },
        );
        // Not from 100: what comes before an answer is none.
        for (index, status) in self.expect.iter().enumerate() {
            faults.range(&["health", "expect", &index.to_string()], u64::from(*status), 200..=599);
        }
    }

    pub(crate) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_path_from_the_root_is_refused_once() {
        let faults = |path: &str| {
            let mut faults = Faults::default();
            HealthConfig::at(path).check(&mut faults);
            faults.found.into_iter().map(|(at, _)| at.join(".")).collect::<Vec<_>>()
        };
        for good in ["/", "/readyz", "/health?full=1", "/a//b", "/%20"] {
            assert_eq!(faults(good), [""; 0], "{good}");
        }
        for wrong in
            ["", "readyz", "*", "//users/readyz", "/a#b", "/a b", "/\u{e9}", "/../a", "/a/%2e", "http://users/"]
        {
            assert_eq!(faults(wrong), ["health.path"], "{wrong}");
        }
    }

    #[test]
    fn a_status_that_no_answer_has_cannot_be_expected() {
        let mut faults = Faults::default();
        HealthConfig { expect: vec![101, 199, 200, 599, 600], ..HealthConfig::at("/") }.check(&mut faults);
        let found: Vec<_> = faults.found.into_iter().map(|(at, _)| at.join(".")).collect();
        assert_eq!(found, ["health.expect.0", "health.expect.1", "health.expect.4"]);
    }

    #[test]
    fn a_number_that_is_wrong_is_one_fault() {
        let mut faults = Faults::default();
        HealthConfig { interval_ms: 0, ..HealthConfig::at("/") }.check(&mut faults);
        HealthConfig { interval_ms: 500, ..HealthConfig::at("/") }.check(&mut faults);
        let found: Vec<_> = faults.found.iter().map(|(at, what)| (at.join("."), what.as_str())).collect();
        assert_eq!(
            found,
            [
                ("health.interval_ms".to_owned(), "this must be from 100 to 3600000, in milliseconds"),
                (
                    "health.timeout_ms".to_owned(),
                    "`timeout_ms` is 1000, and must be from 1 to 500, in milliseconds: `interval_ms` is the most"
                ),
            ]
        );
    }
}
