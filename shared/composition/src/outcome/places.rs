//! Every place of an answer where a call failed: what GraphQL's `errors` name, one by one, and its `degraded` counts.

use serde::Serialize;

use super::write::{Filling, filling, is_unseen};
use super::{Failure, Missing};
use crate::fragment::{Part, Piece};
use crate::plan::{Need, Plan};
use crate::run::{Settled, State};

/// A step of the way to a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Step {
    /// A member, by its response key.
    Key(String),
    /// An item of a list.
    Index(u32),
}

/// A place where a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The way to it in the answer; of what is not shown, to what it stands in.
    pub(crate) path: Vec<Step>,
    /// Whether it is not shown.
    unseen: bool,
    /// Whether there is null because of it.
    pub(crate) is_null: bool,
    pub(crate) node: usize,
    pub(crate) failure: Failure,
}

/// The failed places, in the order of the answer.
pub(crate) fn failed_places(plan: &Plan, state: &State) -> Vec<Place> {
    let failed = |settled: &Vec<Settled>| settled.iter().any(|settled| matches!(settled, Settled::Failed(_)));
    if !state.settled.iter().any(failed) {
        return Vec::new();
    }
    let mut walk = Walk { plan, state, path: Vec::new(), found: Vec::new() };
    walk.piece(0, &state.buffers[0].buffer.whole());
    walk.found
}

/// What is missing, in the order of the plan, by response keys: what is shown under two aliases is missing under both. What is not shown
/// has the client's own name.
pub(crate) fn missing_places(plan: &Plan, state: &State, places: &[Place]) -> Vec<Missing> {
    let mut all = Vec::new();
    for (index, node) in plan.nodes.iter().enumerate() {
        let mut here = places.iter().filter(|place| place.node == index).peekable();
        if here.peek().is_none() {
            super::missing_of(plan, state, index, &mut all);
        }
        for place in here {
            let keys = place.path.iter().filter_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Index(_) => None,
            });
            let own = place.unseen.then(|| node.field.rsplit('.').next()).flatten();
            let path = keys.chain(own).collect::<Vec<_>>().join(".");
            let (reason, defaulted) = (place.failure.reason, node.need == Need::Default);
            super::add(&mut all, &Missing { path, reason, count: 1, defaulted });
        }
    }
    all
}

struct Walk<'a> {
    plan: &'a Plan,
    state: &'a State,
    path: Vec<Step>,
    found: Vec<Place>,
}

impl Walk<'_> {
    fn piece(&mut self, buffer: usize, piece: &Piece) {
        let body = &self.state.buffers[buffer].buffer;
        for part in &body.parts[piece.parts.clone()] {
            let Part::Hole(hole) = *part else { continue };
            let Some(&hole) = body.holes.get(hole as usize) else { continue };
            let (site, _) = self.state.buffers[buffer].sites[hole.site as usize];
            let length = self.path.len();
            self.descend(buffer, site, hole.site as usize, hole.item as usize);
            // What is not in the answer has no place in it, but what it takes with it has.
            let unseen = is_unseen(self.plan, self.state, buffer, hole);
            let key = &self.plan.sites[site].output_keys[hole.output as usize];
            // The answer as a whole has no key.
            if !unseen && !key.is_empty() {
                self.path.push(Step::Key(key.clone()));
            }
            let (node, item, filling) = filling(self.plan, self.state, buffer, hole);
            if let Some(Settled::Failed(failure)) = self.state.settled[node].get(item) {
                let is_null = match self.plan.nodes[node].need {
                    Need::Required => true,
                    Need::Optional => !unseen,
                    Need::Default => false,
                };
                self.found.push(Place { path: self.path.clone(), unseen, is_null, node, failure: *failure });
            }
            if let Filling::Piece(buffer, element) = filling {
                self.piece(buffer, &element.piece);
            }
            self.path.truncate(length);
        }
    }

    fn descend(&mut self, buffer: usize, site: usize, own: usize, item: usize) {
        let keys = &self.plan.sites[site].keys;
        let lists = keys.iter().filter(|key| key.is_none()).count();
        let indices = &self.state.buffers[buffer].buffer.sites[own].indices;
        let mut indices = indices.iter().skip(item * lists);
        for key in keys {
            match key {
                Some(key) => self.path.push(Step::Key(key.clone())),
                None => self.path.push(Step::Index(indices.next().copied().unwrap_or_default())),
            }
        }
    }
}
