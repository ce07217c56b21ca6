//! What async-graphql 7.2.1 does not validate: anything on a field `__typename`, and directives of variables.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, InlineFragment, OperationDefinition, Selection, SelectionSet,
};

use super::errors::GraphqlError;

/// The document as the validator is to see it: a `__typename` with directives stands in an inline fragment that has them, which
/// means the same. What the validator would pass over otherwise is refused here.
pub(crate) fn brought_to_light(mut document: ExecutableDocument) -> Result<ExecutableDocument, Vec<GraphqlError>> {
    let mut errors = Vec::new();
    match &mut document.operations {
        DocumentOperations::Single(operation) => of_operation(&mut operation.node, &mut errors),
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| of_operation(&mut operation.node, &mut errors));
        }
    }
    for fragment in document.fragments.values_mut() {
        of_set(&mut fragment.node.selection_set.node, &mut errors);
    }
    if errors.is_empty() { Ok(document) } else { Err(errors) }
}

fn of_operation(operation: &mut OperationDefinition, errors: &mut Vec<GraphqlError>) {
    // No directive may stand on a variable.
    for directive in operation.variable_definitions.iter().flat_map(|variable| &variable.node.directives) {
        let message = format!("the directive `@{}` does not belong on a variable", directive.node.name.node);
        errors.push(GraphqlError::request(message, Some(directive.pos)));
    }
    of_set(&mut operation.selection_set.node, errors);
}

fn of_set(set: &mut SelectionSet, errors: &mut Vec<GraphqlError>) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) if field.node.name.node == "__typename" => of_typename(selection, errors),
            Selection::Field(field) => of_set(&mut field.node.selection_set.node, errors),
            Selection::InlineFragment(fragment) => of_set(&mut fragment.node.selection_set.node, errors),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn of_typename(selection: &mut Positioned<Selection>, errors: &mut Vec<GraphqlError>) {
    let pos = selection.pos;
    let Selection::Field(field) = &mut selection.node else { return };
    if let Some((name, _)) = field.node.arguments.first() {
        errors.push(GraphqlError::request("`__typename` takes no arguments", Some(name.pos)));
    }
    if !field.node.selection_set.node.items.is_empty() {
        errors.push(GraphqlError::request("`__typename` is text: nothing can be selected of it", Some(pos)));
    }
    if field.node.directives.is_empty() {
        return;
    }
    let directives = std::mem::take(&mut field.node.directives);
    let items = vec![Positioned::new(Selection::Field(field.clone()), pos)];
    let selection_set = Positioned::new(SelectionSet { items }, pos);
    let fragment = InlineFragment { type_condition: None, directives, selection_set };
    selection.node = Selection::InlineFragment(Positioned::new(fragment, pos));
}
