//! What an operator says about health checks.

use std::time::Duration;

use http::uri::PathAndQuery;
use serde::{Deserialize, Serialize};

use crate::faults::{Faults, LONGEST_MS};

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
        if !self.path.starts_with('/') || self.path.parse::<PathAndQuery>().is_err() {
            faults.add(&["health", "path"], format!("`{}` is no path; write one such as `/readyz`", self.path));
        }
        let mut range = |key, value: u64, bounds| faults.range(&["health", key], value, bounds);
        range("interval_ms", self.interval_ms, 100..=LONGEST_MS);
        range("timeout_ms", self.timeout_ms, 1..=self.interval_ms.max(1));
        range("healthy", self.healthy.into(), 1..=100);
        range("unhealthy", self.unhealthy.into(), 1..=100);
        for (index, status) in self.expect.iter().enumerate() {
            faults.range(&["health", "expect", &index.to_string()], u64::from(*status), 100..=599);
        }
    }

    pub(crate) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
