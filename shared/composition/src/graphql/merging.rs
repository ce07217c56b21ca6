//! Whether fields of one response key can be merged (the specification's "Field Selection Merging", which async-graphql checks
//! within one set and type condition only).
//!
//! In an object, one key stands for one field, with the same arguments. In a value that is one of several objects, one key may
//! stand for another field in each, of the same type.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType};

use super::errors::GraphqlError;
use super::limits;
use super::scalars::Leaf;
use super::schema::Model;
use super::select::{Conditions, Merged, Selector, inside};
use crate::bff::CompiledBff;
use crate::shape::{ObjectId, Shape};

/// Checks an operation.
pub(crate) fn check(
    bff: &CompiledBff,
    model: &Model,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<(), GraphqlError> {
    let selector = Selector { document, shapes: &bff.shapes, conditions: Conditions::Ignored };
    let merging = Merging { selector, model };
    let roots = if operation.ty == OperationType::Mutation { &model.mutation } else { &model.query };
    let merged = selector.merge([&operation.selection_set.node], None);
    if merged.len() > limits::MAX_ROOT_FIELDS {
        let message = format!("the operation has more than {} root fields", limits::MAX_ROOT_FIELDS);
        return Err(GraphqlError::request(message, None));
    }
    for (key, fields) in merged {
        one_field(key, &fields)?;
        match fields.first().and_then(|field| roots.get(field.node.name.node.as_str())) {
            Some(&index) => merging.value(&bff.plans[index].answer, &fields)?,
            None => merging.introspection(&fields)?,
        }
    }
    Ok(())
}

/// What a response key stands for in one of several objects: its type, and the fields.
type Meant<'a> = (&'a Shape, Merged<'a>);

struct Merging<'a> {
    selector: Selector<'a>,
    model: &'a Model,
}

impl<'a> Merging<'a> {
    /// Checks what is selected of a value of this shape.
    fn value(&self, shape: &'a Shape, fields: &Merged<'a>) -> Result<(), GraphqlError> {
        let mut by_key: IndexMap<&str, Vec<Meant<'a>>> = IndexMap::new();
        for view in self.selector.shapes.views(shape) {
            for (key, fields) in self.selector.merge(inside(fields), Some(view)) {
                one_field(key, &fields)?;
                let shape = self.shape(view, &fields);
                self.value(shape, &fields)?;
                by_key.entry(key).or_default().push((shape, fields));
            }
        }
        self.alike(by_key)
    }

    /// Checks that what a key stands for is of one type, whichever object the value is, and so is what is selected of it.
    fn alike(&self, by_key: IndexMap<&'a str, Vec<Meant<'a>>>) -> Result<(), GraphqlError> {
        for (key, meant) in by_key {
            let [(first, _), others @ ..] = meant.as_slice() else { continue };
            if others.is_empty() {
                continue;
            }
            if let Some((_, fields)) = others.iter().find(|(shape, _)| !same_type(first, shape)) {
                let message = format!("`{key}` stands for values of different types; give one of them an alias");
                return Err(GraphqlError::request(message, fields.first().map(|field| field.pos)));
            }
            let mut below: IndexMap<&str, Vec<Meant<'a>>> = IndexMap::new();
            for (shape, fields) in &meant {
                for view in self.selector.shapes.views(shape) {
                    for (key, fields) in self.selector.merge(inside(fields), Some(view)) {
                        let shape = self.shape(view, &fields);
                        below.entry(key).or_default().push((shape, fields));
                    }
                }
            }
            self.alike(below)?;
        }
        Ok(())
    }

    /// The shape of a view's field; the name of a type is text.
    fn shape(&self, view: ObjectId, fields: &Merged<'a>) -> &'a Shape {
        let index = fields.first().and_then(|field| self.model.field(view, field.node.name.node.as_str()));
        index.map_or(&Shape::Text, |index| &self.selector.shapes.get(view).fields[index].shape)
    }

    /// Introspection has no unions.
    fn introspection(&self, fields: &Merged<'a>) -> Result<(), GraphqlError> {
        for (key, fields) in self.selector.merge(inside(fields), None) {
            one_field(key, &fields)?;
            self.introspection(&fields)?;
        }
        Ok(())
    }
}

/// Whether values of these shapes are of one type, as far as a reader can tell before what is selected of them.
fn same_type(one: &Shape, other: &Shape) -> bool {
    let composite = |shape: &Shape| matches!(shape, Shape::Object(_) | Shape::Choice(_));
    match (one, other) {
        (Shape::Nullable(one), Shape::Nullable(other)) | (Shape::List(one), Shape::List(other)) => {
            same_type(one, other)
        }
        (Shape::Nullable(_) | Shape::List(_), _) | (_, Shape::Nullable(_) | Shape::List(_)) => false,
        (one, other) if composite(one) || composite(other) => composite(one) && composite(other),
        (one, other) => Leaf::of(one) == Leaf::of(other),
    }
}

fn one_field(key: &str, fields: &Merged<'_>) -> Result<(), GraphqlError> {
    let [first, others @ ..] = fields.as_slice() else { return Ok(()) };
    match others.iter().find(|other| !same(&first.node, &other.node)) {
        Some(other) => {
            let message = format!("`{key}` stands for two different fields; give one of them an alias");
            Err(GraphqlError::request(message, Some(other.pos)))
        }
        None => Ok(()),
    }
}

fn same(one: &Field, other: &Field) -> bool {
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .all(|(name, value)| other.get_argument(&name.node).is_some_and(|other| other.node == value.node))
}
