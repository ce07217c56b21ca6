//! Calls that write: at most one for an answer, in an endpoint that clients know to write.

use crate::ast::{Call, Composition};
use crate::errors::Errors;

/// A write that failed halfway through others could not be taken back, so an endpoint makes one.
pub(crate) fn in_a_composition(of: &Composition, errors: &mut Errors) {
    let writes = of.view.fields.iter().zip(&of.calls).filter_map(|(field, call)| Some((field, call.as_ref()?)));
    let mut first = None;
    for (field, call) in writes.filter(|(_, call)| call.is_write()) {
        let method = &call.method;
        if let Some((endpoint, _)) = of.options.route.as_ref().filter(|(word, _)| word == "get") {
            errors.at(method, format!(
                "a `{method}` may change something, and clients repeat and cache a `{endpoint}` as they like: make the endpoint a `post`, `put`, `patch` or `delete`"
            ));
        }
        match first {
            None => first = Some(&field.name),
            Some(first) => errors.at(method, format!(
                "`{first}` writes already, and of two writes one may fail when the other has happened: an endpoint makes one; let a backend do both"
            )),
        }
        if let Some((or, _)) = &call.or {
            errors.at(or, "a write that failed has no default: without it the answer would say what did not happen");
        }
    }
}

/// A key is one caller's, for one write.
pub(crate) fn idempotency(of: &Composition, errors: &mut Errors) {
    let Some(word) = of.options.idempotency.as_ref().map(|idempotency| &idempotency.word) else { return };
    // A call that could not be read may have been the write.
    let unknown = of
        .calls
        .iter()
        .zip(&of.view.fields)
        .any(|(call, field)| call.is_none() && field.ours.iter().any(|ours| ours.path().is_ident("call")));
    if !unknown && !of.calls.iter().flatten().any(Call::is_write) {
        errors.at(word, "nothing here writes, so there is nothing that a repeat could do twice: drop `idempotency`");
    }
    if of.options.public.is_some() {
        errors.at(
            word,
            "a key belongs to its caller, and a `public` endpoint knows none: drop `public` or `idempotency`",
        );
    }
}

/// A view may stand in a list, and in answers to what only reads.
pub(crate) fn in_a_view(of: &Call, errors: &mut Errors) {
    if of.is_write() {
        errors.at(&of.method, format!(
            "a view may stand in any answer and any number of times, so its calls only read: put the `{}` on a field of the `#[composition]`",
            of.method
        ));
    }
}
