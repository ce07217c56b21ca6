//! Whether each variable may stand where it stands (the specification's "All Variable Usages Are Allowed").
//!
//! async-graphql 7.2.1 has the rule, and its visitors never reach it. The places where a variable can stand are few: the
//! arguments of root fields, `@skip` and `@include`, and the arguments of introspection.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    VariableDefinition,
};
use async_graphql::{Pos, Positioned};
use async_graphql_value::{ConstValue, Value};
use trefoil_context::Place;

use super::errors::GraphqlError;
use super::inputs;
use super::scalars::Leaf;
use super::schema::Model;
use crate::bff::CompiledBff;
use crate::names::argument;
use crate::shape::Shape;

/// Checks every use of a variable in an operation.
pub(crate) fn check(
    bff: &CompiledBff,
    model: &Model,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<(), Vec<GraphqlError>> {
    let definitions = &operation.variable_definitions;
    let variables = definitions.iter().map(|variable| (variable.node.name.node.as_str(), &variable.node)).collect();
    let roots = if operation.ty == OperationType::Mutation { &model.mutation } else { &model.query };
    let mut walk = Walk { bff, model, roots, document, variables, spread: Vec::new(), errors: Vec::new() };
    walk.set(&operation.selection_set.node, true);
    if walk.errors.is_empty() { Ok(()) } else { Err(walk.errors) }
}

/// What a place takes.
struct Taken<'a> {
    ty: &'a str,
    /// Whether it takes no null.
    sure: bool,
    /// Whether it has a default of its own.
    defaulted: bool,
}

struct Walk<'a> {
    bff: &'a CompiledBff,
    model: &'a Model,
    roots: &'a HashMap<String, usize>,
    document: &'a ExecutableDocument,
    variables: HashMap<&'a str, &'a VariableDefinition>,
    spread: Vec<&'a str>,
    errors: Vec<GraphqlError>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, root: bool) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => {
                    self.field(&field.node, root);
                    self.set(&field.node.selection_set.node, false);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node, root),
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    // A fragment is on one type, so it stands at the root always or never.
                    if let Some(fragment) = self.document.fragments.get(name)
                        && !self.spread.contains(&name)
                    {
                        self.spread.push(name);
                        self.set(&fragment.node.selection_set.node, root);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for (name, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            if name.node == "if" {
                self.used(value, &Taken { ty: "Boolean", sure: true, defaulted: false });
            }
        }
    }

    fn field(&mut self, field: &'a Field, root: bool) {
        let bff = self.bff;
        let plan = self.roots.get(field.name.node.as_str()).filter(|_| root).map(|&index| &bff.plans[index]);
        for (name, value) in &field.arguments {
            let param = plan.and_then(|plan| plan.params.iter().find(|param| argument(param) == name.node.as_str()));
            let place = match (param, name.node.as_str()) {
                (Some(param), _) if param.place == Place::Body => {
                    self.body(value.pos, &value.node, &param.shape, false);
                    continue;
                }
                (Some(param), _) => {
                    let ty = Leaf::of(&param.shape).unwrap_or(Leaf::Json).name(&bff.shapes);
                    Taken { ty, sure: !param.shape.is_nullable(), defaulted: param.default.is_some() }
                }
                // Introspection's.
                (None, "includeDeprecated") => Taken { ty: "Boolean", sure: false, defaulted: true },
                (None, _) => Taken { ty: "String", sure: true, defaulted: false },
            };
            self.used(value, &place);
        }
    }

    /// A body, and what is in it.
    fn body(&mut self, at: Pos, value: &Value, shape: &Shape, defaulted: bool) {
        match value {
            Value::Variable(name) => {
                let Some(variable) = self.variables.get(name.as_str()) else { return };
                let default = variable.default_value.as_ref().is_some_and(|value| value.node != ConstValue::Null);
                let (given, taken) = (variable.var_type.node.to_string(), inputs::type_name(self.bff, shape));
                let optional = taken.trim_end_matches('!');
                let fits = if default || defaulted {
                    given.trim_end_matches('!') == optional
                } else {
                    narrower(&given, &taken)
                };
                if !fits {
                    let message = format!("the variable `${name}` is {given}; expected {taken}");
                    self.errors.push(GraphqlError::request(message, Some(at)));
                }
            }
            Value::List(items) => {
                let Shape::List(item) = shape.unwrap_nullable().0 else { return };
                items.iter().for_each(|value| self.body(at, value, item, false));
            }
            Value::Object(members) => {
                for (name, value) in members {
                    if let Some((shape, defaulted)) = inputs::field(self.bff, self.model, shape, name) {
                        self.body(at, value, shape, defaulted);
                    }
                }
            }
            _ => {}
        }
    }

    fn used(&mut self, value: &Positioned<Value>, place: &Taken<'_>) {
        let Value::Variable(name) = &value.node else { return };
        let Some(variable) = self.variables.get(name.as_str()) else { return };
        let ty = &variable.var_type.node;
        let same = matches!(&ty.base, BaseType::Named(name) if name == place.ty);
        let default = variable.default_value.as_ref().is_some_and(|value| value.node != ConstValue::Null);
        if !same || (place.sure && ty.nullable && !default && !place.defaulted) {
            let mark = if place.sure { "!" } else { "" };
            let message = format!("the variable `${name}` is {ty}; expected {}{mark}", place.ty);
            self.errors.push(GraphqlError::request(message, Some(value.pos)));
        }
    }
}

/// Whether values of the first type do where the second stands: it may be more certain at each level.
fn narrower(given: &str, taken: &str) -> bool {
    let (given, sure) = given.strip_suffix('!').map_or((given, false), |plain| (plain, true));
    let (taken, needed) = taken.strip_suffix('!').map_or((taken, false), |plain| (plain, true));
    let list = |text: &str| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::to_owned);
    (sure || !needed)
        && match (list(given), list(taken)) {
            (Some(given), Some(taken)) => narrower(&given, &taken),
            (None, None) => given == taken,
            _ => false,
        }
}
