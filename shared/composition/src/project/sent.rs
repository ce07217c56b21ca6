//! What of an earlier answer a call sends on: the members that its view names, in the backend's names, each literal as it came.
//!
//! It is the projection of an answer with other names. What one backend said beside is not told to another, either.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::{Program, compile};
use crate::shape::{ObjectId, Shape, Shapes};

/// The program for values of `shape`; `None` for one that is sent as it is. The error says what of it cannot be sent, and why.
pub(crate) fn compile_sent(shapes: &Shapes, shape: &Shape) -> Result<Option<Program>, String> {
    check(shapes, shape, &mut BTreeSet::new())?;
    Ok(is_composite(shape).then(|| compile::compile_in_backends_names(shapes, shape)))
}

impl Program {
    /// Writes a value that has been read once already, so it reads.
    pub(crate) fn send(&self, value: &Bytes) -> Option<Bytes> {
        self.run_bare(value).ok()?.buffer.to_text().map(Bytes::from)
    }
}

fn is_composite(shape: &Shape) -> bool {
    matches!(shape.unwrap_nullable().0, Shape::Object(_) | Shape::Choice(_) | Shape::List(_) | Shape::Map(_))
}

fn check(shapes: &Shapes, shape: &Shape, seen: &mut BTreeSet<ObjectId>) -> Result<(), String> {
    match shape {
        Shape::Raw(_) => {
            return Err(
                "`Raw` is not looked at, so what would be sent is anybody's guess: write the type itself".into()
            );
        }
        Shape::Nothing => return Err("`()` is no value that could be sent: drop the member".into()),
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => check(shapes, inner, seen)?,
        _ => {}
    }
    for id in shapes.views(shape) {
        if !seen.insert(id) {
            continue;
        }
        let view = shapes.get(id);
        for field in &view.fields {
            let (view, name) = (&view.name, &field.rust);
            check(shapes, &field.shape, seen).map_err(|reason| format!("`{view}.{name}`: {reason}"))?;
        }
    }
    Ok(())
}
