//! Members that came in another order than declared: their parts are put in order, no byte is moved.

use super::pass::Pass;
use crate::fragment::Part;

/// Where one written member lies: its bytes, and the parts that were cut inside it.
#[derive(Clone, Copy, Default)]
pub(super) struct Slot {
    /// Its first byte: the separator, `{` or `,`. Zero length means: not written.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The parts cut while it was written.
    pub(super) first_part: usize,
    pub(super) last_part: usize,
    /// Where the bytes after its last cut begin.
    pub(super) tail: usize,
}

impl Slot {
    pub(super) fn is_written(&self) -> bool {
        self.end > self.start
    }
}

impl Pass<'_> {
    /// Puts the members of the object that began at byte `start` (with `first_part` parts before it) in the order of the
    /// slots from `base` on.
    pub(super) fn reorder(&mut self, base: usize, start: usize, first_part: usize, cut_before: usize) {
        let slots = &self.slots[base..];
        let ordered = &mut self.ordered;
        ordered.clear();
        // What was written before the object and not yet cut is a part of its own.
        push(ordered, cut_before.min(start), start);
        let mut separator = b'{';
        for slot in slots.iter().filter(|slot| slot.is_written()) {
            self.out[slot.start] = separator;
            separator = b',';
            if slot.first_part == slot.last_part {
                push(ordered, slot.start, slot.end);
                continue;
            }
            // The first part cut inside a member began before it: the member's share begins at the member.
            for (number, part) in self.parts[slot.first_part..slot.last_part].iter().enumerate() {
                match *part {
                    Part::Bytes { start, len } if number == 0 => push(ordered, slot.start, (start + len) as usize),
                    other => ordered.push(other),
                }
            }
            push(ordered, slot.tail, slot.end);
        }
        self.parts.truncate(first_part);
        self.parts.extend_from_slice(&self.ordered);
        self.cut = self.out.len();
    }
}

fn push(parts: &mut Vec<Part>, start: usize, end: usize) {
    // Bodies are far below 4 GiB: the client bounds them.
    if let (true, Ok(start), Ok(len)) = (end > start, u32::try_from(start), u32::try_from(end - start)) {
        parts.push(Part::Bytes { start, len });
    }
}
