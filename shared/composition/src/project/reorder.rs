//! Members that came in another order than declared are put in order when all of them have come.

use super::object::Open;
use super::pass::Pass;
use crate::fragment::Place;

/// Where members lie that were written one after the other, in order.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// The first of them.
    pub(super) output: usize,
    /// One more than the last.
    pub(super) next: usize,
    /// Where its separator stands: `{` or `,`.
    pub(super) start: Place,
    pub(super) end: Place,
}

impl Pass<'_> {
    /// Puts the members of an object, all of which have their slots, in the order of the outputs.
    pub(super) fn reorder(&mut self, open: &Open) {
        let slots = &self.slots[open.base..];
        let last = slots.iter().map(|slot| slot.output).max().unwrap_or_default();
        self.places.clear();
        self.places.resize(last + 1, usize::MAX);
        for (place, slot) in slots.iter().enumerate() {
            self.places[slot.output] = place;
        }
        let mut ordered = self.places.iter().filter_map(|&place| slots.get(place)).peekable();
        if let Some(first) = ordered.peek() {
            // The one that came first had the brace.
            self.writer.set(open.start, b',');
            self.writer.set(first.start, b'{');
        }
        self.writer.reorder(open.start, ordered.map(|slot| slot.start..slot.end));
    }
}
