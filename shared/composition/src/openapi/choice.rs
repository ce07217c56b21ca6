//! A tagged enum: one of the schemas of its variants, and which of them the tag says.

use std::collections::BTreeSet;

use utoipa::openapi::schema::Discriminator;
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, Ref, Schema, Type};

use super::text;
use crate::shape::{ChoiceShape, ChoiceVariant, ObjectShape, Shapes};

/// The name of the schema that a view has as a variant: with the tag beside its members.
pub(super) fn name(view: &ObjectShape, choice: &ChoiceShape) -> String {
    format!("{}As{}", view.name, choice.name)
}

/// The names that variants have in the documents.
pub(crate) fn names(shapes: &Shapes) -> BTreeSet<String> {
    let variants =
        shapes.choices().flat_map(|(_, choice)| choice.variants.iter().map(move |variant| (choice, variant)));
    variants.map(|(choice, variant)| name(shapes.get(variant.object), choice)).collect()
}

/// The schema of the enum; `spelt` gives its and its variants' names in the document.
pub(super) fn schema(shapes: &Shapes, choice: &ChoiceShape, tag: &str, spelt: fn(&str) -> String) -> Schema {
    let mut about = choice.doc.trim().to_owned();
    if choice.variants.iter().any(|variant| !variant.doc.is_empty()) {
        about.push('\n');
        for variant in &choice.variants {
            let doc = variant.doc.split_whitespace().collect::<Vec<_>>().join(" ");
            let colon = if doc.is_empty() { "" } else { ": " };
            about.push_str(&format!("\n- `{}`{colon}{doc}", variant.wire));
        }
    }
    let named = |variant: &ChoiceVariant| spelt(&name(shapes.get(variant.object), choice));
    let mapping = choice
        .variants
        .iter()
        .map(|variant| (variant.wire.clone(), format!("#/components/schemas/{}", named(variant))));
    let mut schema =
        OneOfBuilder::new().description(text(&about)).discriminator(Some(Discriminator::with_mapping(tag, mapping)));
    for variant in &choice.variants {
        schema = schema.item(Ref::from_schema_name(named(variant)));
    }
    schema.build().into()
}

/// An object that begins with the tag of a variant.
pub(super) fn tag(name: &str, variant: &ChoiceVariant, required: bool) -> ObjectBuilder {
    let one = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([variant.wire.as_str()]));
    let object = ObjectBuilder::new().property(name, one);
    if required { object.required(name) } else { object }
}
