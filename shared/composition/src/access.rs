//! Who may call an endpoint. The edge has verified the token; here the endpoint's own rule is held, behind every face.

use axum::extract::Request;
use http::{HeaderValue, header};
use trefoil_context::{Caller, Code, Problem, RequestContext};

use crate::declare::Access;

/// Takes the context out of a request. Default deny: what did not come through the edge has none, and no answer. Whoever asks, a
/// public answer is the same, and no backend learns who it was.
pub(crate) fn enter(request: &mut Request, access: &Access) -> Result<RequestContext, Problem> {
    let none = || Problem::new(Code::Internal).with_detail("the request has no context");
    let mut context = request.extensions_mut().remove::<RequestContext>().ok_or_else(none)?;
    if *access == Access::Public {
        context.caller = None;
    }
    Ok(context)
}

/// The caller, if the rule lets this request in. A public endpoint sees no caller.
pub fn admit<'a>(access: &Access, bff: &str, context: &'a RequestContext) -> Result<Option<&'a Caller>, Problem> {
    let Access::Token { scopes } = access else { return Ok(None) };
    let Some(caller) = context.caller.as_deref() else {
        return Err(challenged(Problem::new(Code::Unauthenticated), bff, ""));
    };
    if caller.has_scopes(scopes.iter().map(String::as_str)) {
        return Ok(Some(caller));
    }
    let needed = scopes.join(" ");
    Err(challenged(
        Problem::new(Code::InsufficientScope).with_detail(format!("this needs the scopes: {needed}")),
        bff,
        &format!(", error=\"insufficient_scope\", scope=\"{needed}\""),
    ))
}

/// What is said to a valid token that lacks a claim, or has another kind of value there: it is not for this BFF.
pub(crate) fn unusable_claim(bff: &str, claim: &str) -> Problem {
    let problem = Problem::new(Code::InvalidToken).with_detail(format!("the token has no usable claim `{claim}`"));
    challenged(problem, bff, ", error=\"invalid_token\", error_description=\"the token has no usable claim\"")
}

/// The problem with the challenge that must stand beside it (RFC 9110 section 15.5.2, RFC 6750 section 3).
fn challenged(problem: Problem, bff: &str, more: &str) -> Problem {
    match HeaderValue::from_str(&format!("Bearer realm=\"{bff}\"{more}")) {
        Ok(value) => problem.with_header(header::WWW_AUTHENTICATE, value),
        Err(_) => problem,
    }
}
