//! Parsing and validating a document through async-graphql, without running it.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::async_trait::async_trait;
use async_graphql::dynamic::{Schema, SchemaBuilder, SchemaError};
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::{BaseType, ExecutableDocument, VariableDefinition};
use async_graphql::parser::{Error as ParseError, parse_query};
use async_graphql::{Positioned, Request, Response, ServerError};

use super::errors::GraphqlError;
use super::{limits, twice, unseen};

/// Ends a request after its validation.
struct Stop;

impl ExtensionFactory for Stop {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Stop)
    }
}

#[async_trait]
impl Extension for Stop {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}

/// A schema that validates and runs nothing.
pub(crate) fn validator(schema: SchemaBuilder) -> Result<Schema, SchemaError> {
    schema.limit_recursive_depth(limits::MAX_NESTING).limit_directives(limits::MAX_DIRECTIVES).extension(Stop).finish()
}

/// A document that is safe to plan: small enough, and valid against the schema. No variable is looked at.
pub(crate) async fn document(
    validator: &Schema,
    text: &str,
    operation: Option<&str>,
) -> Result<ExecutableDocument, Vec<GraphqlError>> {
    // Before the parser, whose depth of recursion the text decides.
    limits::text(text).map_err(|error| vec![error])?;
    twice::check(text).map_err(|error| vec![error])?;
    let document = parse_query(text).map_err(|error| vec![unreadable(error)])?;
    // Before the validation, whose work grows with what fragments unfold to.
    limits::document(&document).map_err(|error| vec![error])?;
    // Before the validation, which panics at a default value for a list of an unknown type.
    let unknown = unknown_types(validator, &document);
    if !unknown.is_empty() {
        return Err(unknown);
    }

    let mut request = Request::new("");
    request.operation_name = operation.map(str::to_owned);
    request.set_parsed_query(unseen::brought_to_light(document.clone())?);
    let response = validator.execute(request).await;
    if response.errors.is_empty() { Ok(document) } else { Err(once(response.errors)) }
}

/// What the parser says of a document, without the drawing of its line: where it is, is in the locations.
fn unreadable(error: ParseError) -> GraphqlError {
    let mut error = ServerError::from(error);
    if let Some((_, expected)) = error.message.rsplit_once("= ") {
        error.message = format!("the document cannot be read: {}", expected.trim().replace('_', " "));
    }
    GraphqlError::from(error)
}

/// Each error once: async-graphql walks a document twice, and some things it says both times.
fn once(errors: Vec<ServerError>) -> Vec<GraphqlError> {
    let mut said = HashSet::new();
    let new = |error: &ServerError| said.insert((error.message.clone(), error.locations.clone()));
    errors.into_iter().filter(new).map(GraphqlError::from).collect()
}

/// One error for each variable whose type does not exist.
fn unknown_types(schema: &Schema, document: &ExecutableDocument) -> Vec<GraphqlError> {
    let definitions = document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions);
    let unknown = |definition: &Positioned<VariableDefinition>| {
        let mut ty = &definition.node.var_type.node;
        let name = loop {
            match &ty.base {
                BaseType::Named(name) => break name,
                BaseType::List(item) => ty = item,
            }
        };
        let known = schema.registry().types.contains_key(name.as_str());
        (!known).then(|| GraphqlError::request(format!("there is no type `{name}`"), Some(definition.pos)))
    };
    definitions.filter_map(unknown).collect()
}
