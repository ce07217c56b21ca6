//! One BFF as the edge sees it: where it hangs, what of it is public, its policy and its keys.

use std::sync::Arc;

use axum::Router;
use http::Method;

use crate::cors::Cors;
use crate::jwt::{IssuerKeys, Verifier};
use crate::rate_limit_fields::RateLimitFields;
use crate::{BffPolicy, QuotaPolicy};

/// A BFF to hang into the edge.
#[derive(Debug)]
pub struct BffRoutes {
    /// The name, for logs and for the realm of a challenge: 1 to 64 letters, digits, `-` or `_`.
    pub name: String,
    /// Where it hangs: `/web`. Begins with a slash, does not end with one, holds no parameters.
    pub prefix: String,
    /// Its routes, relative to the prefix. Its fallback and services nested in it (`nest_service`) are not reached: what
    /// has no route of its own is 404.
    pub router: Router,
    /// What needs no token. All else does.
    pub public: Vec<PublicRoute>,
    /// What has a quota of its own, in place of the BFF's.
    pub quotas: Vec<RouteQuota>,
    /// What the operator set.
    pub policy: BffPolicy,
    /// The keys of its issuer. Hand in the same ones after a reload, so that they need not be fetched anew.
    pub keys: Arc<IssuerKeys>,
}

/// A route that needs no token; an `Authorization` header is ignored there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicRoute {
    /// The method. GET covers HEAD.
    pub method: Method,
    /// The whole path template with the prefix, as axum's `MatchedPath` has it: `/web/products/{id}`.
    pub path: String,
}

/// A route whose requests are counted by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteQuota {
    /// What clients read in the `RateLimit` fields, and what the counts are kept under: 1 to 64 letters, digits, `-` or `_`.
    pub name: String,
    /// The method. GET covers HEAD.
    pub method: Method,
    /// The whole path template with the prefix, as axum's `MatchedPath` has it.
    pub path: String,
    /// How often one caller may call.
    pub policy: QuotaPolicy,
}

/// Why the edge cannot be built from what it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An identity header's name does not do.
    #[error("identity header `{name}` {why}")]
    IdentityHeader {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A BFF's name or prefix does not do.
    #[error("BFF `{bff}`: {why}")]
    Bff {
        /// The BFF.
        bff: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A CORS policy does not do.
    #[error("BFF `{bff}`: cors: `{value}` {why}")]
    Cors {
        /// The BFF.
        bff: String,
        /// What was set.
        value: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// An auth policy does not do.
    #[error("BFF `{bff}`: auth: {why}")]
    Auth {
        /// The BFF.
        bff: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// A BFF, compiled.
#[derive(Debug)]
pub(crate) struct Bff {
    pub(crate) name: Arc<str>,
    pub(crate) prefix: String,
    pub(crate) public: Vec<PublicRoute>,
    pub(crate) cors: Cors,
    pub(crate) verifier: Arc<Verifier>,
    /// Of every route that has none of its own.
    pub(crate) quota: Option<Arc<Quota>>,
    pub(crate) quotas: Vec<(Method, String, Arc<Quota>)>,
}

/// A quota and what it is called.
#[derive(Debug)]
pub(crate) struct Quota {
    /// Under this the store keeps the counts: `web`, or `web/home`.
    pub(crate) bucket: String,
    pub(crate) policy: QuotaPolicy,
    /// What clients are told.
    pub(crate) fields: RateLimitFields,
}

/// All BFFs, looked up by path.
#[derive(Debug, Default)]
pub(crate) struct Bffs(Vec<Arc<Bff>>);

/// What clients read as the name of a BFF's own quota.
const DEFAULT_QUOTA: &str = "default";

/// Names stand in headers, logs and keys of stores.
fn is_word(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

// === impl RouteQuota ===

impl RouteQuota {
    fn build(&self, bff: &str) -> (Method, String, Arc<Quota>) {
        let quota = Quota::new(format!("{bff}/{}", self.name), &self.name, self.policy);
        (self.method.clone(), self.path.clone(), Arc::new(quota))
    }
}

// === impl Quota ===

impl Quota {
    fn new(bucket: String, name: &str, policy: QuotaPolicy) -> Quota {
        Quota { bucket, fields: RateLimitFields::of(name, &policy), policy }
    }
}

// === impl Bff ===

impl Bff {
    /// Checks and compiles; the router is left to the caller.
    pub(crate) fn build(routes: BffRoutes) -> Result<(Bff, Router), BuildError> {
        let BffRoutes { name, prefix, router, public, quotas, policy, keys } = routes;
        let refuse = |why| BuildError::Bff { bff: name.clone(), why };
        if !is_word(&name) {
            return Err(refuse("its name must be 1 to 64 letters, digits, `-` or `_`"));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_/.".contains(&b);
        if !prefix.starts_with('/') || prefix.ends_with('/') || prefix.contains("//") || !prefix.bytes().all(plain) {
            return Err(refuse("its prefix must be a path like `/web`, without parameters"));
        }
        if prefix == crate::problem_pages::PREFIX {
            return Err(refuse("its prefix is taken by the pages of the problems"));
        }
        let bff = Bff {
            cors: Cors::build(&name, &policy.cors)?,
            verifier: Arc::new(Verifier::build(&name, policy.auth, keys)?),
            quota: policy.quota.map(|policy| Arc::new(Quota::new(name.clone(), DEFAULT_QUOTA, policy))),
            quotas: quotas.iter().map(|quota| quota.build(&name)).collect(),
            public,
            prefix,
            name: name.clone().into(),
        };
        if !bff.public.iter().all(|route| bff.owns(&route.path)) {
            return Err(refuse("a public route does not begin with its prefix"));
        }
        if !bff.quotas.iter().all(|(_, path, _)| bff.owns(path)) {
            return Err(refuse("a route with a quota of its own does not begin with its prefix"));
        }
        if !quotas.iter().all(|quota| is_word(&quota.name)) {
            return Err(refuse("the name of a quota must be 1 to 64 letters, digits, `-` or `_`"));
        }
        Ok((bff, router))
    }

    /// Whether a path belongs to it.
    fn owns(&self, path: &str) -> bool {
        path.strip_prefix(self.prefix.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

// === impl Bffs ===

impl Bffs {
    /// Adds a BFF; its name and its place must be its own.
    pub(crate) fn add(&mut self, bff: Bff) -> Result<(), BuildError> {
        let clash = |other: &Arc<Bff>| other.name == bff.name || other.owns(&bff.prefix) || bff.owns(&other.prefix);
        if self.0.iter().any(clash) {
            return Err(BuildError::Bff {
                bff: bff.name.to_string(),
                why: "another BFF has its name, or its prefix lies in the other's",
            });
        }
        self.0.push(Arc::new(bff));
        Ok(())
    }

    /// The BFF that a path belongs to.
    pub(crate) fn of(&self, path: &str) -> Option<&Arc<Bff>> {
        self.0.iter().find(|bff| bff.owns(path))
    }
}
