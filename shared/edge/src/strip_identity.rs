//! Removes what a client may not say: who is calling, and what belongs to one connection only.
//!
//! `Trefoil-Timeout-Ms` and `Trefoil-Attempt` have been read by then; they go, too, and never travel on as they came.

use std::sync::Arc;

use axum::extract::Request;
use http::{HeaderName, header};
use trefoil_context::IdentityHeaders;

use crate::around::{Around, Step};

/// Headers about the connection (RFC 9110 section 7.6.1). `Connection` has no power here: what it lists is neither
/// removed nor kept because of it, so it cannot make an identity header vanish.
static OF_THE_CONNECTION: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
];

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct StripIdentity(Arc<IdentityHeaders>);

impl StripIdentity {
    pub(crate) fn new(identity: IdentityHeaders) -> StripIdentity {
        StripIdentity(Arc::new(identity))
    }

    /// A name with `_` is refused as a whole class: servers behind read it as the name with `-`.
    fn forbids(&self, name: &HeaderName) -> bool {
        OF_THE_CONNECTION.contains(name) || name.as_str().contains('_') || self.0.reserves(name)
    }
}

impl Around for StripIdentity {
    type Kept = ();

    fn before(&self, request: &mut Request) -> Step<()> {
        let headers = request.headers_mut();
        // Collecting nothing allocates nothing, and that is the common case.
        let forbidden: Vec<HeaderName> = headers.keys().filter(|name| self.forbids(name)).cloned().collect();
        for name in &forbidden {
            headers.remove(name);
        }
        Step::Go(())
    }
}
