//! Bodies as arguments: input objects, and what is given for them, put into the names that REST has.
//!
//! What a body must be is decided where REST's is decided, by the same program, with the same faults. Here only names change:
//! those that GraphQL cannot spell, and those of its enums.

use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};

use super::schema::Model;
use crate::bff::CompiledBff;
use crate::shape::Shape;

/// What is given for a body, in REST's names. A member whose variable was not given is left out.
pub(crate) fn given(
    bff: &CompiledBff,
    model: &Model,
    shape: &Shape,
    literal: &Literal,
    variables: &Map<String, Value>,
) -> Option<Value> {
    match (shape.unwrap_nullable().0, literal) {
        (shape @ (Shape::List(_) | Shape::Object(_)), Literal::Variable(name)) => {
            variables.get(name.as_str()).cloned().map(|value| respelled(bff, model, shape, value))
        }
        // A variable of a leaf's type is in REST's names already.
        (_, Literal::Variable(name)) => variables.get(name.as_str()).cloned(),
        (Shape::List(item), Literal::List(items)) => {
            let item = |literal: &Literal| given(bff, model, item, literal, variables).unwrap_or_default();
            Some(items.iter().map(item).collect::<Vec<_>>().into())
        }
        (Shape::List(item), Literal::Object(_)) => {
            given(bff, model, item, literal, variables).map(|value| Value::Array(vec![value]))
        }
        (Shape::Object(id), Literal::Object(members)) => {
            let fields = &bff.shapes.get(*id).fields;
            let member = |(name, literal): (&async_graphql::Name, &Literal)| {
                let field = fields.get(model.field(*id, name)?)?;
                Some((field.client_name(bff.naming), given(bff, model, &field.shape, literal, variables)?))
            };
            // What is no field of the type was refused when the document was validated.
            Some(Value::Object(members.iter().filter_map(member).collect()))
        }
        (shape, literal) => resolve(literal, variables).map(|value| respelled(bff, model, shape, value)),
    }
}

/// A literal with its variables put in.
fn resolve(literal: &Literal, variables: &Map<String, Value>) -> Option<Value> {
    match literal {
        Literal::Variable(name) => variables.get(name.as_str()).cloned(),
        Literal::List(items) => {
            Some(items.iter().map(|item| resolve(item, variables).unwrap_or_default()).collect::<Vec<_>>().into())
        }
        Literal::Object(members) => {
            let member = |(name, value): (&async_graphql::Name, &Literal)| {
                resolve(value, variables).map(|value| (name.to_string(), value))
            };
            Some(Value::Object(members.iter().filter_map(member).collect()))
        }
        plain => plain.clone().into_json().ok(),
    }
}

/// The same value in REST's names. What is not as the shape says is left as it is: the body's own validation tells.
fn respelled(bff: &CompiledBff, model: &Model, shape: &Shape, value: Value) -> Value {
    match (shape, value) {
        (_, Value::Null) => Value::Null,
        (Shape::Nullable(inner), value) => respelled(bff, model, inner, value),
        (Shape::List(item), Value::Array(items)) => {
            items.into_iter().map(|value| respelled(bff, model, item, value)).collect::<Vec<_>>().into()
        }
        // One value stands for a list of it (October 2021, section 3.11).
        (Shape::List(item), value) => Value::Array(vec![respelled(bff, model, item, value)]),
        (Shape::Enum(id), Value::String(name)) => model.values(*id).wire(&name).map_or(Value::Bool(false), Value::from),
        (Shape::Object(id), Value::Object(members)) => {
            let fields = &bff.shapes.get(*id).fields;
            let member =
                |(name, value): (String, Value)| match model.field(*id, &name).and_then(|index| fields.get(index)) {
                    Some(field) => (field.client_name(bff.naming), respelled(bff, model, &field.shape, value)),
                    None => (name, value),
                };
            Value::Object(members.into_iter().map(member).collect())
        }
        (_, value) => value,
    }
}

/// Where a fault of a body stands in the request: in a variable, where its way leads into one.
pub(crate) fn place(argument: &str, literal: &Literal, way: &str) -> String {
    let mut at = Some(literal);
    let mut whole = format!("argument `{argument}`");
    let mut path = String::new();
    let mut steps = way.split('.').filter(|step| !step.is_empty());
    loop {
        if let Some(Literal::Variable(name)) = at {
            whole = format!("variable \"${name}\"");
            path.clear();
        }
        let Some(step) = steps.next() else { break };
        let index = step.parse::<usize>().ok();
        at = match (at, index) {
            (Some(Literal::Object(members)), None) => members.get(step),
            (Some(Literal::List(items)), Some(index)) => items.get(index),
            // One value that stands for a list of it.
            (Some(one @ Literal::Object(_)), Some(0)) => Some(one),
            _ => None,
        };
        match index {
            Some(_) => path.extend(["[", step, "]"]),
            None if path.is_empty() => path.push_str(step),
            None => path.extend([".", step]),
        }
    }
    if path.is_empty() { whole } else { format!("{whole} at {path}") }
}

/// How GraphQL writes the type of an input: `[LineInput!]!`.
pub(crate) fn type_name(bff: &CompiledBff, shape: &Shape) -> String {
    let (inner, nullable) = shape.unwrap_nullable();
    let plain = match inner {
        Shape::List(item) => format!("[{}]", type_name(bff, item)),
        Shape::Object(id) => crate::names::input_name(&bff.shapes.get(*id).name),
        leaf => super::scalars::Leaf::of(leaf).unwrap_or(super::scalars::Leaf::Json).name(&bff.shapes).to_owned(),
    };
    if nullable { plain } else { format!("{plain}!") }
}

/// The shape of an input object's field, and whether it may be left out because it has a default.
pub(crate) fn field<'a>(bff: &'a CompiledBff, model: &Model, shape: &Shape, name: &str) -> Option<(&'a Shape, bool)> {
    let Shape::Object(id) = shape.unwrap_nullable().0 else { return None };
    let field = bff.shapes.get(*id).fields.get(model.field(*id, name)?)?;
    Some((&field.shape, field.default.is_some()))
}
