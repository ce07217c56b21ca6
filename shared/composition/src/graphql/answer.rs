//! Writes the answer: root fields in selection order, then what is wrong, then what is missing.

use bytes::{BufMut as _, Bytes, BytesMut};
use serde::Serialize;

use super::errors::GraphqlError;
use crate::outcome::Missing;
use crate::server_timing::Taken;

/// What became of one root field.
#[derive(Debug, Default)]
pub(crate) struct Field {
    /// Its JSON text; `None` is null.
    pub(crate) value: Option<Bytes>,
    pub(crate) errors: Vec<GraphqlError>,
    pub(crate) degraded: Vec<Missing>,
    /// How long each of its calls took, as `Server-Timing` names it.
    pub(crate) timings: Vec<(String, Taken)>,
    /// Whether its write was made by an earlier request.
    pub(crate) replayed: bool,
}

/// The answer of an operation that was run.
#[derive(Debug)]
pub(crate) struct Executed {
    pub(crate) body: Bytes,
    /// Whether nothing is missing.
    pub(crate) complete: bool,
    /// Whether a write of it was made by an earlier request.
    pub(crate) replayed: bool,
    pub(crate) timings: Vec<(String, Taken)>,
}

/// What is missing in a root field, as `extensions.degraded` names it: below the root field's key.
pub(crate) fn degraded(key: &str, missing: Vec<Missing>) -> Vec<Missing> {
    missing.into_iter().map(|one| Missing { path: below(key, &one.path), ..one }).collect()
}

/// A path below a root field's key; the answer as a whole is the root field itself.
pub(crate) fn below(key: &str, path: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{key}.{path}") }
}

/// Writes the answer of an operation that was run.
pub(crate) fn executed<'a>(fields: impl Iterator<Item = (&'a str, Field)>) -> Executed {
    let mut errors = Vec::new();
    let mut timings = Vec::new();
    let mut degraded = Vec::new();
    let mut replayed = false;
    let mut out = BytesMut::with_capacity(1024);
    out.put_slice(b"{\"data\":{");
    for (number, (key, field)) in fields.enumerate() {
        if number > 0 {
            out.put_u8(b',');
        }
        json(&mut out, &key);
        out.put_u8(b':');
        out.put_slice(field.value.as_deref().unwrap_or(b"null"));
        errors.extend(field.errors);
        degraded.extend(field.degraded);
        timings.extend(field.timings);
        replayed |= field.replayed;
    }
    out.put_u8(b'}');
    if !errors.is_empty() {
        out.put_slice(b",\"errors\":");
        json(&mut out, &errors);
    }
    if !degraded.is_empty() {
        out.put_slice(b",\"extensions\":{\"degraded\":");
        json(&mut out, &degraded);
        out.put_u8(b'}');
    }
    out.put_u8(b'}');
    Executed { complete: errors.is_empty() && degraded.is_empty(), replayed, body: out.freeze(), timings }
}

/// The answer to a request of which nothing was run.
pub(crate) fn refused(errors: &[GraphqlError]) -> Bytes {
    let mut out = BytesMut::with_capacity(256);
    out.put_slice(b"{\"errors\":");
    json(&mut out, &errors);
    out.put_u8(b'}');
    out.freeze()
}

fn json(out: &mut BytesMut, value: &impl Serialize) {
    // Strings, numbers and lists of them always serialise, and a buffer takes everything.
    let _ = serde_json::to_writer(out.writer(), value);
}
