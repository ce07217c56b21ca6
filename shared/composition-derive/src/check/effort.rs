//! How hard a call is tried: what is asked twice must be the same as asked once.

use crate::ast::Call;
use crate::errors::Errors;

/// `retry` and `hedge` fit what the call does. `keyed`: it is sent with the client's idempotency key.
pub(crate) fn effort(of: &Call, keyed: bool, errors: &mut Errors) {
    let keyed = keyed || of.headers.iter().any(|header| header.name.eq_ignore_ascii_case("idempotency-key"));
    let is_idempotent = of.method != "post" && of.method != "patch";
    if let Some(retry) = of.retry.as_ref().filter(|retry| retry.attempts > 1 && !is_idempotent && !keyed) {
        errors.at(&retry.word, format!(
            "a `{}` whose answer was lost may have happened, and a second would happen again: say `idempotency(…)` on the endpoint, so that the backend can tell, or drop `retry`",
            of.method
        ));
    }
    if let Some(hedge) = of.hedge.as_ref().filter(|_| of.method != "get") {
        errors.at(
            hedge,
            format!("only a `get` may be asked twice at the same time, and this is a `{}`: drop `hedge`", of.method),
        );
    }
}
