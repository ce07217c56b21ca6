//! Objects that refer to others further out: who is around whom, and answers that no two objects can have in common.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Runner;
use super::requests::Waiting;
use super::state::{Entry, State};
use crate::outcome::Failure;
use crate::plan::Plan;

impl State {
    /// The object of the site `of` that an object stands in.
    pub(crate) fn further_out(&self, (mut site, mut item): (usize, usize), of: usize) -> Option<usize> {
        // There is one outermost object.
        if of == 0 {
            return Some(0);
        }
        loop {
            (site, item) = self.items[site].get(item)?.around?;
            if site == of {
                return Some(item);
            }
        }
    }

    /// Counts the objects around these that have no holes of their own: they are there for what they supply.
    pub(super) fn count_around(&mut self, plan: &Plan, objects: &[(usize, usize)], more: usize) {
        let mut counted = BTreeSet::new();
        for &(site, item) in objects {
            let body = self.items[site][item].buffer;
            let (mut site, mut item) = (site, item);
            while let Some(around) =
                self.items[site][item].around.filter(|&(site, item)| self.items[site][item].buffer == body)
            {
                (site, item) = around;
                if plan.sites[site].outputs.is_empty() && counted.insert(around) {
                    self.places[site][item] += more;
                }
            }
        }
    }

    /// Ties the objects of a body to the one that it is for.
    pub(super) fn tie(&mut self, to: (usize, usize), objects: Vec<(usize, usize)>) {
        for (mut site, mut item) in objects {
            // Those in the same body are tied to each other already: the last of them stands alone.
            while let Some(around) = self.items[site][item].around.filter(|around| *around != to) {
                (site, item) = around;
            }
            self.items[site][item].around = Some(to);
        }
    }

    /// The answer itself for the first object that has it, and a copy for each other: the same bytes, with objects of its own.
    pub(super) fn of_its_own(&mut self, plan: &Plan, call: usize, entry: usize) -> usize {
        if !std::mem::replace(&mut self.entries[call][entry].taken, true) {
            return entry;
        }
        if let Some(copy) = self.spare.get_mut(&(call, entry)).and_then(Vec::pop) {
            return copy;
        }
        self.copy(plan, call, entry);
        self.spare.get_mut(&(call, entry)).and_then(Vec::pop).unwrap_or(entry)
    }

    /// Enters the bodies of an answer once more. Where they have many elements, the other elements are there for others.
    fn copy(&mut self, plan: &Plan, call: usize, entry: usize) {
        let Entry { pieces, request, .. } = &self.entries[call][entry];
        let (bodies, request): (Vec<usize>, usize) = (pieces.iter().map(|(body, _)| *body).collect(), *request);
        let copies: Vec<usize> = bodies
            .iter()
            .enumerate()
            .map(|(program, &body)| {
                let buffer = Arc::clone(&self.buffers[body].buffer);
                self.enter(plan, buffer, &plan.calls[call].sites[program], request)
            })
            .collect();
        for other in 0..self.entries[call].len() {
            let Entry { pieces, noted, .. } = &self.entries[call][other];
            if !pieces.iter().map(|(body, _)| body).eq(&bodies) {
                continue;
            }
            let pieces = copies.iter().zip(pieces).map(|(&body, (_, element))| (body, element.clone())).collect();
            let noted = noted.clone();
            self.spare.entry((call, other)).or_default().push(self.entries[call].len());
            self.entries[call].push(Entry { pieces, noted, request, taken: true });
        }
    }
}

impl Runner<'_> {
    /// The failure of a call, of the same object or of one that supplies it, without whose value this one cannot be made.
    pub(super) fn dependency(&self, node: usize, item: usize) -> Option<Failure> {
        let needs = &self.doing.plan.nodes[node].needs;
        needs.iter().find_map(|&other| self.failure_for((node, item), other))
    }

    /// The failure of another node for the object that a node is of, or for the one further out that has that other.
    pub(super) fn failure_for(&self, (node, item): Waiting, other: usize) -> Option<Failure> {
        let nodes = &self.doing.plan.nodes;
        let item = match (nodes[node].site, nodes[other].site) {
            (own, of) if own == of => item,
            (own, further_out) => self.state.further_out((own, item), further_out)?,
        };
        self.failure(other, item)
    }
}
