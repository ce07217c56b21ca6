//! What is wrong with a configuration, each at its key.

use std::ops::RangeInclusive;

/// The longest that anything may be set to wait, in milliseconds: an hour. More is a slip of units.
pub const LONGEST_MS: u64 = 3_600_000;

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// The keys below the backend's, and what is wrong there.
    pub(crate) found: Vec<(Vec<String>, String)>,
}

impl Faults {
    pub(crate) fn add(&mut self, path: &[&str], what: impl Into<String>) {
        self.found.push((path.iter().map(|&key| key.to_owned()).collect(), what.into()));
    }

    /// A number with bounds and perhaps a unit.
    pub(crate) fn range(&mut self, path: &[&str], value: u64, bounds: RangeInclusive<u64>) {
        if !bounds.contains(&value) {
            let unit = path.last().map_or("", |key| unit(key));
            self.add(path, format!("this must be from {} to {}{unit}", bounds.start(), bounds.end()));
        }
    }
}

fn unit(key: &str) -> &'static str {
    match key.rsplit('_').next() {
        Some("ms") => ", in milliseconds",
        Some("percent") => ", in percent",
        Some("bytes") => ", in bytes",
        _ => "",
    }
}
