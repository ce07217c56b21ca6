//! The answer that is the value of one call: a list, a map, or an object as it is. Its frame is one hole.

use super::{Compiler, Task};
use crate::fragment::{Buffer, Part};
use crate::project::SiteFound;
use crate::shape::Shape;

/// Takes the object away from around its one shown field, or from around none.
pub(super) fn bare(frame: &mut Buffer, sites: &mut [SiteFound]) {
    frame.parts.retain(|part| matches!(part, Part::Hole(_)));
    // No response key is empty: an empty one stands for the answer as a whole.
    sites.iter_mut().flat_map(|site| &mut site.calls).for_each(|call| call.key.clear());
}

/// The names of a path.
pub(super) fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|name| !name.is_empty())
}

impl Compiler<'_> {
    /// Whether the field of the outermost struct is the answer as a whole.
    pub(super) fn is_root(&self, task: &Task, field: usize) -> bool {
        let outermost = self.declaration.root && task.from.is_none();
        let mut shown = task.found.calls.iter().skip(task.found.unseen);
        // A `()` alone is the answer as a whole, too, although nothing of it is shown.
        let alone = || self.shapes.get(task.found.object).fields.len() == 1;
        outermost && (shown.any(|call| call.field == field) || alone())
    }

    /// What clients are told of the answer's shape.
    pub(super) fn answer(&self) -> Shape {
        match &self.declaration.answer {
            _ if self.shows_nothing() => Shape::Nothing,
            Shape::Object(id) if self.declaration.root => {
                self.shapes.get(*id).root().map_or(Shape::Object(*id), |(_, field)| field.shape.clone())
            }
            whole => whole.clone(),
        }
    }
}
