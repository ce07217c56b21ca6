//! What a request's body looks like: the same views as in answers, with their bounds, and nothing beside what they name.

use std::collections::BTreeMap;

use serde_json::Value;
use trefoil_context::Place;
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ArrayBuilder, ContentBuilder, ObjectBuilder, RefOr, Required, Schema, Type};

use super::schema::{fraction, named, of_type, whole, words};
use super::text;
use crate::bff::CompiledBff;
use crate::body::MAX_ITEMS;
use crate::declare::Bounds;
use crate::inputs::MAX_TEXT;
use crate::names::input_name;
use crate::plan::Plan;
use crate::shape::{ObjectShape, Shape, Shapes};

/// The body of an operation, if it takes one.
pub(super) fn body(bff: &CompiledBff, plan: &Plan) -> Option<RequestBody> {
    let param = plan.params.iter().find(|param| param.place == Place::Body)?;
    let content = ContentBuilder::new().schema(Some(value(&bff.shapes, &param.shape, &Bounds::default(), "")));
    let required = if param.shape.is_nullable() { Required::False } else { Required::True };
    let body = RequestBodyBuilder::new().description(text(&param.doc)).required(Some(required));
    Some(body.content("application/json", content.build()).build())
}

/// Enters every view and enum that a body leads to, by its name in requests.
pub(super) fn reach(bff: &CompiledBff, shape: &Shape, found: &mut BTreeMap<String, Schema>) {
    match shape {
        Shape::Object(id) => {
            let object = bff.shapes.get(*id);
            // A view may contain itself: it is entered before its fields are looked at.
            if found.insert(input_name(&object.name), view(bff, object)).is_none() {
                for field in &object.fields {
                    reach(bff, &field.shape, found);
                }
            }
        }
        Shape::Enum(id) => {
            let shape = bff.shapes.get_enum(*id);
            found.insert(shape.name.clone(), words(shape));
        }
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => reach(bff, inner, found),
        // No body has a `Raw` or a tagged enum in it: that is refused when the plan is made.
        Shape::Bool
        | Shape::Int(_)
        | Shape::Float
        | Shape::Text
        | Shape::Raw(_)
        | Shape::Choice(_)
        | Shape::Nothing => {}
    }
}

fn view(bff: &CompiledBff, object: &ObjectShape) -> Schema {
    let mut schema = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(text(&object.doc))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for field in &object.fields {
        let name = field.client_name(bff.naming);
        let mut property = value(&bff.shapes, &field.shape, &field.bounds, &field.doc);
        if let (Some(json), RefOr::T(Schema::Object(object))) = (&field.default, &mut property) {
            // A default of a view is in the backend's names, and is not told.
            object.default = serde_json::from_str::<Value>(json).ok().filter(|json| !json.is_object());
        }
        schema = schema.property(name.as_str(), property);
        if field.default.is_none() && !field.shape.is_nullable() {
            schema = schema.required(name);
        }
    }
    schema.build().into()
}

/// The schema of a value within these bounds.
fn value(shapes: &Shapes, shape: &Shape, bounds: &Bounds, about: &str) -> RefOr<Schema> {
    let (shape, nullable) = shape.unwrap_nullable();
    let described = text(about);
    let scalar = |kind| ObjectBuilder::new().schema_type(of_type(kind, nullable)).description(described);
    match shape {
        Shape::Object(id) => named(&input_name(&shapes.get(*id).name), nullable, described),
        Shape::Choice(id) => named(&shapes.get_choice(*id).name, nullable, described),
        Shape::Enum(id) => named(&shapes.get_enum(*id).name, nullable, described),
        Shape::List(items) => {
            let inner = Bounds { min_items: None, max_items: None, ..bounds.clone() };
            ArrayBuilder::new()
                .schema_type(of_type(Type::Array, nullable))
                .items(value(shapes, items, &inner, ""))
                .min_items(bounds.min_items)
                .max_items(Some(bounds.max_items.unwrap_or(MAX_ITEMS)))
                .description(described)
                .into()
        }
        Shape::Map(values) => {
            let values = AdditionalProperties::RefOr(value(shapes, values, bounds, ""));
            scalar(Type::Object).additional_properties(Some(values)).max_properties(Some(MAX_ITEMS)).into()
        }
        Shape::Bool => scalar(Type::Boolean).into(),
        Shape::Nothing => scalar(Type::Null).into(),
        Shape::Int(int) => whole(scalar(Type::Integer), *int, bounds).into(),
        Shape::Float => fraction(scalar(Type::Number), bounds).into(),
        Shape::Text => scalar(Type::String)
            .min_length(bounds.min_length)
            .max_length(Some(bounds.max_length.unwrap_or(MAX_TEXT)))
            .into(),
        Shape::Nullable(inner) | Shape::Raw(inner) => value(shapes, inner, bounds, about),
    }
}
