//! What the calls of a view refer to: the same questions for the outermost struct and for any view inside it.

use std::collections::BTreeSet;

use crate::declare::{Fan, Reference, Root};
use crate::shape::{FieldShape, ObjectId, ObjectShape, Shape, Shapes};

/// Every reference by which a field is filled, in order; the key of a batch is the last.
pub(crate) fn references(field: &FieldShape) -> impl Iterator<Item = &Reference> {
    field.call.iter().flat_map(|call| {
        let key = match &call.fan {
            Fan::Batch { key, .. } => Some(key),
            Fan::One | Fan::Each { .. } => None,
        };
        call.references().chain(key)
    })
}

/// The field that a reference to a field begins with.
pub(crate) fn field_of(object: &ObjectShape, reference: &Reference) -> Option<usize> {
    let name = reference.path.first().filter(|_| reference.root == Root::Field)?;
    object.fields.iter().position(|field| field.rust == *name)
}

/// The values of the view's own body that its calls wait for, in the order of their numbers: paths of Rust names.
pub(crate) fn own_values(object: &ObjectShape) -> Vec<Vec<String>> {
    collect(object, |field| object.fields[field].call.is_none(), <[String]>::to_vec)
}

/// The values of a call field's body that the view's other calls wait for, in the order of their numbers.
pub(crate) fn noted_values(object: &ObjectShape, of: usize) -> Vec<Vec<String>> {
    collect(object, |field| field == of, |path| path[1..].to_vec())
}

fn collect(
    object: &ObjectShape,
    wanted: impl Fn(usize) -> bool,
    path: impl Fn(&[String]) -> Vec<String>,
) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for reference in object.fields.iter().flat_map(references) {
        if field_of(object, reference).is_some_and(&wanted) {
            let path = path(&reference.path);
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    found
}

/// The call fields that run although nothing shows them, when these are shown: hidden ones that something waits for, and those
/// that run for their own sake, whose failure or effect is what they are for.
pub(crate) fn unseen(object: &ObjectShape, shown: &[usize]) -> Vec<usize> {
    let mut running: Vec<usize> = shown.iter().copied().filter(|&field| object.fields[field].call.is_some()).collect();
    running.extend((0..object.fields.len()).filter(|field| !shown.contains(field) && always(object, *field)));
    let mut next = 0;
    while let Some(&field) = running.get(next) {
        for other in references(&object.fields[field]).filter_map(|reference| field_of(object, reference)) {
            if object.fields[other].call.is_some() && !running.contains(&other) {
                running.push(other);
            }
        }
        next += 1;
    }
    running.retain(|field| !shown.contains(field) && (object.fields[*field].hidden || always(object, *field)));
    running.sort_unstable();
    running
}

/// Whether a call is made whatever is asked for: a guard, which is hidden and feeds nothing, and what is not just read.
fn always(object: &ObjectShape, field: usize) -> bool {
    let shape = &object.fields[field];
    let Some(call) = &shape.call else { return false };
    let feeds = || object.fields.iter().flat_map(references).any(|other| field_of(object, other) == Some(field));
    call.is_write() || (shape.hidden && !feeds())
}

/// Whether there are calls in the view's own body: in it, or in a view inside it that no call fills.
pub(crate) fn leads_to_calls(shapes: &Shapes, id: ObjectId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        for field in &shapes.get(id).fields {
            if field.call.is_some() {
                return true;
            }
            open.extend(object_of(&field.shape));
        }
    }
    false
}

/// The view that a shape leads to, through lists and maps. What is passed on as it came leads nowhere.
pub(crate) fn object_of(shape: &Shape) -> Option<ObjectId> {
    match shape {
        Shape::Object(id) => Some(*id),
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => object_of(inner),
        _ => None,
    }
}
