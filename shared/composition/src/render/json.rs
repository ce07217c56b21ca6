//! The body of a request: values as they are, in an object of the backend's names.

use bytes::Bytes;

use super::{NotMade, Value, plain};
use crate::plan::{PlannedJson, Source};
use crate::project::quoted;

/// Writes a body; `None` when it is an optional input that was not given, and no body is sent.
pub(super) fn render(body: &PlannedJson, value: &impl Fn(Source) -> Value) -> Result<Option<Bytes>, NotMade> {
    // A value that is the whole body is sent as it is, without a copy.
    if let PlannedJson::Value { source, omit, .. } = body {
        return match value(*source) {
            None if !omit => Err(NotMade::Null),
            whole => Ok(whole),
        };
    }
    let mut out = Vec::with_capacity(256);
    Ok(write(body, value, &mut out)?.then(|| out.into()))
}

/// Whether there was something to write.
fn write(json: &PlannedJson, value: &impl Fn(Source) -> Value, out: &mut Vec<u8>) -> Result<bool, NotMade> {
    match json {
        PlannedJson::Literal(text) => out.extend_from_slice(text.as_bytes()),
        PlannedJson::Value { source, omit, .. } => match value(*source) {
            Some(json) => out.extend_from_slice(&json),
            None if *omit => return Ok(false),
            None => return Err(NotMade::Null),
        },
        PlannedJson::Text(text) => match plain(text, value)? {
            Some(text) => out.extend_from_slice(quoted(&text).as_bytes()),
            None => return Ok(false),
        },
        PlannedJson::Object(members) => {
            out.push(b'{');
            let start = out.len();
            for (name, member) in members {
                let before = out.len();
                if before > start {
                    out.push(b',');
                }
                out.extend_from_slice(quoted(name).as_bytes());
                out.push(b':');
                if !write(member, value, out)? {
                    out.truncate(before);
                }
            }
            out.push(b'}');
        }
    }
    Ok(true)
}
