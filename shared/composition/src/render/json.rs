//! The body of a request: values as they are, in an object of the backend's names.

use bytes::Bytes;

use super::{NotMade, Value, plain};
use crate::plan::{PlannedJson, Source};
use crate::project::{Program, quoted};

/// Writes a body; `None` when it is an optional input that was not given, and no body is sent.
pub(super) fn render(body: &PlannedJson, value: &impl Fn(Source) -> Value) -> Result<Option<Bytes>, NotMade> {
    // A value that is the whole body is sent as it is, without a copy.
    if let PlannedJson::Value { source, omit, sent, .. } = body {
        return match value(*source) {
            Some(whole) => as_sent(sent.as_deref(), whole).map(Some),
            None if *omit => Ok(None),
            None => Err(NotMade::Null),
        };
    }
    let mut out = Vec::with_capacity(256);
    Ok(write(body, value, &mut out)?.then(|| out.into()))
}

/// Whether there was something to write.
fn write(json: &PlannedJson, value: &impl Fn(Source) -> Value, out: &mut Vec<u8>) -> Result<bool, NotMade> {
    match json {
        PlannedJson::Literal(text) => out.extend_from_slice(text.as_bytes()),
        PlannedJson::Value { source, omit, sent, .. } => match value(*source) {
            Some(json) => out.extend_from_slice(&as_sent(sent.as_deref(), json)?),
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

/// Of what a backend answered, the members that its view names.
fn as_sent(sent: Option<&Program>, json: Bytes) -> Result<Bytes, NotMade> {
    let Some(program) = sent else { return Ok(json) };
    program.send(&json).ok_or(NotMade::Unfit("a value is not what its type says"))
}
