//! Writes an answer: a walk over the parts of its pieces.
//!
//! First, and only if something failed that may not be null, it is decided what becomes null: regions of bodies, and whole
//! pieces. Then everything is written once, in order.

use std::collections::HashMap;

use bytes::{Bytes, BytesMut};

use super::Failure;
use crate::fragment::{Hole, Part, Piece};
use crate::plan::{Need, Plan};
use crate::project::Element;
use crate::run::{Settled, State};

/// Writes the answer, or says which node's failure leaves nothing of it.
pub(super) fn write(plan: &Plan, state: &State) -> Result<Bytes, (usize, Failure)> {
    let mut nulls = Nulls { plan, state, regions: HashMap::new(), pieces: HashMap::new() };
    let frame = state.buffers[0].buffer.whole();
    let climbs = plan.nodes.iter().zip(&state.settled).any(|(node, settled)| {
        node.need == Need::Required && settled.iter().any(|settled| !matches!(settled, Settled::Filled(_)))
    });
    if climbs && let Some(cause) = nulls.resolve(0, &frame) {
        return Err(cause);
    }
    let length = state.buffers.iter().map(|body| body.buffer.own_len(&body.buffer.whole())).sum::<usize>();
    let mut out = BytesMut::with_capacity(length + 16);
    Writing { plan, state, nulls: &nulls.regions, pieces: &nulls.pieces }.piece(0, &frame, &mut out);
    Ok(out.freeze())
}

/// Writes one top-level field, or says which node's failure leaves nothing of the answer.
pub(super) fn field(plan: &Plan, state: &State, output: usize) -> Result<Bytes, (usize, Failure)> {
    let hole = Hole { site: 0, output: u32::try_from(output).unwrap_or(u32::MAX), item: 0 };
    let mut nulls = Nulls { plan, state, regions: HashMap::new(), pieces: HashMap::new() };
    if let (Need::Required, Some(cause)) = nulls.hole(0, hole) {
        return Err(cause);
    }
    let mut out = BytesMut::new();
    Writing { plan, state, nulls: &nulls.regions, pieces: &nulls.pieces }.hole(0, hole, &mut out);
    Ok(out.freeze())
}

/// What stands in a hole.
pub(super) enum Filling<'a> {
    Null,
    Piece(usize, &'a Element),
    Default(&'a crate::project::Projected),
}

/// Looks up what a call left in a hole: its node, the object, and what stands there.
pub(super) fn filling<'a>(plan: &'a Plan, state: &'a State, buffer: usize, hole: Hole) -> (usize, usize, Filling<'a>) {
    let (site, first) = state.buffers[buffer].sites[hole.site as usize];
    let item = first + hole.item as usize;
    let (node, program) = plan.sites[site].outputs[hole.output as usize];
    let call = plan.nodes[node].call;
    let default = || {
        let projected = plan.calls[call].default.as_ref().and_then(|default| default.get(program));
        projected.map_or(Filling::Null, Filling::Default)
    };
    let filling = match state.settled[node].get(item) {
        Some(Settled::Filled(entry)) => match state.entries[call][*entry].pieces.get(program) {
            Some((_, element)) if element.null => Filling::Null,
            Some((buffer, element)) => Filling::Piece(*buffer, element),
            None => Filling::Null,
        },
        Some(Settled::Failed(_)) if plan.nodes[node].need == Need::Default => default(),
        Some(Settled::Default) => default(),
        Some(Settled::Failed(_) | Settled::Null | Settled::Open) | None => Filling::Null,
    };
    (node, item, filling)
}

/// Whether the hole stands for something that is not in the answer.
pub(super) fn is_unseen(plan: &Plan, state: &State, buffer: usize, hole: Hole) -> bool {
    let (site, _) = state.buffers[buffer].sites[hole.site as usize];
    (hole.output as usize) < plan.sites[site].unseen
}

/// Decides what becomes null.
struct Nulls<'a> {
    plan: &'a Plan,
    state: &'a State,
    /// The regions that become null, by body.
    regions: HashMap<usize, Vec<bool>>,
    /// Why a piece becomes null as a whole, if it does, by its body and first part.
    pieces: HashMap<(usize, usize), Option<Cause>>,
}

/// A node, and how its call failed.
type Cause = (usize, Failure);

impl Nulls<'_> {
    /// What a null in a hole means, and why there is one, if there is.
    fn hole(&mut self, buffer: usize, hole: Hole) -> (Need, Option<Cause>) {
        let state = self.state;
        let (node, item, filling) = filling(self.plan, state, buffer, hole);
        let cause = match filling {
            Filling::Null => Some(match state.settled[node].get(item) {
                Some(Settled::Failed(failure)) => (node, *failure),
                _ => (node, Failure::new(super::Reason::Shape)),
            }),
            Filling::Default(_) => None,
            Filling::Piece(buffer, element) => self.resolve(buffer, &element.piece),
        };
        (self.plan.nodes[node].need, cause)
    }

    /// Why the piece becomes null as a whole, if it does: the first cause that nothing in it shelters.
    fn resolve(&mut self, buffer: usize, piece: &Piece) -> Option<Cause> {
        if let Some(&known) = self.pieces.get(&(buffer, piece.parts.start)) {
            return known;
        }
        let state = self.state;
        let body = &state.buffers[buffer].buffer;
        let mut open: Vec<u32> = Vec::new();
        let mut whole = None;
        for part in &body.parts[piece.parts.clone()] {
            match *part {
                Part::Bytes { .. } => {}
                Part::Open(region) => open.push(region),
                Part::Close => {
                    open.pop();
                }
                Part::Hole(hole) => {
                    let Some(&hole) = body.holes.get(hole as usize) else { continue };
                    let (Need::Required, Some(cause)) = self.hole(buffer, hole) else { continue };
                    match open.last() {
                        Some(&region) => {
                            let regions = self.regions.entry(buffer).or_default();
                            regions.resize(body.regions as usize, false);
                            regions[region as usize] = true;
                        }
                        None => whole = whole.or(Some(cause)),
                    }
                }
            }
        }
        self.pieces.insert((buffer, piece.parts.start), whole);
        whole
    }
}

struct Writing<'a> {
    plan: &'a Plan,
    state: &'a State,
    nulls: &'a HashMap<usize, Vec<bool>>,
    pieces: &'a HashMap<(usize, usize), Option<Cause>>,
}

impl Writing<'_> {
    fn piece(&self, buffer: usize, piece: &Piece, out: &mut BytesMut) {
        let body = &self.state.buffers[buffer].buffer;
        let nulls = self.nulls.get(&buffer);
        // How many regions are open inside one that is null.
        let mut inside = 0_usize;
        for part in &body.parts[piece.parts.clone()] {
            match *part {
                Part::Open(_) if inside > 0 => inside += 1,
                Part::Close if inside > 0 => inside -= 1,
                _ if inside > 0 => {}
                Part::Open(region) => {
                    if nulls.is_some_and(|nulls| nulls[region as usize]) {
                        out.extend_from_slice(b"null");
                        inside = 1;
                    }
                }
                Part::Close => {}
                Part::Bytes { start, len } => out.extend_from_slice(body.slice(start, len)),
                Part::Hole(hole) => {
                    if let Some(&hole) = body.holes.get(hole as usize) {
                        self.hole(buffer, hole, out);
                    }
                }
            }
        }
    }

    fn hole(&self, buffer: usize, hole: Hole, out: &mut BytesMut) {
        if is_unseen(self.plan, self.state, buffer, hole) {
            return;
        }
        match filling(self.plan, self.state, buffer, hole).2 {
            Filling::Null => out.extend_from_slice(b"null"),
            Filling::Piece(buffer, element) => {
                if matches!(self.pieces.get(&(buffer, element.piece.parts.start)), Some(Some(_))) {
                    out.extend_from_slice(b"null");
                } else {
                    self.piece(buffer, &element.piece, out);
                }
            }
            // A default has no calls in it.
            Filling::Default(projected) => {
                for part in projected
                    .elements
                    .first()
                    .map_or(&[][..], |element| &projected.buffer.parts[element.piece.parts.clone()])
                {
                    if let Part::Bytes { start, len } = *part {
                        out.extend_from_slice(projected.buffer.slice(start, len));
                    }
                }
            }
        }
    }
}
