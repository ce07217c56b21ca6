//! The headers of answers.

use std::collections::BTreeMap;

use utoipa::openapi::{Header, HeaderBuilder, ObjectBuilder, Ref, RefOr, Type};

use super::errors::Sent;
use crate::declare::HeadPlace;
use crate::outcome::{self, Missing, Reason};
use crate::plan::{Need, Plan};

/// `X-Request-Id`.
pub(super) const REQUEST_ID: &str = "RequestId";
/// `WWW-Authenticate`.
pub(super) const CHALLENGE: &str = "Challenge";
/// `Retry-After`.
pub(super) const RETRY_AFTER: &str = "RetryAfter";
/// `RateLimit`.
pub(super) const RATE_LIMIT: &str = "RateLimit";
/// `RateLimit-Policy`.
pub(super) const RATE_LIMIT_POLICY: &str = "RateLimitPolicy";
/// `ETag`.
pub(super) const ENTITY_TAG: &str = "EntityTag";
/// `Cache-Status`.
pub(super) const CACHE_STATUS: &str = "CacheStatus";
/// `Server-Timing`.
pub(super) const SERVER_TIMING: &str = "ServerTiming";

/// `Idempotency-Replayed`.
pub(super) const REPLAYED: &str = "IdempotencyReplayed";

/// A reference to a shared header.
pub(super) fn reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// The headers that are the same in every answer that has them; `keyed` says whether some write heeds a key.
pub(super) fn shared(sent: Sent, keyed: bool) -> BTreeMap<String, RefOr<Header>> {
    let seconds = HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))))
        .description(Some("The seconds after which a repeat can succeed."))
        .example(Some(1.into()));
    let mut headers = vec![
        (REQUEST_ID, words("The id under which this request is found in logs.", "0193-5f0c")),
        (CHALLENGE, words("What kind of token is needed, and with which scopes (RFC 6750).", "Bearer realm=\"shop\"")),
        (RETRY_AFTER, seconds.build()),
        (
            RATE_LIMIT,
            words(
                "What is left of the caller's quota (`r`), and the seconds until it is whole again (`t`). Present where there is a quota.",
                "\"default\";r=99;t=1",
            ),
        ),
        (
            RATE_LIMIT_POLICY,
            words(
                "The caller's quota: how many requests (`q`) in how many seconds (`w`). Present where there is one.",
                "\"default\";q=100;w=2",
            ),
        ),
    ];
    let about = "Names this answer: sent back in `If-None-Match`, it is answered with 304 while nothing has changed. Degraded answers have none.";
    headers.push((ENTITY_TAG, words(about, "W/\"99aa06d3014798d86001c324468d497f\"")));
    if sent.kept {
        let about = "What the gateway's cache did for each call whose answers it keeps (RFC 9211), by field: `hit`, or why the backend was asked (`fwd`).";
        headers.push((CACHE_STATUS, words(about, "product;hit;ttl=12, rating;fwd=miss;stored;ttl=60")));
    }
    if sent.timed {
        let about = "The milliseconds that each call behind a field took (W3C Server Timing).";
        headers.push((SERVER_TIMING, words(about, "profile;dur=12.3")));
    }
    if keyed {
        let about =
            "Present, and `true`, when the write was made by an earlier request with the same `Idempotency-Key`.";
        headers.push((REPLAYED, words(about, "true")));
    }
    headers.into_iter().map(|(name, header)| (name.to_owned(), RefOr::T(header))).collect()
}

/// `Trefoil-Degraded` as this endpoint can send it; `None` where it cannot do without any of its parts.
pub(super) fn degraded(plan: &Plan) -> Option<Header> {
    let parts: Vec<_> = plan.nodes.iter().filter(|node| !node.fatal).collect();
    let missing: Vec<Missing> = parts
        .iter()
        .zip([Reason::Timeout, Reason::Connect, Reason::Status])
        .map(|(node, reason)| Missing {
            path: node.field.clone(),
            // What is made of others is missing when they are.
            reason: if plan.calls[node.call].is_requested() { reason } else { Reason::Dependency },
            count: 1,
            defaulted: node.need == Need::Default,
        })
        .collect();
    let example = outcome::degraded_header(&outcome::named(plan, missing))?;
    let name = |path: &str| match path {
        "" if plan.answer.is_nothing() => format!("`{}`", plan.name),
        "" => "the answer itself (an empty path)".to_owned(),
        path => format!("`{path}`"),
    };
    let named: Vec<String> = parts.iter().map(|node| name(&node.field)).collect();
    let reasons = [
        Reason::Timeout,
        Reason::Connect,
        Reason::Breaker,
        Reason::Shed,
        Reason::Status,
        Reason::Shape,
        Reason::Dependency,
    ];
    let reasons: Vec<String> = reasons.iter().map(|reason| format!("`{reason}`")).collect();
    let about = format!(
        "What is missing in this answer, and why: an RFC 9651 list of field paths. `reason` is one of {}; `count` says how \
         many items of lists are missing; `default` marks a part for which a default stands in. A complete answer lacks this \
         header; a degraded one also says `Cache-Control: no-store`. It can name {}.",
        reasons.join(", "),
        named.join(", "),
    );
    Some(words(&about, example.to_str().unwrap_or_default()))
}

/// The headers that the endpoint declares of its own. What they are taken from is nobody's business.
pub(super) fn own(plan: &Plan) -> BTreeMap<String, Header> {
    let mut own = BTreeMap::new();
    let (mut links, mut cookies) = (Vec::new(), Vec::new());
    for line in &plan.head {
        match &line.place {
            HeadPlace::Location => {
                own.insert("Location".to_owned(), words("Where what the answer is about is found.", "/orders/1"));
            }
            HeadPlace::Link { rel } => links.push(rel.as_str()),
            HeadPlace::Cookie { name, .. } => cookies.push(name.as_str()),
            HeadPlace::Header(name) => {
                own.insert(name.to_string(), words("Left out where its value is not known.", "1"));
            }
        }
    }
    let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if let Some(first) = links.first() {
        let about = format!("Links (RFC 8288) with the relations {}, each left out where there is none.", list(&links));
        own.insert("Link".to_owned(), words(&about, &format!("</orders>; rel=\"{first}\"")));
    }
    if let Some(first) = cookies.first() {
        let about = format!("The cookies {} (RFC 6265), one header each.", list(&cookies));
        own.insert("Set-Cookie".to_owned(), words(&about, &format!("{first}=…; Secure; HttpOnly")));
    }
    own
}

fn words(about: &str, example: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(about))
        .example(Some(example.into()))
        .build()
}
