//! The call that writes comes after what it needs and before all else.
//!
//! So an answer that fails before the write has changed nothing, and what is read beside it is read when it has happened.

use http::Method;

use super::{Compiler, Task};
use crate::declare::{Access, Call};
use crate::shape::ObjectShape;

impl Compiler<'_> {
    /// The field that a write fills, if the site has one. Writes that cannot be are refused.
    pub(super) fn write_of(&mut self, task: &Task, object: &ObjectShape) -> Option<usize> {
        let writes = |field: &usize| object.fields[*field].call.as_ref().is_some_and(Call::is_write);
        let mut fields = (0..object.fields.len()).filter(writes);
        let field = fields.next()?;
        let name = &object.fields[field].rust;
        if task.from.is_some() {
            self.error(format!("`{}.{name}` writes, and only a field of the endpoint's own struct can", object.name));
            return None;
        }
        if let Some(second) = fields.next() {
            let second = &object.fields[second].rust;
            self.error(format!("`{name}` writes, and so does `{second}`; an endpoint makes one write"));
        }
        if matches!(self.declaration.method, Method::GET | Method::HEAD) {
            self.error(format!(
                "`{name}` writes, and clients repeat a GET as they like; give the endpoint another method"
            ));
        }
        let call = object.fields[field].call.as_ref();
        if object.fields[field].shape.is_nullable() || call.is_some_and(|call| call.or.is_some()) {
            self.error(format!("`{name}` writes, so it can be neither optional nor have a default"));
        }
        Some(field)
    }

    /// A key is one caller's, for one write.
    pub(super) fn check_idempotency(&mut self) {
        if self.declaration.idempotency.is_none() {
            return;
        }
        if self.write.is_none() {
            self.error("`idempotency` is for what writes, and nothing here does; drop it".to_owned());
        }
        if self.declaration.access == Access::Public {
            self.error(
                "a key belongs to its caller, and a public endpoint knows none; drop `public` or `idempotency`"
                    .to_owned(),
            );
        }
    }

    /// Whether a node starts only when another has settled.
    pub(super) fn waits_for(&self, node: usize, other: usize) -> bool {
        node == other || self.nodes[node].after.iter().any(|&before| self.waits_for(before, other))
    }
}
