//! Before the first request: the issuers' keys, so that an instance that has just started refuses nobody for want of them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use trefoil_edge::IssuerKeys;

use crate::admin::Readiness;

/// How often an issuer is asked before the instance is ready without it: its public endpoints work, and an issuer that is
/// down must not keep every gateway from starting.
const ATTEMPTS: usize = 3;
/// Between two attempts; without keys, the edge begins no fetch earlier than a second after the last.
const PAUSE: Duration = Duration::from_millis(1_100);

/// Fetches the keys of all `issuers`, then says that the instance is ready. What goes wrong is logged where it does.
pub(crate) async fn warm_up(issuers: Vec<Arc<IssuerKeys>>, readiness: Readiness) {
    let warm = join_all(issuers.iter().map(is_warm)).await;
    let cold = warm.iter().filter(|warm| !**warm).count();
    if cold > 0 {
        tracing::warn!(
            cold,
            "ready without the keys of some issuers: their tokens are answered 503 until there are keys"
        );
    }
    readiness.ready();
}

async fn is_warm(keys: &Arc<IssuerKeys>) -> bool {
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        if keys.warm().await {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;
    use futures_util::future::BoxFuture;
    use trefoil_edge::{KeyError, KeySource, KeysConfig};

    use super::*;
    use crate::admin::readiness::State;

    /// Fails as often as it is told, then publishes a key set.
    struct Source {
        failures: usize,
        asked: AtomicUsize,
    }

    impl KeySource for Source {
        fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeyError>> {
            Box::pin(async {
                let asked = self.asked.fetch_add(1, Ordering::SeqCst);
                if asked < self.failures { Err(KeyError("down".into())) } else { Ok(r#"{"keys":[]}"#.into()) }
            })
        }
    }

    async fn asked_until_ready(failures: usize) -> usize {
        let source = Arc::new(Source { failures, asked: AtomicUsize::new(0) });
        let readiness = Readiness::default();
        let warming = warm_up(vec![IssuerKeys::new(source.clone(), KeysConfig::default())], readiness.clone());
        assert_eq!(readiness.get(), State::Starting);
        warming.await;
        assert_eq!(readiness.get(), State::Ready);
        source.asked.load(Ordering::SeqCst)
    }

    #[tokio::test(start_paused = true)]
    async fn an_instance_is_ready_with_the_keys_or_after_three_attempts_at_them() {
        assert_eq!(asked_until_ready(0).await, 1);
        assert_eq!(asked_until_ready(1).await, 2);
        assert_eq!(asked_until_ready(9).await, 3);
    }
}
