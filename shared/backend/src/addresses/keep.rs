//! Keeps a backend's addresses true: looks them up again whenever what was told is over.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::sleep;

use super::dns::{self, Dns, Found};
use super::places::Places;
use super::{Known, Shared};
use crate::balance::Balancer;
use crate::balance::list::Target;
use crate::transport::Transport;

/// What was found last in each place. A place that cannot be looked up keeps what it had: better an address that may be gone than none.
#[derive(Debug, Default)]
struct Last {
    places: Vec<Vec<Target>>,
    /// Of a service, what its targets were.
    known: dns::Known,
    failures: u32,
}

/// Looks up for ever; the client that it is for ends it.
pub(crate) async fn keep(
    shared: Arc<Shared>,
    places: Places,
    dns: Arc<Dns>,
    balancer: Arc<Balancer>,
    transport: Arc<dyn Transport>,
) {
    let mut last = Last::default();
    loop {
        let (failed, ttl) = last.look_up(&places, &dns).await;
        let targets: Vec<Target> = last.places.concat();
        if !targets.is_empty() {
            for gone in balancer.set(&targets) {
                transport.retire(gone);
            }
            shared.ready.store(true, Ordering::Release);
        }
        let held = dns.config.kept(ttl.unwrap_or(Duration::MAX));
        let wait = match failed {
            None => {
                if last.failures > 0 {
                    balancer.signals.looked_up(targets.len());
                }
                last.failures = 0;
                held
            }
            Some(why) => {
                last.failures = last.failures.saturating_add(1);
                if last.failures == 1 {
                    balancer.signals.not_looked_up(&why, targets.len());
                }
                shared.known.send_if_modified(|known| {
                    let news = targets.is_empty();
                    if news {
                        *known = Known::Failed(why);
                    }
                    news
                });
                // What else was found is not to be used for longer because of it.
                dns.config.pause(last.failures).min(held)
            }
        };
        if !targets.is_empty() {
            shared.known.send_if_modified(|known| std::mem::replace(known, Known::Yes) != Known::Yes);
        }
        sleep(wait).await;
    }
}

impl Last {
    /// Looks all places up; why one could not be, and how long the answers hold.
    async fn look_up(&mut self, places: &Places, dns: &Dns) -> (Option<String>, Option<Duration>) {
        let found: Vec<Result<Found, String>> = match places {
            Places::Service(name) => vec![dns.service(name, &mut self.known).await],
            Places::Hosts(hosts) => join_all(hosts.iter().map(|host| dns.host(host))).await,
        };
        self.places.resize(found.len(), Vec::new());
        let (mut failed, mut least) = (None, None);
        for (last, found) in self.places.iter_mut().zip(found) {
            match found {
                Ok(Found { targets, ttl, failed: part }) => {
                    *last = targets;
                    least = [least, ttl].into_iter().flatten().min();
                    failed = part.or(failed);
                }
                Err(why) => failed = Some(why),
            }
        }
        (failed, least)
    }
}
