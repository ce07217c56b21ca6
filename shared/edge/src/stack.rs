//! The whole onion on one page: every layer in request order, and why it stands where it stands.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use opentelemetry::metrics::Meter;
use tower::ServiceBuilder;

use crate::access_log::AccessLog;
use crate::around::AroundLayer;
use crate::authenticate::Authenticate;
use crate::bff::{Bff, Bffs};
use crate::catch_panic::CatchPanicLayer;
use crate::compression::Compress;
use crate::cors::ApplyCors;
use crate::limits::Limit;
use crate::metrics::Measure;
use crate::path::RefuseOddPaths;
use crate::problems::RenderProblems;
use crate::quota::SpendQuota;
use crate::request_id::GiveContext;
use crate::security_headers::SecurityHeaders;
use crate::strip_identity::StripIdentity;
use crate::trace::TraceLayer;
use crate::unread_body::UnreadBodyLayer;
use crate::{BffRoutes, BuildError, EdgeConfig, QuotaStore, Sampling, problem_pages};

/// Hangs the BFFs into the edge. What has no route goes through the same layers.
///
/// After a reload, build a new one; hand in the same quota store and the same [`crate::IssuerKeys`], so that counts and
/// keys survive.
///
/// # Errors
/// When a policy or a name does not do; nothing is built then.
pub fn stack(
    config: &EdgeConfig,
    bffs: Vec<BffRoutes>,
    sampling: Sampling,
    meter: &Meter,
    quota: Arc<dyn QuotaStore>,
) -> Result<Router, BuildError> {
    let mut routes = problem_pages::routes();
    let mut known = Bffs::default();
    for bff in bffs {
        let (bff, router) = Bff::build(bff)?;
        // A fallback of the BFF's own would be a route that nobody declared.
        routes = routes.nest(&bff.prefix, router.reset_fallback());
        known.add(bff)?;
    }
    let identity = config.identity.headers()?;

    let layers = ServiceBuilder::new()
        // Outside of all that may refuse a request without reading it, and of what measures: the rest of a body is no work.
        .layer(UnreadBodyLayer)
        // Before all else that knows of the request, so that every answer has an id, and everything below can say which request it is about.
        .layer(AroundLayer(GiveContext::new(Arc::new(known))))
        // Decides whether spans are made at all, so it comes before anything that might make one or log inside one.
        .layer(TraceLayer(sampling))
        // Times everything that a client waits for; inside the trace, so that a slow sample can lead to its trace.
        .layer(AroundLayer(Measure::new(meter)))
        // One line about the final answer: everything that may still change the answer stands below.
        .layer(AroundLayer(AccessLog))
        // On every answer, refusals included, so it stands above all that refuse.
        .layer(AroundLayer(SecurityHeaders::new(&config.security_headers)))
        // Gives every error its one form; above the panics, whose answers need it, too.
        .layer(AroundLayer(RenderProblems))
        // A panic becomes a 500 here; what stands above runs for it as for any other answer.
        .layer(CatchPanicLayer)
        // An ambiguous path must not reach anything that decides by path.
        .layer(AroundLayer(RefuseOddPaths))
        // Sizes and repeats are checked before a header is believed or a body is read.
        .layer(AroundLayer(Limit::new(config.limits.clone())))
        // The limit above is the only one: axum's own would cut in at 2 MB.
        .layer(DefaultBodyLimit::disable())
        // Nobody below ever sees an identity that a client made up: before authentication, also where there is none.
        .layer(AroundLayer(StripIdentity::new(identity)))
        // The last to touch a good answer's bytes, and its length; what is refused above is small.
        .layer(Compress::new(&config.compression))
        // Preflights carry no token: before authentication. A page may read why it was refused: around it.
        .layer(AroundLayer(ApplyCors))
        // Who is asking? Before anything that costs or counts by caller.
        .layer(AroundLayer(Authenticate))
        // Counts by caller, last before the work.
        .layer(AroundLayer(SpendQuota::new(quota)));

    // `Router::layer`, so that each layer sees the route that was matched; once, so that the order is the page's.
    Ok(routes.layer(layers))
}
