//! What a value that is passed on as it came is expected to be: the backend's names, and no promise, since nobody checks it.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type};

use super::{choice, schema, text};
use crate::shape::{ObjectShape, Shape, Shapes};

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
            let view = members(shapes, object, ObjectBuilder::new());
            if found.insert(name(&object.name), view).is_none() {
                object.fields.iter().for_each(|field| reach(shapes, &field.shape, found));
            }
        }
        Shape::Choice(id) => {
            let choice = shapes.get_choice(*id);
            if found.insert(name(&choice.name), choice::schema(shapes, choice, &choice.tag, name)).is_none() {
                for variant in &choice.variants {
                    let object = shapes.get(variant.object);
                    let tag = choice::tag(&choice.tag, variant, false);
                    found.insert(name(&choice::name(object, choice)), members(shapes, object, tag));
                    object.fields.iter().for_each(|field| reach(shapes, &field.shape, found));
                }
            }
        }
        Shape::Enum(id) => {
            let shape = shapes.get_enum(*id);
            found.insert(name(&shape.name), schema::words(shape));
        }
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) | Shape::Raw(inner) => {
            reach(shapes, inner, found);
        }
        Shape::Bool | Shape::Int(_) | Shape::Float | Shape::Text | Shape::Nothing => {}
    }
}

/// A view in the backend's names. Nothing is required: nobody checks that it is there.
fn members(shapes: &Shapes, object: &ObjectShape, schema: ObjectBuilder) -> Schema {
    let mut schema = schema.schema_type(Type::Object).description(text(&object.doc));
    for field in &object.fields {
        let wire = field.wire.first().unwrap_or(&field.rust);
        schema = schema.property(wire.as_str(), schema::value_in(shapes, &field.shape, &field.doc, name));
    }
    schema.build().into()
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
