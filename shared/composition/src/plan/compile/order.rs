//! The order of calls: each after what it waits for, so that one pass over them starts all that can start.
//!
//! A call is shared by its places, and some of them may wait for calls that were met only after it: those of a field that is given
//! something else there.

use super::Compiler;

impl Compiler<'_> {
    /// Puts the calls into that order, and leaves it as it is where it is that already.
    pub(super) fn order(&mut self) {
        let mut order: Vec<usize> = Vec::with_capacity(self.calls.len());
        let mut left: Vec<usize> = (0..self.calls.len()).collect();
        while !left.is_empty() {
            let ready =
                |call: &usize| self.calls[*call].after.iter().all(|other| order.contains(other) || other == call);
            // A circle has been refused: the first stands for one that has not.
            let next = left.iter().position(ready).unwrap_or(0);
            order.push(left.remove(next));
        }
        if order.is_sorted() {
            return;
        }
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        self.calls = order.iter().map(|&old| std::mem::take(&mut self.calls[old])).collect();
        for call in &mut self.calls {
            call.after.iter_mut().for_each(|other| *other = place[*other]);
            call.after.sort_unstable();
        }
        self.nodes.iter_mut().for_each(|node| node.call = place[node.call]);
        self.sites.iter_mut().flat_map(|site| &mut site.from).for_each(|(call, _)| *call = place[*call]);
    }
}
