//! What a call may say.

use syn::Ident;

use crate::ast::{Call, Entry, Json, Statuses, Time};
use crate::check::{cache, header, path};
use crate::errors::Errors;

/// A call's parts fit together.
pub(crate) fn call(of: &Call, errors: &mut Errors) {
    path::call(&of.path.0, &of.path.1, errors);
    once_each("query parameter", &of.query, str::to_owned, errors);
    once_each("header", &of.headers, str::to_ascii_lowercase, errors);
    for entry in &of.headers {
        header::sendable(&entry.name, entry.name_span, may_ask_for_a_part(of), errors);
    }
    for entry in of.query.iter().filter(|entry| entry.name.is_empty()) {
        errors.at_span(entry.name_span, "a query parameter needs a name");
    }
    if let Some((word, json)) = &of.body {
        body(of, word, json, errors);
    }
    if let Some(absent) = &of.absent {
        statuses(absent, absent_reason, errors);
    }
    if let Some(pass) = &of.pass {
        statuses(pass, pass_reason, errors);
    }
    cache::cache(of, errors);
    // One status cannot both be an answer's and be nothing: a field is either an `Option` or required.
    if let (Some(_), Some(pass)) = (&of.absent, &of.pass) {
        errors.at(&pass.word, "`absent` is for an `Option`, `pass` for a required field: keep one of the two");
    }
    // With a default there is always an answer, so no status would ever be passed on.
    if let (Some(_), Some((or, _))) = (&of.pass, &of.or) {
        errors.at(
            or,
            "`or` answers with a default when the call fails, `pass` answers with its status: keep one of the two",
        );
    }
}

/// RFC 9110 section 14.2: a range is asked of a GET. A batch needs the elements of all its keys.
fn may_ask_for_a_part(of: &Call) -> bool {
    of.method == "get" && of.batch().is_none()
}

/// A body goes with a method that has one, and names each member once.
fn body(of: &Call, word: &Ident, json: &Json, errors: &mut Errors) {
    // RFC 9110 section 9.3: content in a GET or a DELETE has no meaning, and servers on the way may refuse it.
    if of.method == "get" || of.method == "delete" {
        errors.at(word, format!("a `{}` has no body that servers heed: put the values into the path or `query(…)`, or make it a `post`, `put` or `patch`", of.method));
    }
    members(json, errors);
}

fn members(json: &Json, errors: &mut Errors) {
    let Json::Object(members) = json else { return };
    for (index, member) in members.iter().enumerate() {
        if members[..index].iter().any(|before| before.name == member.name) {
            errors.at_span(member.name_span, format!("the member `{}` stands here twice: keep one", member.name));
        }
        self::members(&member.value, errors);
    }
}

/// A backend reads one value for a name; which of two it takes differs from one to the next.
fn once_each(what: &str, entries: &[Entry], fold: impl Fn(&str) -> String, errors: &mut Errors) {
    for (index, entry) in entries.iter().enumerate() {
        if entries[..index].iter().any(|before| fold(&before.name) == fold(&entry.name)) {
            errors.at_span(
                entry.name_span,
                format!(
                    "the {what} `{}` stands here twice, and backends differ in which one they take: keep one",
                    entry.name
                ),
            );
        }
    }
}

/// A call's own limit ends before the endpoint's deadline, or it would never be what ends it.
pub(crate) fn within(of: &Call, deadline: Option<&Time>, errors: &mut Errors) {
    let Some(within) = &of.within else { return };
    let (limit, said) = match deadline {
        Some(deadline) => (deadline.millis, format!("{:?}", deadline.literal.value())),
        None => (crate::expand::composition::DEFAULT_DEADLINE, "\"1s\", the default".to_owned()),
    };
    if limit > 0 && within.millis >= limit {
        errors.at(&within.literal, format!("`within` would never end this call, since the deadline ends it first ({said}): make it shorter, or drop it"));
    }
}

/// A status stands in a list once, and there is no reason against it.
fn statuses(of: &Statuses, reason: impl Fn(u16) -> Option<&'static str>, errors: &mut Errors) {
    for (index, (literal, status)) in of.list.iter().enumerate() {
        if let Some(reason) = reason(*status) {
            errors.at(literal, format!("`{}` cannot mean {literal}: {reason}", of.word));
        } else if of.list[..index].iter().any(|(_, before)| before == status) {
            errors.at(literal, format!("{literal} stands here twice: keep one"));
        }
    }
}

/// "There is none" is said by 204 or by a client error that is about the thing asked for.
fn absent_reason(status: u16) -> Option<&'static str> {
    match status {
        401 | 403 | 407 => Some("the backend refuses the gateway or the caller, which does not say that there is none"),
        408 | 429 => Some("it says \"not now\", which does not say that there is none"),
        204 | 400..=499 => None,
        _ => Some("\"there is none\" is said by 204 or by a client error, 400 to 499"),
    }
}

/// The client gets a status that is about what it asked for.
fn pass_reason(status: u16) -> Option<&'static str> {
    match status {
        401 | 407 => Some(
            "the client's token is valid, or it would not have come this far: it would take a 401 to mean a new one is needed",
        ),
        408 | 429 => Some(
            "it is about the gateway's traffic, not about the client's request: a client would slow down for nothing",
        ),
        400..=499 => None,
        _ => Some("only a client error, 400 to 499, can be passed on; any other failure is a 502, 503 or 504"),
    }
}
