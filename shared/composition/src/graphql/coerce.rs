//! Values of arguments and variables, checked against their types. async-graphql never sees a variable, so a cached
//! document is checked exactly as a new one is.

use async_graphql::Positioned;
use async_graphql::parser::types::{BaseType, Type, VariableDefinition};
use async_graphql_value::{ConstValue, Value as Literal};
use serde_json::{Map, Value};

use super::errors::GraphqlError;
use super::names;
use super::scalars::Leaf;
use super::schema::Model;
use crate::names::Naming;
use crate::shape::{FieldShape, Shape, Shapes};

/// The types by name, and their values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Types<'a> {
    pub(crate) model: &'a Model,
    pub(crate) shapes: &'a Shapes,
    pub(crate) naming: Naming,
}

impl Types<'_> {
    /// The operation's variables: those given and those defaulted. Unknown ones are ignored. All faults at once.
    pub(crate) fn variables(
        self,
        definitions: &[Positioned<VariableDefinition>],
        given: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Vec<GraphqlError>> {
        let mut values = Map::new();
        let mut errors = Vec::new();
        for definition in definitions {
            let name = definition.node.name.node.as_str();
            match self.variable(&definition.node, given.get(name)) {
                Ok(Some(value)) => {
                    values.insert(name.to_owned(), value);
                }
                Ok(None) => {}
                Err(reason) => {
                    errors
                        .push(GraphqlError::request(format!("the variable `${name}` {reason}"), Some(definition.pos)));
                }
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    fn variable(self, definition: &VariableDefinition, given: Option<&Value>) -> Result<Option<Value>, String> {
        let ty = &definition.var_type.node;
        match (given, &definition.default_value) {
            (Some(Value::Null), _) if ty.nullable => return Ok(Some(Value::Null)),
            (None | Some(Value::Null), None) if !ty.nullable => return Err(format!("is missing; expected {ty}")),
            (Some(Value::Null), Some(_)) => return Err(format!("is null; expected {ty}")),
            (None, None) => return Ok(None),
            (Some(_), _) | (None, Some(_)) => {}
        }
        // Lists and input objects stand in bodies, which are validated as a whole, as in REST; see `composites` too.
        let leaf = match &ty.base {
            BaseType::Named(name) if !self.is_input(name) => {
                Leaf::named(name, self.shapes).ok_or_else(|| format!("has the unknown type {ty}"))?
            }
            BaseType::Named(_) | BaseType::List(_) => {
                let default =
                    definition.default_value.as_ref().and_then(|default| default.node.clone().into_json().ok());
                return Ok(given.cloned().or(default));
            }
        };
        let wrong = || format!("does not fit; expected {ty}");
        let value = match (given, &definition.default_value) {
            (Some(value), _) => self.json(leaf, value),
            (None, Some(default)) if default.node == ConstValue::Null && ty.nullable => Some(Value::Null),
            (None, Some(default)) => self.literal(leaf, &default.node.clone().into_value()),
            (None, None) => None,
        };
        value.map(Some).ok_or_else(wrong)
    }

    fn is_input(self, name: &str) -> bool {
        self.model.input(name).is_some()
    }

    /// Whether the variables that are lists and input objects are of their types (October 2021, section 6.1.2), used or not. What a
    /// body takes beyond its type, its bounds, is the body's own matter.
    pub(crate) fn composites(
        self,
        definitions: &[Positioned<VariableDefinition>],
        values: &Map<String, Value>,
    ) -> Result<(), Vec<GraphqlError>> {
        let misfit = |definition: &Positioned<VariableDefinition>| {
            let (name, ty) = (definition.node.name.node.as_str(), &definition.node.var_type.node);
            let composite = !matches!(&ty.base, BaseType::Named(name) if !self.is_input(name));
            let at = values.get(name).filter(|_| composite).and_then(|value| self.misfit(ty, value))?;
            let place = if at.is_empty() { String::new() } else { format!(" at {}", at.trim_start_matches('.')) };
            let message = format!("the variable `${name}` does not fit{place}; expected {ty}");
            Some(GraphqlError::request(message, Some(definition.pos)))
        };
        let errors: Vec<GraphqlError> = definitions.iter().filter_map(misfit).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The way to what is not of the type in a value from JSON; `None` if all is.
    fn misfit(self, ty: &Type, value: &Value) -> Option<String> {
        match (&ty.base, value) {
            (_, Value::Null) => (!ty.nullable).then(String::new),
            (BaseType::List(item), Value::Array(items)) => in_list(items, |value| self.misfit(item, value)),
            // One value stands for a list of it (section 3.11).
            (BaseType::List(item), value) => self.misfit(item, value),
            (BaseType::Named(name), value) => match self.model.input(name) {
                Some(id) => self.misfit_of(&Shape::Object(id), value),
                None => {
                    Leaf::named(name, self.shapes).and_then(|leaf| self.json(leaf, value)).is_none().then(String::new)
                }
            },
        }
    }

    fn misfit_of(self, shape: &Shape, value: &Value) -> Option<String> {
        let (inner, nullable) = shape.unwrap_nullable();
        match (inner, value) {
            (_, Value::Null) => (!nullable).then(String::new),
            (Shape::List(item), Value::Array(items)) => in_list(items, |value| self.misfit_of(item, value)),
            (Shape::List(item), value) => self.misfit_of(item, value),
            (Shape::Object(id), Value::Object(members)) => {
                let fields = &self.shapes.get(*id).fields;
                let given = |(name, value): (&String, &Value)| {
                    let field = self.model.field(*id, name).and_then(|index| fields.get(index));
                    let at = field.map_or(Some(String::new()), |field| self.misfit_of(&field.shape, value));
                    at.map(|at| format!(".{name}{at}"))
                };
                let missing = |field: &FieldShape| {
                    let name = names::field(field, self.naming);
                    let needed = !field.shape.is_nullable() && field.default.is_none();
                    (needed && !members.contains_key(&name)).then(|| format!(".{name}"))
                };
                members.iter().find_map(given).or_else(|| fields.iter().find_map(missing))
            }
            (leaf, value) => Leaf::of(leaf).and_then(|leaf| self.json(leaf, value)).is_none().then(String::new),
        }
    }

    /// A value from JSON, that is not null.
    fn json(self, leaf: Leaf, value: &Value) -> Option<Value> {
        match (leaf, value) {
            (Leaf::Boolean, Value::Bool(_)) | (Leaf::String, Value::String(_)) | (Leaf::Float, Value::Number(_)) => {
                Some(value.clone())
            }
            (Leaf::Int, Value::Number(number)) => whole(number, i128::from(i32::MIN), i128::from(i32::MAX)),
            (Leaf::Int64, Value::Number(number)) => whole(number, i128::from(i64::MIN), i128::from(i64::MAX)),
            (Leaf::UInt64, Value::Number(number)) => whole(number, 0, i128::from(u64::MAX)),
            (Leaf::Enum(id), Value::String(name)) => self.model.values(id).wire(name).map(Value::from),
            (Leaf::Json, _) => Some(value.clone()),
            _ => None,
        }
    }

    /// A value from the document, that is neither null nor a variable. Here the value of an enum is a name, never a string.
    pub(crate) fn literal(self, leaf: Leaf, value: &Literal) -> Option<Value> {
        match (leaf, value) {
            (Leaf::Enum(id), Literal::Enum(name)) => self.model.values(id).wire(name).map(Value::from),
            (Leaf::Enum(_), _) | (_, Literal::Enum(_)) => None,
            (_, value) => self.json(leaf, &value.clone().into_json().ok()?),
        }
    }
}

/// The way to the first item that does not fit, by what `misfit` says of each.
fn in_list(items: &[Value], misfit: impl Fn(&Value) -> Option<String>) -> Option<String> {
    items.iter().enumerate().find_map(|(index, item)| misfit(item).map(|at| format!("[{index}]{at}")))
}

/// A whole number within these bounds, written as REST takes it: `3.0` and `3e0` are none.
fn whole(number: &serde_json::Number, min: i128, max: i128) -> Option<Value> {
    let value = match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(value), ..) => i128::from(value),
        (None, Some(value), _) => i128::from(value),
        // `-0` is read as a floating-point number: no other type has it.
        (None, None, Some(value)) if value.to_bits() == (-0.0f64).to_bits() => 0,
        _ => return None,
    };
    if !(min..=max).contains(&value) {
        return None;
    }
    i64::try_from(value).map(Value::from).or_else(|_| u64::try_from(value).map(Value::from)).ok()
}
