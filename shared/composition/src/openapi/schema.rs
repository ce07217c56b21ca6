//! What each value looks like: schemas read from the shapes.

use std::collections::BTreeMap;

use serde_json::Value;
use trefoil_context::Place;
use utoipa::Number;
use utoipa::openapi::schema::{AdditionalProperties, SchemaType};
use utoipa::openapi::{ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, SchemaFormat, Type};

use super::{choice, input, raw, text};
use crate::bff::CompiledBff;
use crate::declare::Bounds;
use crate::inputs::MAX_TEXT;
use crate::plan::Parameter;
use crate::shape::{EnumShape, FieldShape, Int, ObjectShape, Shape, Shapes};

/// Every view and enum that an answer or a parameter leads to, by name. What only tokens say is not among them.
pub(super) fn reached(bff: &CompiledBff) -> BTreeMap<String, Schema> {
    let mut found = BTreeMap::new();
    for plan in &bff.plans {
        reach(bff, &plan.answer, &mut found);
        for param in &plan.params {
            match param.place {
                Place::Body => input::reach(bff, &param.shape, &mut found),
                Place::Path | Place::Query | Place::Header => reach(bff, &param.shape, &mut found),
            }
        }
    }
    found
}

fn reach(bff: &CompiledBff, shape: &Shape, found: &mut BTreeMap<String, Schema>) {
    match shape {
        Shape::Object(id) => {
            let object = bff.shapes.get(*id);
            // A view may contain itself: it is entered before its fields are looked at.
            if found.insert(object.name.clone(), view(bff, object)).is_none() {
                for field in object.shown() {
                    reach(bff, &field.shape, found);
                }
            }
        }
        Shape::Raw(inner) => raw::reach(&bff.shapes, inner, found),
        Shape::Choice(id) => {
            let choice = bff.shapes.get_choice(*id);
            if found
                .insert(
                    choice.name.clone(),
                    choice::schema(&bff.shapes, choice, &choice.client_tag(bff.naming), str::to_owned),
                )
                .is_none()
            {
                for variant in &choice.variants {
                    let object = bff.shapes.get(variant.object);
                    let tag = choice::tag(&choice.client_tag(bff.naming), variant, true);
                    found.insert(choice::name(object, choice), members(bff, object, tag));
                    for field in object.shown() {
                        reach(bff, &field.shape, found);
                    }
                }
            }
        }
        Shape::Enum(id) => {
            let shape = bff.shapes.get_enum(*id);
            found.insert(shape.name.clone(), words(shape));
        }
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => reach(bff, inner, found),
        Shape::Bool | Shape::Int(_) | Shape::Float | Shape::Text | Shape::Nothing => {}
    }
}

/// A view. Every member is in every answer, so all are required; what may be missing is null.
fn view(bff: &CompiledBff, object: &ObjectShape) -> Schema {
    members(bff, object, ObjectBuilder::new())
}

fn members(bff: &CompiledBff, object: &ObjectShape, schema: ObjectBuilder) -> Schema {
    let mut schema = schema.schema_type(Type::Object).description(text(&object.doc));
    for field in object.shown() {
        let name = field.client_name(bff.naming);
        let about = about(field);
        schema = schema.property(name.as_str(), value(&bff.shapes, &field.shape, &about)).required(name);
    }
    schema.build().into()
}

/// What a field is, and what becomes of it when its call fails.
fn about(field: &FieldShape) -> String {
    let nullable = field.shape.is_nullable();
    let rule = match &field.call {
        Some(call) if call.or.is_some() => {
            "When it cannot be had, a default stands in, and `Trefoil-Degraded` names it."
        }
        Some(call) if nullable && call.absent.is_empty() => {
            "When it cannot be had, it is null, and `Trefoil-Degraded` names it."
        }
        Some(_) if nullable => {
            "Null when there is none. When it cannot be had, it is null, and `Trefoil-Degraded` names it."
        }
        None if nullable && field.derived.is_some() => {
            "Null when there is none. When what it is made of cannot be had, it is null, and `Trefoil-Degraded` names it."
        }
        Some(_) | None => "",
    };
    [field.doc.trim(), rule].join("\n\n").trim().to_owned()
}

pub(super) fn words(shape: &EnumShape) -> Schema {
    let mut about = shape.doc.trim().to_owned();
    if shape.variants.iter().any(|variant| !variant.doc.is_empty()) {
        about.push('\n');
        for variant in &shape.variants {
            let doc = variant.doc.split_whitespace().collect::<Vec<_>>().join(" ");
            let colon = if doc.is_empty() { "" } else { ": " };
            about.push_str(&format!("\n- `{}`{colon}{doc}", variant.wire));
        }
    }
    let wires = shape.variants.iter().map(|variant| variant.wire.as_str());
    ObjectBuilder::new().schema_type(Type::String).description(text(&about)).enum_values(Some(wires)).build().into()
}

/// The schema of a value with this description.
pub(super) fn value(shapes: &Shapes, shape: &Shape, about: &str) -> RefOr<Schema> {
    value_in(shapes, shape, about, str::to_owned)
}

/// The same, where views have these names in the document.
pub(super) fn value_in(shapes: &Shapes, shape: &Shape, about: &str, name: fn(&str) -> String) -> RefOr<Schema> {
    let (shape, nullable) = shape.unwrap_nullable();
    let about = text(about);
    let scalar = |kind| ObjectBuilder::new().schema_type(of_type(kind, nullable)).description(about);
    match shape {
        Shape::Object(id) => named(&name(&shapes.get(*id).name), nullable, about),
        Shape::Choice(id) => named(&name(&shapes.get_choice(*id).name), nullable, about),
        Shape::Enum(id) => named(&name(&shapes.get_enum(*id).name), nullable, about),
        Shape::List(items) => ArrayBuilder::new()
            .schema_type(of_type(Type::Array, nullable))
            .items(value_in(shapes, items, "", name))
            .description(about)
            .into(),
        Shape::Map(values) => {
            let values = AdditionalProperties::RefOr(value_in(shapes, values, "", name));
            scalar(Type::Object).additional_properties(Some(values)).into()
        }
        Shape::Bool => scalar(Type::Boolean).into(),
        Shape::Nothing => scalar(Type::Null).into(),
        Shape::Int(int) => whole(scalar(Type::Integer), *int, &Bounds::default()).into(),
        Shape::Float => scalar(Type::Number).into(),
        Shape::Text => scalar(Type::String).into(),
        Shape::Raw(inner) => raw::value(shapes, inner, nullable, about.unwrap_or_default()),
        Shape::Nullable(inner) => value_in(shapes, inner, about.unwrap_or_default(), name),
    }
}

/// The schema of a parameter, with its bounds and its default. That it may be left out is said by `required`.
pub(super) fn parameter(shapes: &Shapes, param: &Parameter) -> RefOr<Schema> {
    let (shape, _) = param.shape.unwrap_nullable();
    // A default was written by a serializer, so it reads.
    let default = param.default.as_deref().and_then(|json| serde_json::from_str::<Value>(json).ok());
    let bounds = &param.bounds;
    match shape {
        Shape::Int(int) => whole(ObjectBuilder::new().schema_type(Type::Integer), *int, bounds).default(default).into(),
        Shape::Text => ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(bounds.min_length)
            .max_length(Some(bounds.max_length.unwrap_or(MAX_TEXT)))
            .default(default)
            .into(),
        Shape::Float => fraction(ObjectBuilder::new().schema_type(Type::Number), bounds).default(default).into(),
        other => match value(shapes, other, "") {
            RefOr::Ref(mut reference) => {
                reference.default = default;
                RefOr::Ref(reference)
            }
            RefOr::T(Schema::Object(mut object)) => {
                object.default = default;
                object.into()
            }
            other @ RefOr::T(_) => other,
        },
    }
}

/// A whole number: the format that holds it, and the bounds that the format does not say.
pub(super) fn whole(schema: ObjectBuilder, int: Int, bounds: &Bounds) -> ObjectBuilder {
    let least = bounds.min.unwrap_or(int.min).max(int.min);
    let greatest = bounds.max.unwrap_or(int.max).min(int.max);
    let fits = |min: i128, max: i128| int.min >= min && int.max <= max;
    let (format, floor, ceiling) = if fits(i32::MIN.into(), i32::MAX.into()) {
        (SchemaFormat::KnownFormat(KnownFormat::Int32), i32::MIN.into(), i32::MAX.into())
    } else if fits(i64::MIN.into(), i64::MAX.into()) {
        (SchemaFormat::KnownFormat(KnownFormat::Int64), i64::MIN.into(), i64::MAX.into())
    } else {
        // Few tools know this format, so its floor is always said.
        (SchemaFormat::Custom("uint64".to_owned()), i128::MIN, u64::MAX.into())
    };
    schema
        .format(Some(format))
        .minimum((least > floor).then(|| number(least)))
        .maximum((greatest < ceiling).then(|| number(greatest)))
}

/// A number that need not be whole, and its bounds.
pub(super) fn fraction(schema: ObjectBuilder, bounds: &Bounds) -> ObjectBuilder {
    schema.minimum(bounds.min.map(number)).maximum(bounds.max.map(number))
}

fn number(value: i128) -> Number {
    match usize::try_from(value) {
        Ok(value) => Number::UInt(value),
        Err(_) => Number::Int(isize::try_from(value).unwrap_or(isize::MIN)),
    }
}

/// A reference to a schema of the document. Beside a `$ref`, OpenAPI 3.1 allows a description, but not a second type.
pub(super) fn named(name: &str, nullable: bool, about: Option<&str>) -> RefOr<Schema> {
    let mut reference = Ref::from_schema_name(name);
    if !nullable {
        about.unwrap_or_default().clone_into(&mut reference.description);
        return reference.into();
    }
    OneOfBuilder::new().item(reference).item(ObjectBuilder::new().schema_type(Type::Null)).description(about).into()
}

pub(super) fn of_type(kind: Type, nullable: bool) -> SchemaType {
    if nullable { SchemaType::from_iter([kind, Type::Null]) } else { kind.into() }
}
