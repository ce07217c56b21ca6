//! What a value that is passed on as it came is expected to be: the backend's names, and no promise, since nobody checks it.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type};

use super::{schema, text};
use crate::shape::{Shape, Shapes};

/// The names that the types in raw values have in the documents.
pub(crate) fn names(shapes: &Shapes) -> BTreeSet<String> {
    fn raws<'s>(shape: &'s Shape, found: &mut Vec<&'s Shape>) {
        match shape {
            Shape::Raw(inner) => found.push(inner),
            Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => raws(inner, found),
            _ => {}
        }
    }
    let mut inner = Vec::new();
    shapes.objects().flat_map(|(_, object)| &object.fields).for_each(|field| raws(&field.shape, &mut inner));
    let mut found = BTreeMap::new();
    inner.into_iter().for_each(|shape| reach(shapes, shape, &mut found));
    found.into_keys().collect()
}

/// The name of the schema that has a view's backend names.
fn name(view: &str) -> String {
    format!("Raw{view}")
}

/// Enters the views that stand in a raw value, each under a name of its own.
pub(super) fn reach(shapes: &Shapes, shape: &Shape, found: &mut BTreeMap<String, Schema>) {
    match shape {
        Shape::Object(id) => {
            let object = shapes.get(*id);
            let mut view = ObjectBuilder::new().schema_type(Type::Object).description(text(&object.doc));
            for field in &object.fields {
                let wire = field.wire.first().unwrap_or(&field.rust);
                view = view.property(wire.as_str(), schema::value_in(shapes, &field.shape, &field.doc, name));
            }
            if found.insert(name(&object.name), view.build().into()).is_none() {
                object.fields.iter().for_each(|field| reach(shapes, &field.shape, found));
            }
        }
        Shape::Enum(id) => {
            let shape = shapes.get_enum(*id);
            found.insert(name(&shape.name), schema::words(shape));
        }
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) | Shape::Raw(inner) => {
            reach(shapes, inner, found);
        }
        Shape::Bool | Shape::Int(_) | Shape::Float | Shape::Text => {}
    }
}

/// The schema of a raw value.
pub(super) fn value(shapes: &Shapes, inner: &Shape, nullable: bool, about: &str) -> RefOr<Schema> {
    let about = [about, "Passed on as it comes, unchecked: this is what is expected of it."].join("\n\n");
    let inner = schema::value_in(shapes, inner, about.trim(), name);
    if !nullable {
        return inner;
    }
    OneOfBuilder::new().item(inner).item(ObjectBuilder::new().schema_type(Type::Null)).into()
}
