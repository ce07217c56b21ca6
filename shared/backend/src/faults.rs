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

/// A number that may be as large as another one beside it, which has bounds of its own.
pub(crate) struct UpTo<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: u64,
    pub(crate) least: u64,
    pub(crate) most_key: &'a str,
    pub(crate) most: u64,
    pub(crate) bounds: RangeInclusive<u64>,
}

impl Faults {
    /// Both numbers of a section. That one is beyond the other is not said where the other is itself wrong: it is one slip.
    pub(crate) fn up_to(&mut self, section: &[&str], of: &UpTo<'_>) {
        let UpTo { key, value, least, most_key, most, .. } = *of;
        let path = |key| [section, &[key]].concat();
        if !of.bounds.contains(&most) {
            self.range(&path(most_key), most, of.bounds.clone());
            self.range(&path(key), value, least..=*of.bounds.end());
        } else if !(least..=most).contains(&value) {
            let unit = unit(key);
            // With its name and value: where it has its default it does not stand in the file, and only its section can be pointed at.
            let what =
                format!("`{key}` is {value}, and must be from {least} to {most}{unit}: `{most_key}` is the most");
            self.add(&path(key), what);
        }
    }
}

/// `text`, which was to be a URL or an address, as it may be shown: what stands before an `@` may be a password, and what stands in a query
/// a key.
pub(crate) fn shown(text: &str) -> String {
    let (hidden, rest) = text.rsplit_once('@').map_or(("", text), |(_, host)| ("…@", host));
    let end = rest.find('?').map_or(rest.len(), |query| query + 1);
    let more = if end < rest.len() { "…" } else { "" };
    format!("{hidden}{}{more}", &rest[..end])
}

fn unit(key: &str) -> &'static str {
    match key.rsplit('_').next() {
        Some("ms") => ", in milliseconds",
        Some("percent") => ", in percent",
        Some("bytes") => ", in bytes",
        _ => "",
    }
}
