//! Members that came in another order than declared: their parts are put in order, no byte is moved.

use super::pass::Pass;
use crate::fragment::{Part, push_bytes};

/// Where members lie that were written one after the other, in order: their bytes, and the parts that were cut inside them.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// The first of them.
    pub(super) output: usize,
    /// One more than the last.
    pub(super) next: usize,
    /// Its first byte: the separator, `{` or `,`.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The parts cut while it was written.
    pub(super) first_part: usize,
    pub(super) last_part: usize,
    /// Where the bytes after its last cut begin.
    pub(super) tail: usize,
}

impl Pass<'_> {
    /// Puts the members of the object that began at byte `start` (with `first_part` parts before it), whose slots are those
    /// from `base` on, in the order of the outputs.
    pub(super) fn reorder(&mut self, base: usize, start: usize, first_part: usize, cut_before: usize) {
        let slots = &self.slots[base..];
        let last = slots.iter().map(|slot| slot.output).max().unwrap_or_default();
        self.places.clear();
        self.places.resize(last + 1, usize::MAX);
        for (place, slot) in slots.iter().enumerate() {
            self.places[slot.output] = place;
        }
        let ordered = &mut self.ordered;
        ordered.clear();
        // What was written before the object and not yet cut is a part of its own.
        push_bytes(ordered, cut_before.min(start), start);
        let mut separator = b'{';
        for slot in self.places.iter().filter_map(|&place| slots.get(place)) {
            self.writer.set(slot.start, separator);
            separator = b',';
            if slot.first_part == slot.last_part {
                push_bytes(ordered, slot.start, slot.end);
                continue;
            }
            // The first part cut inside a member began before it: the member's share begins at the member.
            for (number, part) in self.writer.parts[slot.first_part..slot.last_part].iter().enumerate() {
                match *part {
                    Part::Bytes { start, len } if number == 0 => {
                        push_bytes(ordered, slot.start, (start + len) as usize);
                    }
                    other => ordered.push(other),
                }
            }
            push_bytes(ordered, slot.tail, slot.end);
        }
        self.writer.parts.truncate(first_part);
        self.writer.parts.extend_from_slice(&self.ordered);
        self.writer.cut = self.writer.len();
    }
}
