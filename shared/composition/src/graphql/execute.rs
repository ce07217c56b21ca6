//! Runs an operation: all root fields of a query at the same time, those of a mutation one after another.

use std::sync::Arc;

use async_graphql::dynamic::{Schema, SchemaError};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, ValidationMode, Variables};
use bytes::Bytes;
use futures_util::future::join_all;
use http::HeaderMap;
use serde_json::{Map, Value};
use tracing::Instrument as _;
use trefoil_backend::Clients;
use trefoil_context::RequestContext;

use super::answer::{self, Executed};
use super::cache::Operations;
use super::coerce::Types;
use super::compile::{self, Compiled, RootField};
use super::errors::GraphqlError;
use super::merging;
use super::operation::Operation;
use super::positions;
use super::ready;
use super::request::GraphqlRequest;
use super::root;
use super::schema::{self, Model};
use super::validate;
use crate::bff::CompiledBff;
use crate::idempotency::Idempotency;
use crate::signals::Signals;

/// The GraphQL face of one BFF.
pub(crate) struct Face {
    pub(crate) bff: Arc<CompiledBff>,
    pub(crate) model: Model,
    /// Validates documents.
    validator: Schema,
    /// Runs introspection, of documents that were validated.
    pub(crate) introspector: Schema,
    operations: Operations,
    pub(crate) clients: Arc<Clients>,
    pub(crate) signals: Signals,
    pub(crate) idempotency: Idempotency,
}

/// The answer of the introspection part, in selection order.
type Introspected = IndexMap<async_graphql::Name, async_graphql::Value>;

/// Who asks, and with which headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asks<'a> {
    /// The request.
    pub(crate) context: &'a RequestContext,
    /// Its headers, of which the Idempotency-Key is looked at.
    pub(crate) headers: &'a HeaderMap,
}

/// What an operation came to.
#[derive(Debug)]
pub(crate) enum Answered {
    /// Nothing was run: the document or the variables do not do.
    Refused(Bytes),
    /// It was run.
    Executed(Executed),
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Face").field("bff", &self.bff.name).finish_non_exhaustive()
    }
}

impl Face {
    pub(crate) fn new(
        bff: &Arc<CompiledBff>,
        model: Model,
        clients: &Arc<Clients>,
        signals: &Signals,
        idempotency: &Idempotency,
    ) -> Result<Face, SchemaError> {
        let schema = || schema::build(bff, &model);
        Ok(Face {
            validator: validate::validator(schema()?)?,
            // What it runs is a part of a valid document, where fragments and variables may be unused.
            introspector: schema()?.validation_mode(ValidationMode::Fast).finish()?,
            bff: Arc::clone(bff),
            model,
            operations: Operations::new(),
            clients: Arc::clone(clients),
            signals: signals.clone(),
            idempotency: idempotency.clone(),
        })
    }

    /// Answers one request.
    pub(crate) async fn answer(&self, request: &GraphqlRequest, asks: Asks<'_>) -> Answered {
        match self.execute(request, asks).await {
            Ok(executed) => Answered::Executed(executed),
            Err(errors) => Answered::Refused(answer::refused(&errors)),
        }
    }

    async fn execute(&self, request: &GraphqlRequest, asks: Asks<'_>) -> Result<Executed, Vec<GraphqlError>> {
        let one = |error| vec![error];
        let operation = self.operation(&request.operation).await?;
        let definition = operation.definition().map_err(one)?;
        let types = Types { model: &self.model, shapes: &self.bff.shapes, naming: self.bff.naming };
        let variables = types.variables(&definition.variable_definitions, &request.variables)?;
        let compiled = self.compiled(&operation, operation.flags(&variables).map_err(one)?)?;

        // All of them, before the first field runs: a write that was made cannot be taken back.
        let (mut inputs, mut unfit) = (Vec::with_capacity(compiled.roots.len()), Vec::new());
        for root in &compiled.roots {
            match root::inputs(self, root, &variables) {
                Ok(given) => inputs.push(given),
                Err(error) => unfit.push(error),
            }
        }
        if !unfit.is_empty() {
            return Err(unfit);
        }
        // What the arguments did not use, and so did not look at.
        types.composites(&definition.variable_definitions, &variables)?;

        let kind = definition.ty;
        let span =
            if asks.context.trace.recorded { span(kind, operation.name.as_deref()) } else { tracing::Span::none() };
        let fields = async {
            let introspected = match &compiled.introspection {
                Some(document) => self.introspect(document, &variables).await,
                None => IndexMap::new(),
            };
            let ready = ready::ready(self, &compiled.roots, inputs, asks).await;
            let run = |(root, ready)| root::run(self, root, ready, asks.context);
            let runs = compiled.roots.iter().zip(ready);
            let mut fields = if kind == OperationType::Mutation {
                let mut fields = Vec::with_capacity(compiled.roots.len());
                for one in runs {
                    fields.push(run(one).await);
                }
                fields
            } else {
                join_all(runs.map(run)).await
            };
            for (root, field) in compiled.roots.iter().zip(&mut fields) {
                if let RootField::Introspection = root.what {
                    field.value = introspected
                        .get(root.key.as_str())
                        .and_then(|value| serde_json::to_string(value).ok())
                        .map(Bytes::from);
                }
            }
            fields
        };
        let fields = fields.instrument(span).await;
        Ok(answer::executed(compiled.roots.iter().map(|root| root.key.as_str()).zip(fields)))
    }

    async fn operation(&self, key: &(String, Option<String>)) -> Result<Arc<Operation>, Vec<GraphqlError>> {
        if let Some(known) = self.operations.document(key) {
            return Ok(known);
        }
        let document = validate::document(&self.validator, &key.0, key.1.as_deref()).await?;
        let operation = Arc::new(Operation::new(document, key.1.as_deref()).map_err(|error| vec![error])?);
        let definition = operation.definition().map_err(|error| vec![error])?;
        merging::check(&self.bff, &self.model, &operation.document, definition).map_err(|error| vec![error])?;
        positions::check(&self.bff, &self.model, &operation.document, definition)?;
        self.operations.keep_document(key, &operation);
        Ok(operation)
    }

    fn compiled(&self, operation: &Operation, flags: Box<[bool]>) -> Result<Arc<Compiled>, Vec<GraphqlError>> {
        let variant = (operation.id, flags);
        if let Some(known) = self.operations.compiled(&variant) {
            return Ok(known);
        }
        let compiled = Arc::new(compile::compile(&self.bff, &self.model, operation, &variant.1)?);
        self.operations.keep_compiled(variant, &compiled);
        Ok(compiled)
    }

    /// Runs the introspection part. It cannot fail: what it may ask was validated.
    async fn introspect(&self, document: &ExecutableDocument, variables: &Map<String, Value>) -> Introspected {
        let mut request = Request::new("").variables(Variables::from_json(Value::Object(variables.clone())));
        request.set_parsed_query(document.clone());
        match self.introspector.execute(request).await.data {
            async_graphql::Value::Object(fields) => fields,
            _ => IndexMap::new(),
        }
    }
}

/// The span of an operation, as the semantic conventions name it.
fn span(kind: OperationType, name: Option<&str>) -> tracing::Span {
    let kind = kind.to_string();
    tracing::info_span!(
        target: "trefoil::graphql",
        "graphql",
        otel.name = kind,
        graphql.operation.r#type = kind,
        graphql.operation.name = name,
    )
}
