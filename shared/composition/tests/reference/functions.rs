//! What authors' functions do, in the random declarations: something that every value shows, and now and then nothing good.

use bytes::Bytes;
use trefoil_composition::declare::Function;

use crate::json::plain;

/// Its arguments, one after the other; none of a line with a `k` in it.
pub(crate) const JOINED: Function = Function { name: "joined", run: joined };
/// How many of its arguments there are.
pub(crate) const COUNTED: Function = Function { name: "counted", run: counted };
/// Whether there is no `b` in its arguments. It cannot make up its mind about a `d`.
pub(crate) const DECIDES: Function = Function { name: "decides", run: decides };

fn texts(values: &[Option<Bytes>]) -> String {
    let text = |value: &Option<Bytes>| value.as_ref().map_or_else(|| "-".to_owned(), of);
    values.iter().map(text).collect::<Vec<_>>().join("+")
}

fn of(json: &Bytes) -> String {
    plain(std::str::from_utf8(json).unwrap_or_default())
}

fn joined(values: &[Option<Bytes>]) -> Result<String, String> {
    match texts(values) {
        text if text.contains('k') => Err(text),
        // Not the text that its type says.
        text if text.contains("2+2") => Ok("4".to_owned()),
        text => Ok(serde_json::Value::from(text).to_string()),
    }
}

fn counted(values: &[Option<Bytes>]) -> Result<String, String> {
    Ok(values.iter().flatten().count().to_string())
}

fn decides(values: &[Option<Bytes>]) -> Result<String, String> {
    match texts(values) {
        text if text.contains('d') => Err(text),
        text => Ok((!text.contains('b')).to_string()),
    }
}
