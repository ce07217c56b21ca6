//! What makes two calls the same call.

use std::sync::Arc;

use http::HeaderMap;

use crate::client::{Call, CallFailure, Client};

/// The backend, the path and query, the declared headers and, unless the answer is shared, the caller: all that the backend
/// learns of a caller, since it may answer by any of it. Never the trace, the deadline or the attempt.
///
/// The method is always GET and the body always empty: no other call is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(Arc<[u8]>);

impl Key {
    /// The key of a call.
    pub(crate) fn of(client: &Client, call: &Call<'_>, shared: bool) -> Result<Key, CallFailure> {
        let mut text = Vec::with_capacity(128);
        part(&mut text, client.name.as_bytes());
        part(&mut text, call.path_and_query.as_bytes());
        headers(&mut text, &call.headers);
        if let Some(caller) = call.context.caller.as_ref().filter(|_| !shared) {
            let mut identity = HeaderMap::new();
            client.write_identity(caller, &mut identity)?;
            headers(&mut text, &identity);
        } else {
            // One that is shared is never that of somebody.
            text.push(u8::from(shared));
        }
        Ok(Key(text.into()))
    }

    /// Its size in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// With its length before it, so that no two lists of parts are the same text.
fn part(text: &mut Vec<u8>, part: &[u8]) {
    text.extend_from_slice(&part.len().to_le_bytes());
    text.extend_from_slice(part);
}

fn headers(text: &mut Vec<u8>, headers: &HeaderMap) {
    let mut names: Vec<_> = headers.keys().collect();
    names.sort_unstable_by_key(|name| name.as_str());
    text.extend_from_slice(&headers.len().to_le_bytes());
    for name in names {
        for value in headers.get_all(name) {
            part(text, name.as_str().as_bytes());
            part(text, value.as_bytes());
        }
    }
}
