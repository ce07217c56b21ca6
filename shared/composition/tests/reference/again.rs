//! One case asked three times: by one caller twice, then by another.

use std::collections::BTreeSet;

use http::Method;
use trefoil_composition::declare::Access;

use crate::backends::{Backends, number};
use crate::check::{Face, Ran, describe, in_paused_time, kit, ran, success};
use crate::model::Model;

/// The answers are the same, kept answers are not asked for again, and a write under a key is one caller's, once.
pub(crate) fn again(bytes: &[u8]) -> Result<(), String> {
    let backends = Backends::of(bytes);
    let (first, second, other) = in_paused_time(async {
        let (kit, fakes) = kit(bytes, &backends);
        let first = ran(&kit, &fakes, &backends, Face::Rest).await;
        let second = ran(&kit, &fakes, &backends, Face::Rest).await;
        let other = ran(&kit.clone().caller("u-2", &[]), &fakes, &backends, Face::Rest).await;
        (first, second, other)
    });
    if first.answer.status != success(&backends) {
        return Ok(());
    }
    let kept = Model::expect(&backends, first.asked.clone()).kept;
    let paths = |ran: &Ran, without: &BTreeSet<String>| -> Vec<String> {
        let mut paths: Vec<String> = ran.asked.iter().map(|asked| asked.path.clone()).collect();
        paths.retain(|path| !without.contains(path));
        paths.sort();
        paths
    };
    let keyed = backends.declaration.idempotency.is_some();
    let write = first.asked.iter().find(|asked| keyed && asked.method != Method::GET).map(|asked| asked.path.clone());
    // Where nobody is asked who they are, all are one.
    let public = backends.declaration.access == Access::Public;
    let for_all = |path: &str| backends.call(number(path)).1.cache.as_ref().is_some_and(|cache| cache.shared);
    let shared = |path: &&String| public || for_all(path);
    let shared: BTreeSet<String> = kept.iter().filter(shared).cloned().collect();
    let own: BTreeSet<String> = kept.iter().chain(&write).cloned().collect();
    for (name, ran, without) in [("the second time", &second, &own), ("the other caller", &other, &shared)] {
        let same = |header: &str| first.answer.header(header) == ran.answer.header(header);
        if ran.answer.status != first.answer.status
            || ran.answer.text() != first.answer.text()
            || !same("trefoil-degraded")
        {
            return Err(describe(bytes, &format!("{name}:\n{}\n{}", first.answer.text(), ran.answer.text())));
        }
        let (asked, expected) = (paths(ran, &BTreeSet::new()), paths(&first, without));
        if asked != expected {
            return Err(describe(bytes, &format!("{name} was asked: {asked:?}\nnot: {expected:?}")));
        }
        if ran.under_way > 0 {
            return Err(describe(bytes, &format!("{name}: calls are under way after the answer")));
        }
    }
    match second.answer.header("idempotency-replayed") {
        Some(_) if write.is_none() => Err(describe(bytes, "nothing was written, and it is said to be a repeat")),
        None if write.is_some() => Err(describe(bytes, "a repeat is not said to be one")),
        _ => Ok(()),
    }
}
