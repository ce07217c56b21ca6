//! What is known while a plan runs: the pieces that have come, the objects in them, and what became of each object's calls.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::fragment::{Buffer, Hole, Part};
use crate::outcome::Failure;
use crate::plan::{Plan, Source};
use crate::project::{Element, Projected};
use crate::render::Value;

/// Everything that is known.
#[derive(Debug)]
pub struct State {
    /// The projected bodies; the first is the plan's frame.
    pub(crate) buffers: Vec<Body>,
    /// The objects of each site.
    pub(crate) items: Vec<Vec<Item>>,
    /// In how many places of the answer each object of a site stands. What was not asked for stands in none.
    pub(crate) places: Vec<Vec<usize>>,
    /// What became of each node, for each object of its site.
    pub(crate) settled: Vec<Vec<Settled>>,
    /// The answers of each call.
    pub(crate) entries: Vec<Vec<Entry>>,
    /// Copies of answers that no object has yet, by the call and the answer.
    pub(super) spare: HashMap<(usize, usize), Vec<usize>>,
}

/// A projected body, and where its objects stand among those of their sites.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) buffer: Arc<Buffer>,
    /// For each site of its program: the plan's site, and the place of its first object there.
    pub(crate) sites: Vec<(usize, usize)>,
}

/// One object with calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    /// The body that it is in.
    pub(crate) buffer: usize,
    /// The body's own site.
    pub(crate) site: usize,
    /// Which object of that site.
    pub(crate) index: usize,
    /// Which request of its call the body came for: the order of objects is not that of arrival.
    pub(crate) request: usize,
    /// The object around it, by its site and place there: in the same body, or the one that the body is for. Known where it is
    /// asked for.
    pub(crate) around: Option<(usize, usize)>,
}

/// What became of one call for one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Nothing yet.
    Open,
    /// There is none, or an input was null: null, and complete.
    Null,
    /// An input was null, and the call has a default: that, and complete.
    Default,
    /// It failed, and the answer may go on without it.
    Failed(Failure),
    /// It was answered by this entry of the call.
    Filled(usize),
}

/// One answer of a call, projected by each of its programs.
#[derive(Debug)]
pub(crate) struct Entry {
    /// For each program: the body, and the element of it.
    pub(crate) pieces: Vec<(usize, Element)>,
    /// What the first program noted.
    pub(crate) noted: Vec<Option<Bytes>>,
    /// The request that it answered.
    pub(crate) request: usize,
    /// Whether an object has it, where no two may have the same.
    pub(crate) taken: bool,
}

impl State {
    /// Before any call: the frame, and in it the outermost object.
    pub(crate) fn new(plan: &Plan) -> State {
        let mut state = State {
            buffers: Vec::with_capacity(plan.calls.len() + 1),
            items: vec![Vec::new(); plan.sites.len()],
            places: vec![Vec::new(); plan.sites.len()],
            settled: vec![Vec::new(); plan.nodes.len()],
            entries: plan.calls.iter().map(|_| Vec::new()).collect(),
            spare: HashMap::new(),
        };
        let sites: Vec<usize> = (0..plan.sites.len()).filter(|&site| plan.sites[site].from.is_none()).collect();
        state.enter(plan, Arc::clone(&plan.frame), &sites, 0);
        for site in sites {
            state.places[site].fill(1);
        }
        state
    }

    /// Takes a projected body in: its objects join those of their sites.
    pub(super) fn enter(&mut self, plan: &Plan, buffer: Arc<Buffer>, sites: &[usize], request: usize) -> usize {
        let body = self.buffers.len();
        let mut places = Vec::with_capacity(sites.len());
        for (own, &site) in sites.iter().enumerate() {
            let count = buffer.sites.get(own).map_or(0, |items| items.count as usize);
            places.push((site, self.items[site].len()));
            let around = |index: usize| *buffer.sites.get(own)?.around.get(index)?;
            // The sites of a body are entered in order, and what is around an object is of one before its own, or of it.
            let item = |index| {
                let around =
                    around(index).map(|(site, item)| (sites[site as usize], places[site as usize].1 + item as usize));
                Item { buffer: body, site: own, index, request, around }
            };
            self.items[site].extend((0..count).map(item));
            self.places[site].resize(self.items[site].len(), 0);
            for &node in plan.sites[site].nodes.iter().flatten() {
                self.settled[node].resize(self.items[site].len(), Settled::Open);
            }
        }
        self.buffers.push(Body { buffer, sites: places });
        body
    }

    /// Takes the answer of a call in, projected by each of its programs. The entries made are returned as a range: one, or as
    /// many as a batch's answer has elements.
    pub(crate) fn answer(
        &mut self,
        plan: &Plan,
        (call, request): (usize, usize),
        projections: Vec<Projected>,
    ) -> std::ops::Range<usize> {
        let planned = &plan.calls[call];
        let first = self.entries[call].len();
        for (number, projected) in projections.into_iter().enumerate() {
            let Projected { buffer, captures, elements } = projected;
            let body = self.enter(plan, Arc::new(buffer), &planned.sites[number], request);
            let notes = planned.programs[number].captures + planned.heads.len();
            for (position, element) in elements.into_iter().enumerate() {
                if number == 0 {
                    let noted =
                        captures.get(position * notes..(position + 1) * notes).map_or_else(Vec::new, <[_]>::to_vec);
                    let pieces = Vec::with_capacity(planned.programs.len());
                    self.entries[call].push(Entry { pieces, noted, request, taken: false });
                }
                if let Some(entry) = self.entries[call].get_mut(first + position) {
                    entry.pieces.push((body, element));
                }
            }
        }
        first..self.entries[call].len()
    }

    /// Fills a call field of one object with an entry: the objects in it stand in as many places more as this one does.
    pub(crate) fn fill(&mut self, plan: &Plan, (node, item): (usize, usize), entry: usize) {
        let (site, call) = (plan.nodes[node].site, plan.nodes[node].call);
        let tied = plan.calls[call].tied;
        let entry = if tied { self.of_its_own(plan, call, entry) } else { entry };
        self.settled[node][item] = Settled::Filled(entry);
        let more = self.places[site][item];
        let outputs = &plan.sites[site].outputs;
        for (position, &(_, program)) in outputs.iter().enumerate().filter(|(_, (other, _))| *other == node) {
            let again = outputs[..position].contains(&(node, program));
            let Some((body, element)) = self.entries[call][entry].pieces.get(program).filter(|_| !again) else {
                continue;
            };
            let Body { buffer, sites } = &self.buffers[*body];
            if sites.is_empty() {
                continue;
            }
            let mut inside = Vec::new();
            let around = plan.calls[call].programs[program].tied;
            for part in &buffer.parts[element.piece.parts.clone()] {
                // Each object is counted at its first hole.
                if let Part::Hole(hole) = *part
                    && let Some(&Hole { site, item, output: 0 }) = buffer.holes.get(hole as usize)
                {
                    let (inner, first) = sites[site as usize];
                    self.places[inner][first + item as usize] += more;
                    if around {
                        inside.push((inner, first + item as usize));
                    }
                }
            }
            self.count_around(plan, &inside, more);
            if tied {
                self.tie((site, item), inside);
            }
        }
    }

    /// The objects of a site that stand in the answer, in an order that is the same whatever came first.
    pub(crate) fn standing(&self, site: usize) -> Vec<usize> {
        let mut items: Vec<usize> = (0..self.items[site].len()).filter(|&item| self.places[site][item] > 0).collect();
        items.sort_by_key(|&item| self.items[site][item].request);
        items
    }

    /// A value of one object: its own, noted from another of its calls, or one of these of an object further out.
    pub(crate) fn value(&self, plan: &Plan, site: usize, item: usize, source: Source) -> Value {
        match source {
            Source::Own(number) => {
                let Item { buffer, site: own, index, .. } = *self.items[site].get(item)?;
                let stride = plan.sites[site].values;
                self.buffers[buffer].buffer.sites.get(own)?.values.get(index * stride + number)?.clone()
            }
            Source::Noted { field, number } => {
                let node = plan.sites[site].nodes.get(field).copied().flatten()?;
                let call = plan.nodes[node].call;
                match self.settled[node].get(item)? {
                    Settled::Filled(entry) => self.entries[call].get(*entry)?.noted.get(number).cloned().flatten(),
                    Settled::Failed(_) | Settled::Default => {
                        plan.calls[call].default.as_ref()?.first()?.captures.get(number).cloned().flatten()
                    }
                    Settled::Open | Settled::Null => None,
                }
            }
            Source::OwnOf { site: of, number } => {
                self.value(plan, of, self.further_out((site, item), of)?, Source::Own(number))
            }
            Source::NotedOf { site: of, field, number } => {
                self.value(plan, of, self.further_out((site, item), of)?, Source::Noted { field, number })
            }
            Source::Literal(number) => plan.literals.get(number).cloned(),
            Source::Param(_) | Source::Body(_) | Source::CallerId | Source::Claim(_) | Source::Nothing => None,
        }
    }
}
