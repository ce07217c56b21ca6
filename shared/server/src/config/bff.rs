//! Section `bffs.<name>`: a BFF's policy at the edge, and the limits of its endpoints that are moved without a build.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use trefoil_composition::limits::{LONGEST_KEPT_S, LONGEST_MS};
use trefoil_composition::{Kept, Limits};
use trefoil_edge::{AuthPolicy, BffPolicy, CorsPolicy, QuotaPolicy};

/// Section `bffs.<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BffConfig {
    /// `cors`: which web pages may call. Default: none.
    #[serde(default)]
    pub cors: CorsPolicy,
    /// `auth`: whose tokens are believed. Required.
    pub auth: AuthPolicy,
    /// `quota`: how often one caller may call. Default: no quota.
    #[serde(default)]
    pub quota: Option<QuotaPolicy>,
    /// `endpoints`: limits of single endpoints, by the endpoint's name as `gateway routes` lists it. Default: as declared.
    #[serde(default)]
    pub endpoints: BTreeMap<String, EndpointConfig>,
}

/// Section `bffs.<name>.endpoints.<endpoint>`: what is set here wins over the declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EndpointConfig {
    /// `deadline_ms`: the most time an answer may take, 1 to 60000. Default: as declared.
    pub deadline_ms: Option<u64>,
    /// `within_ms`: the most time the call of a field may take, 1 to 60000, by the field's path in the client's names:
    /// `orders.lines.product: 80`. Default: as declared.
    pub within_ms: BTreeMap<String, u64>,
    /// `cache`: how long answers of the call of a field are kept, by the field's path. Only of calls whose declaration says
    /// `cache(…)`. Default: as declared.
    pub cache: BTreeMap<String, KeptConfig>,
    /// `scopes`: what a caller's token must grant beside the declared scopes. Default: none.
    pub scopes: Vec<String>,
    /// `quota`: counts the requests of this endpoint's own route by themselves, in place of the BFF's quota. By GraphQL it
    /// is counted as the BFF's. Default: counted with the BFF's others.
    pub quota: Option<QuotaPolicy>,
}

/// Section `bffs.<name>.endpoints.<endpoint>.cache.<path>`. Times are from 1 to 86400.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeptConfig {
    /// `ttl_s`: how long an answer is fresh. Default: as declared.
    pub ttl_s: Option<u64>,
    /// `stale_while_revalidate_s`: how long after that it is still given out while it is made new. Default: as declared.
    pub stale_while_revalidate_s: Option<u64>,
    /// `stale_if_error_s`: how long after that it is still given out in place of a failure. Default: as declared.
    pub stale_if_error_s: Option<u64>,
}

impl BffConfig {
    /// The edge's part of it.
    pub(crate) fn policy(&self) -> BffPolicy {
        BffPolicy { cors: self.cors.clone(), auth: self.auth.clone(), quota: self.quota }
    }
}

impl EndpointConfig {
    /// What it moves of the endpoint's plan.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            deadline: self.deadline_ms.map(Duration::from_millis),
            within: self.within_ms.iter().map(|(path, &time)| (path.clone(), Duration::from_millis(time))).collect(),
            kept: self.cache.iter().map(|(path, kept)| (path.clone(), kept.kept())).collect(),
            scopes: self.scopes.clone(),
        }
    }

    /// Values that no endpoint can have: the keys below the endpoint's, and what is wrong.
    pub(super) fn faults(&self) -> Vec<(Vec<String>, String)> {
        let times = self.within_ms.iter().map(|(path, &time)| (vec!["within_ms".to_owned(), path.clone()], time));
        let deadline = self.deadline_ms.map(|time| (vec!["deadline_ms".to_owned()], time));
        let unfit = |(path, time): (Vec<String>, u64)| {
            let what = format!("this must be from 1 to {LONGEST_MS}, in milliseconds");
            (!(1..=LONGEST_MS).contains(&time)).then_some((path, what))
        };
        let kept = self.cache.iter().flat_map(|(path, kept)| {
            let times = kept
                .times()
                .into_iter()
                .filter(|(_, time)| time.is_some_and(|time| !(1..=LONGEST_KEPT_S).contains(&time)));
            let what = format!("this must be from 1 to {LONGEST_KEPT_S}, in seconds");
            times.map(move |(key, _)| (vec!["cache".to_owned(), path.clone(), key.to_owned()], what.clone()))
        });
        let scopes = self.scopes.iter().enumerate().filter_map(|(index, scope)| {
            let what = if !is_scope(scope) {
                format!("`{scope}` is no scope: one word of visible ASCII letters without `\"` and `\\` for each")
            } else if self.scopes[..index].contains(scope) {
                format!("the scope `{scope}` stands here twice")
            } else {
                return None;
            };
            Some((vec!["scopes".to_owned(), index.to_string()], what))
        });
        deadline.into_iter().chain(times).filter_map(unfit).chain(kept).chain(scopes).collect()
    }
}

impl KeptConfig {
    fn kept(self) -> Kept {
        let [ttl, stale_while_revalidate, stale_if_error] =
            self.times().map(|(_, seconds)| seconds.map(Duration::from_secs));
        Kept { ttl, stale_while_revalidate, stale_if_error }
    }

    fn times(self) -> [(&'static str, Option<u64>); 3] {
        [
            ("ttl_s", self.ttl_s),
            ("stale_while_revalidate_s", self.stale_while_revalidate_s),
            ("stale_if_error_s", self.stale_if_error_s),
        ]
    }
}

/// RFC 6749 section 3.3.
fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}
