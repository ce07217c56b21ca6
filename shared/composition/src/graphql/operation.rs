//! One operation of a validated document, with what of it is the same for all requests.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::Name;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};

use super::errors::GraphqlError;

/// One operation of a validated document.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Unlike that of any other operation of this process.
    pub(crate) id: u64,
    pub(crate) name: Option<Name>,
    pub(crate) document: ExecutableDocument,
    /// The variables that decide what is shown, in order.
    pub(crate) conditions: Vec<Name>,
}

impl Operation {
    /// The operation with this name, or the only one. The document must be valid, this name included.
    pub(crate) fn new(document: ExecutableDocument, name: Option<&str>) -> Result<Operation, GraphqlError> {
        static IDS: AtomicU64 = AtomicU64::new(0);
        let mut names = BTreeSet::new();
        for (_, operation) in document.operations.iter() {
            conditions(&operation.node.selection_set.node, &mut names);
        }
        for fragment in document.fragments.values() {
            conditions(&fragment.node.selection_set.node, &mut names);
        }
        Ok(Operation {
            id: IDS.fetch_add(1, Ordering::Relaxed),
            name: match &document.operations {
                DocumentOperations::Single(_) => None,
                DocumentOperations::Multiple(operations) => match name {
                    Some(name) => Some(Name::new(name)),
                    None => operations.keys().next().cloned(),
                },
            },
            document,
            conditions: names.into_iter().collect(),
        })
    }

    /// The operation itself.
    pub(crate) fn definition(&self) -> Result<&OperationDefinition, GraphqlError> {
        let found = match (&self.document.operations, &self.name) {
            (DocumentOperations::Single(operation), _) => Some(operation),
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
            (DocumentOperations::Multiple(_), None) => None,
        };
        found.map(|operation| &operation.node).ok_or_else(|| GraphqlError::request("there is no such operation", None))
    }

    /// The values of [`Operation::conditions`].
    pub(crate) fn flags(&self, variables: &Map<String, Value>) -> Result<Box<[bool]>, GraphqlError> {
        let definition = self.definition()?;
        let flag = |name: &Name| match variables.get(name.as_str()) {
            Some(Value::Bool(value)) => Ok(*value),
            // A variable of another operation of the document.
            None if !definition.variable_definitions.iter().any(|variable| variable.node.name.node == *name) => {
                Ok(false)
            }
            _ => Err(GraphqlError::request(format!("the variable `${name}` is missing; expected Boolean!"), None)),
        };
        self.conditions.iter().map(flag).collect()
    }
}

/// Collects the variables of `@skip` and `@include`.
fn conditions(set: &SelectionSet, names: &mut BTreeSet<Name>) {
    for selection in &set.items {
        for directive in selection.node.directives() {
            if let "skip" | "include" = directive.node.name.node.as_str()
                && let Some(Literal::Variable(name)) = directive.node.get_argument("if").map(|value| &value.node)
            {
                names.insert(name.clone());
            }
        }
        match &selection.node {
            Selection::Field(field) => conditions(&field.node.selection_set.node, names),
            Selection::InlineFragment(fragment) => conditions(&fragment.node.selection_set.node, names),
            Selection::FragmentSpread(_) => {}
        }
    }
}
