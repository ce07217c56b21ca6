//! One case asked three times: by one caller twice, then by another.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use trefoil_backend::BreakerConfig;
use trefoil_composition::declare::Access;
use trefoil_testing::Answer;

use crate::backends::{Backends, What, number};
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
        if ran.under_way > 0 {
            return Err(describe(bytes, &format!("{name}: calls are under way after the answer")));
        }
        if by_breaker(ran, &backends, &[&first, &second, &other]) {
            continue;
        }
        let different = different(&first, ran);
        if !different.is_empty() {
            return Err(describe(bytes, &format!("{name}:\n{}", different.join("\n"))));
        }
        let (asked, expected) = (paths(ran, &BTreeSet::new()), paths(&first, without));
        if asked != expected {
            return Err(describe(bytes, &format!("{name} was asked: {asked:?}\nnot: {expected:?}")));
        }
    }
    match second.answer.header("idempotency-replayed") {
        Some(_) if write.is_none() => Err(describe(bytes, "nothing was written, and it is said to be a repeat")),
        None if write.is_some() => Err(describe(bytes, "a repeat is not said to be one")),
        _ => Ok(()),
    }
}

/// Whether a breaker made this answer another one, rightly: the answer says so, and in these requests together some backend
/// failed often enough for it. The reference has no breakers; they have tests of their own.
fn by_breaker(ran: &Ran, backends: &Backends, requests: &[&Ran]) -> bool {
    let degraded = ran.answer.header("trefoil-degraded").unwrap_or_default();
    let says_so = degraded.contains("reason=breaker") || ran.answer.text().contains(r#""code":"backend-overloaded""#);
    let fails = |path: &str| matches!(backends.said(path).what, What::Refused | What::Broken | What::Status(500));
    let mut failures: BTreeMap<&str, u32> = BTreeMap::new();
    for asked in requests.iter().flat_map(|ran| &ran.asked).filter(|asked| fails(&asked.path)) {
        *failures.entry(&backends.call(number(&asked.path)).1.backend).or_default() += 1;
    }
    says_so && failures.values().any(|failures| *failures >= BreakerConfig::default().consecutive_failures)
}

/// What of two answers is not the same.
fn different(one: &Ran, other: &Ran) -> Vec<String> {
    let (one, other) = (&one.answer, &other.answer);
    let mut found = Vec::new();
    if one.status != other.status {
        found.push(format!("status: {} and {}", one.status, other.status));
    }
    let degraded = |answer: &Answer| answer.header("trefoil-degraded").unwrap_or("nothing").to_owned();
    if degraded(one) != degraded(other) {
        found.push(format!("missing: {}\n     and {}", degraded(one), degraded(other)));
    }
    if one.text() != other.text() {
        found.push(format!("body: {}\n and {}", around(one.text(), other.text()), around(other.text(), one.text())));
    }
    found
}

/// A body from a little before where it is another than the other one.
fn around(body: &str, other: &str) -> String {
    let same = body.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let skipped = same.saturating_sub(80);
    let seen: String = body.chars().skip(skipped).take(400).collect();
    if skipped == 0 { seen } else { format!("(after {skipped} characters that are the same) {seen}") }
}
