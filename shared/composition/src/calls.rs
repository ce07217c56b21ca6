//! What the calls of a view refer to: the same questions for the outermost struct and for any view inside it.

use std::collections::BTreeSet;

use crate::declare::{Fan, Reference, Root};
use crate::shape::{ObjectId, ObjectShape, Shape, Shapes};

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
    for call in object.fields.iter().filter_map(|field| field.call.as_ref()) {
        for reference in call.references() {
            if field_of(object, reference).is_some_and(&wanted) {
                let path = path(&reference.path);
                if !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        if let Fan::Batch { key, .. } = &call.fan
            && field_of(object, key).is_some_and(&wanted)
        {
            let path = path(&key.path);
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    found
}

/// Whether there are calls in the view's own body: in it, or in a view inside it that no call fills.
pub(crate) fn leads_to_calls(shapes: &Shapes, id: ObjectId) -> bool {
    fn object_of(shape: &Shape) -> Option<ObjectId> {
        match shape {
            Shape::Object(id) => Some(*id),
            Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => object_of(inner),
            _ => None,
        }
    }
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
