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
    let challenge = |problem: Problem, more: &str| {
        let value = HeaderValue::from_str(&format!("Bearer realm=\"{bff}\"{more}"));
        match value {
            Ok(value) => problem.with_header(header::WWW_AUTHENTICATE, value),
            Err(_) => problem,
        }
    };
    let Some(caller) = context.caller.as_deref() else {
        return Err(challenge(Problem::new(Code::Unauthenticated), ""));
    };
    if caller.has_scopes(scopes.iter().map(String::as_str)) {
        return Ok(Some(caller));
    }
    let needed = scopes.join(" ");
    Err(challenge(
        Problem::new(Code::InsufficientScope).with_detail(format!("this needs the scopes: {needed}")),
        &format!(", error=\"insufficient_scope\", scope=\"{needed}\""),
    ))
}
