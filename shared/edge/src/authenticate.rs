//! Default deny: a route of a BFF that is not declared public is reached with a valid token of that BFF's issuer only.
//!
//! What has no route is 404 for everybody. Scopes are an endpoint's own affair and are checked there.

use std::sync::Arc;

use axum::extract::Request;
use futures_util::FutureExt;
use http::{HeaderValue, header};
use trefoil_context::{Caller, Code, Problem, RequestContext};

use crate::around::{Around, Step};
use crate::jwt::{Refused, Verification, bearer_token};
use crate::visit::Visit;

/// See the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Authenticate;

impl Around for Authenticate {
    /// The caller; `None` where no token is needed.
    type Kept = Option<Arc<Caller>>;

    fn before(&self, request: &mut Request) -> Step<Self::Kept> {
        let Some(visit) = Visit::of(request) else { return Step::refuse(Problem::new(Code::Internal)) };
        if visit.route.is_none() {
            // Answered here and not by the router: a nested service has no route that could have been declared public.
            return Step::refuse(Problem::new(Code::UnknownRoute));
        }
        let (Some(bff), false) = (&visit.bff, visit.public) else { return Step::Go(None) };
        let arrived = request.extensions().get::<RequestContext>().map(|context| context.arrived);
        let verification = match bearer_token(request.headers()) {
            Ok(token) => bff.verifier.verify(token, arrived.unwrap_or_else(tokio::time::Instant::now)),
            Err(refused) => Verification::Done(Err(refused)),
        };
        match verification {
            Verification::Done(Ok(caller)) => Step::Go(Some(caller)),
            Verification::Done(Err(refused)) => Step::refuse(problem(refused, &bff.name)),
            Verification::NeedsKeys(outcome) => {
                let name = bff.name.clone();
                Step::Wait(
                    outcome.map(move |caller| caller.map(Some).map_err(|refused| problem(refused, &name))).boxed(),
                )
            }
        }
    }

    fn enter(&self, kept: &Self::Kept, request: &mut Request) {
        let Some(caller) = kept else { return };
        if let Some(visit) = Visit::of(request) {
            visit.authenticated(caller.clone());
        }
        if let Some(context) = request.extensions_mut().get_mut::<RequestContext>() {
            context.caller = Some(caller.clone());
        }
    }
}

/// The answer to a request without a good token. Without any token there is no `error` in the challenge (RFC 6750
/// section 3).
fn problem(refused: Refused, realm: &str) -> Problem {
    let (code, why) = match refused {
        Refused::NoToken => (Code::Unauthenticated, None),
        Refused::Invalid(why) => (Code::InvalidToken, Some(why)),
        Refused::KeysUnavailable => {
            return Problem::new(Code::BackendUnreachable)
                .with_detail("the keys of the issuer cannot be had")
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
    };
    let mut problem = Problem::new(code);
    let mut challenge = format!("Bearer realm=\"{realm}\"");
    if let Some(why) = why {
        problem = problem.with_detail(why);
        challenge.push_str(", error=\"invalid_token\", error_description=\"");
        challenge.push_str(why);
        challenge.push('"');
    }
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => problem.with_header(header::WWW_AUTHENTICATE, challenge),
        // A realm and our own words always make a header.
        Err(_) => problem,
    }
}
