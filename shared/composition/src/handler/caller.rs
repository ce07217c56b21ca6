//! Who is asking, for a handler.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;
use trefoil_context::{Code, Problem};

use crate::access;

/// The caller whose token was verified: `id`, `scopes` and `claims`. A public handler has none.
#[derive(Debug, Clone)]
pub struct Caller {
    pub(super) known: Arc<trefoil_context::Caller>,
    /// Whose token it is.
    pub(super) bff: Arc<str>,
}

impl Caller {
    /// A claim of the token, typed.
    ///
    /// # Errors
    /// When the token lacks it, or has another kind of value there: `invalid-token`, as for a declared claim.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Result<T, Problem> {
        let value = self.known.claims.get(name).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|_| access::unusable_claim(&self.bff, name))
    }
}

impl Deref for Caller {
    type Target = trefoil_context::Caller;

    fn deref(&self) -> &trefoil_context::Caller {
        &self.known
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Problem> {
        let none = || Problem::new(Code::Internal).with_detail("there is no caller here");
        parts.extensions.get::<Caller>().cloned().ok_or_else(none)
    }
}
