//! Judges a whole answer by what the declaration says of it.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use trefoil_backend::{CallFailure, Reply, TransportError, codings};

use crate::media::MediaType;
use crate::outcome::{Failure, Reason};
use crate::plan::PlannedCall;
use crate::project::{Program, Projected};

/// What became of one request.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// An answer, projected by each of the call's programs.
    Answered(Vec<Projected>),
    /// A status that means "there is none".
    Absent,
    /// A failure, logged already.
    Failed(Failure),
}

/// Why an answer is refused; it is not logged yet.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

impl Fault {
    /// What a call without a whole answer comes to.
    pub(crate) fn of(failure: &CallFailure) -> Fault {
        let reason = match failure {
            CallFailure::Timeout => Reason::Timeout,
            CallFailure::Transport(TransportError::Connect(_) | TransportError::Broken(_)) => Reason::Connect,
            CallFailure::Breaker => Reason::Breaker,
            CallFailure::Shed(_) => Reason::Shed,
            CallFailure::Transport(TransportError::Malformed(_))
            | CallFailure::TooLarge { .. }
            | CallFailure::TooDense { .. }
            | CallFailure::Unsendable(_) => Reason::Shape,
        };
        Fault { reason, detail: failure.to_string() }
    }

    /// A status that nobody expects.
    pub(crate) fn of_status() -> Fault {
        Fault { reason: Reason::Status, detail: "an unexpected status".to_owned() }
    }
}

/// Judges an answer. What the declaration cannot use is not kept either, or it would be there for its whole time.
/// `ranged` says whether it was asked for a part.
pub(crate) fn judge(call: &PlannedCall, reply: &Reply, ranged: bool) -> Result<Verdict, Fault> {
    let judged = by_declaration(call, reply, ranged);
    if let (Err(_), Some(cached)) = (&judged, &reply.cached) {
        cached.forget();
    }
    judged
}

fn by_declaration(call: &PlannedCall, reply: &Reply, ranged: bool) -> Result<Verdict, Fault> {
    let status = reply.status;
    if call.absent.contains(&status.as_u16()) {
        return Ok(Verdict::Absent);
    }
    if !status.is_success() {
        return if call.pass.contains(&status.as_u16()) {
            // Declared: the client is told, and there is nothing to log.
            Ok(Verdict::Failed(Failure { status: Some(status), ..Failure::new(Reason::Status) }))
        } else {
            Err(Fault::of_status())
        };
    }
    // Success is all that `()` is about: whatever came with it is not read.
    let nothing = call.shape.is_nothing();
    // Success without a body is "there is none", where the type has room for it.
    // A batch's answer is a list, which is never null: its elements may be.
    let nullable = call.programs.iter().all(Program::is_nullable);
    if nullable && !nothing && is_without_body(reply) {
        return Ok(Verdict::Absent);
    }
    if !nothing {
        if !ranged {
            is_whole(reply)?;
        }
        has_json(reply)?;
    }
    let shape = |detail: String| Fault { reason: Reason::Shape, detail };
    let projected = call.programs.iter().map(|program| match nothing {
        true => program.run_bare(&Bytes::from_static(b"null")),
        false => program.run(&reply.body),
    });
    let mut projected: Vec<Projected> =
        projected.collect::<Result<_, _>>().map_err(|error| shape(error.to_string()))?;
    if let Some(first) = projected.first_mut().filter(|_| !call.heads.is_empty()) {
        note_heads(call, reply, first);
    }
    Ok(Verdict::Answered(projected))
}

/// Notes the headers that other fields are read from: after the values of each element, since all of them share the head.
fn note_heads(call: &PlannedCall, reply: &Reply, projected: &mut Projected) {
    let value = |name: &HeaderName| {
        // A header that stands several times is a list (RFC 9110, section 5.3).
        let values: Vec<&[u8]> = reply.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        (!values.is_empty()).then(|| Bytes::from(values.join(&b", "[..])))
    };
    let heads: Vec<Option<Bytes>> = call.heads.iter().map(value).collect();
    let of_body = call.programs.first().map_or(0, |program| program.captures);
    let mut noted = Vec::with_capacity(projected.elements.len() * (of_body + heads.len()));
    for element in 0..projected.elements.len() {
        noted.extend_from_slice(projected.captures.get(element * of_body..(element + 1) * of_body).unwrap_or_default());
        noted.extend_from_slice(&heads);
    }
    projected.captures = noted;
}

/// Whether a successful answer says by its status that there is none, or that it need not have a body (RFC 9110 section 15.3)
/// and has none. A 200 without a body is a broken one.
pub(crate) fn is_without_body(reply: &Reply) -> bool {
    match reply.status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => true,
        StatusCode::CREATED | StatusCode::ACCEPTED => reply.body.is_empty(),
        _ => false,
    }
}

/// Whether the body of a successful answer to a request for all can be read at all.
pub(crate) fn is_whole_json(reply: &Reply) -> Result<(), Fault> {
    is_whole(reply)?;
    has_json(reply)
}

/// A part of what was asked for is not what was asked for, unless a part was (`Range`).
fn is_whole(reply: &Reply) -> Result<(), Fault> {
    if reply.status == StatusCode::PARTIAL_CONTENT {
        return Err(Fault { reason: Reason::Status, detail: "a partial answer to a request for all".to_owned() });
    }
    Ok(())
}

fn has_json(reply: &Reply) -> Result<(), Fault> {
    let shape = |detail: String| Fault { reason: Reason::Shape, detail };
    if reply.body.is_empty() {
        let status = reply.status.as_u16();
        return Err(shape(format!(
            "{status} without a body; where that is success, the field's type is `()`, or an `Option`, which is null then"
        )));
    }
    is_json(reply).map_err(shape)
}

fn is_json(reply: &Reply) -> Result<(), String> {
    let Some(value) = reply.headers.get(header::CONTENT_TYPE) else {
        return Err("no content type; expected application/json".to_owned());
    };
    if let Some(coding) = codings(&reply.headers).next() {
        let coding: String = coding.chars().take(80).collect();
        return Err(format!("content encoding {coding:?}; it was not asked for"));
    }
    // As it mostly is.
    if value == "application/json" {
        return Ok(());
    }
    let said = MediaType::read(value.to_str().unwrap_or_default());
    if let Some(charset) = said.other_than_utf8() {
        return Err(format!("charset {charset:?}; JSON is UTF-8 (RFC 8259)"));
    }
    let essence = said.essence;
    let subtype = essence.get(.."application/".len()).filter(|kind| kind.eq_ignore_ascii_case("application/"));
    let subtype = subtype.map(|_| &essence["application/".len()..]).unwrap_or_default();
    let suffix = subtype.len().checked_sub(5).and_then(|at| subtype.get(at..));
    if subtype.eq_ignore_ascii_case("json") || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json")) {
        Ok(())
    } else {
        Err(format!("content type {:?}; expected application/json", essence.chars().take(80).collect::<String>()))
    }
}
