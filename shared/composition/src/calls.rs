//! What the calls of a view refer to: the same questions for the outermost struct and for any view inside it.

use std::collections::BTreeSet;

use http::HeaderName;

use crate::declare::{Application, Derived, Fan, Reference, Root};
use crate::shape::{FieldShape, ObjectId, ObjectShape, Shape, Shapes};

/// Every reference by which a field is filled, in order.
pub(crate) fn references(field: &FieldShape) -> impl Iterator<Item = &Reference> {
    let when = field.call.iter().flat_map(|call| &call.when).flat_map(Application::references);
    request_references(field).chain(when).chain(field.derived.iter().flat_map(Derived::references))
}

/// The references of a field's request: those without whose values it cannot be made. The key of a batch is the last.
pub(crate) fn request_references(field: &FieldShape) -> impl Iterator<Item = &Reference> {
    field.call.iter().flat_map(|call| {
        let key = match &call.fan {
            Fan::Batch { key, .. } => Some(key),
            Fan::One | Fan::Each { .. } => None,
        };
        call.references().chain(key)
    })
}

/// What a field supplies the views with that it leads to.
pub(crate) fn supplied(field: &FieldShape) -> impl Iterator<Item = &Reference> {
    field.supply.iter().map(|supply| &supply.value)
}

/// The headers of a call field's answer that become other fields, in the order of their numbers: they are noted after its values.
pub(crate) fn noted_headers(object: &ObjectShape, of: usize) -> Vec<&HeaderName> {
    let mut found = Vec::new();
    for field in &object.fields {
        if let Some(Derived::Header { of: source, name }) = &field.derived
            && field_of(object, source) == Some(of)
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

/// The field that a reference to a field begins with.
pub(crate) fn field_of(object: &ObjectShape, reference: &Reference) -> Option<usize> {
    if reference.root != Root::Field {
        return None;
    }
    object.fields.iter().position(|field| field.rest(&reference.path).is_some())
}

/// The values of the view's own body that its calls wait for, in the order of their numbers: paths of Rust names.
pub(crate) fn own_values(object: &ObjectShape) -> Vec<Vec<String>> {
    collect(object, |field| !object.fields[field].is_filled(), <[String]>::to_vec)
}

/// The values of a call field's body that the view's other calls wait for, in the order of their numbers.
pub(crate) fn noted_values(object: &ObjectShape, of: usize) -> Vec<Vec<String>> {
    collect(object, |field| field == of, |path| object.fields[of].rest(path).unwrap_or_default().to_vec())
}

fn collect(
    object: &ObjectShape,
    wanted: impl Fn(usize) -> bool,
    path: impl Fn(&[String]) -> Vec<String>,
) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let of_values = |field: &&FieldShape| !matches!(field.derived, Some(Derived::Header { .. }));
    let filling = object.fields.iter().filter(of_values).flat_map(references);
    for reference in filling.chain(object.fields.iter().flat_map(supplied)) {
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
/// that run for their own sake, whose failure or effect is what they are for. Where the shown ones are shown as a `whole`, all that
/// they supply is waited for.
pub(crate) fn unseen(object: &ObjectShape, shown: &[usize], whole: bool) -> Vec<usize> {
    let supplied = shown.iter().filter(|_| whole).flat_map(|field| supplied(&object.fields[*field]));
    let supplying = supplied.filter_map(|reference| field_of(object, reference));
    let mut running: Vec<usize> =
        shown.iter().copied().chain(supplying).filter(|&field| object.fields[field].is_filled()).collect();
    running.extend((0..object.fields.len()).filter(|field| !shown.contains(field) && always(object, *field)));
    let mut next = 0;
    while let Some(&field) = running.get(next) {
        for other in references(&object.fields[field]).filter_map(|reference| field_of(object, reference)) {
            if object.fields[other].is_filled() && !running.contains(&other) {
                running.push(other);
            }
        }
        next += 1;
    }
    running.retain(|field| !shown.contains(field) && (object.fields[*field].hidden || always(object, *field)));
    running.sort_unstable();
    running.dedup();
    running
}

/// Whether a call is made whatever is asked for: a guard, which is hidden and feeds nothing, and what is not just read.
fn always(object: &ObjectShape, field: usize) -> bool {
    let shape = &object.fields[field];
    let Some(call) = &shape.call else { return false };
    let fed = || object.fields.iter().flat_map(|other| references(other).chain(supplied(other)));
    let feeds = || fed().any(|other| field_of(object, other) == Some(field));
    call.is_write() || shape.shape.is_nothing() || (shape.hidden && !feeds())
}

/// Whether something else than the view's own body fills a field in it, or in a view inside it.
pub(crate) fn leads_to_calls(shapes: &Shapes, id: ObjectId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        for field in &shapes.get(id).fields {
            if field.is_filled() {
                return true;
            }
            open.extend(shapes.views(&field.shape));
        }
    }
    false
}

/// The fields that a reference to a field goes through, from the view's own on, as far as it leads; and whether it leads to its end.
fn way<'s>(shapes: &'s Shapes, object: &'s ObjectShape, reference: &Reference) -> (Vec<&'s FieldShape>, bool) {
    let Some(field) = field_of(object, reference).map(|field| &object.fields[field]) else {
        return (Vec::new(), false);
    };
    let (mut way, mut rest) = (vec![field], field.rest(&reference.path).unwrap_or_default());
    while let (false, Some(last)) = (rest.is_empty(), way.last()) {
        let mut inside = shapes.views(&last.shape).into_iter().flat_map(|id| &shapes.get(id).fields);
        let Some((field, below)) = inside.find_map(|field| Some((field, field.rest(rest)?))) else {
            return (way, false);
        };
        way.push(field);
        rest = below;
    }
    (way, true)
}

/// The shape of the value that a reference to a field names.
pub(crate) fn shape_of<'s>(shapes: &'s Shapes, object: &'s ObjectShape, reference: &Reference) -> Option<&'s Shape> {
    let (way, whole) = way(shapes, object, reference);
    way.last().filter(|_| whole).map(|field| &field.shape)
}

/// Whether the value that a reference names is known when the body is that it is in: nothing else fills it, or a part of it.
pub(crate) fn comes_with_its_body(shapes: &Shapes, object: &ObjectShape, reference: &Reference) -> bool {
    let (way, whole) = way(shapes, object, reference);
    // What fills the view's own field brings the body.
    if way.iter().skip(1).any(|field| field.is_filled()) {
        return false;
    }
    let named = way.last().filter(|_| whole);
    named.is_none_or(|field| shapes.views(&field.shape).into_iter().all(|id| !leads_to_calls(shapes, id)))
}
