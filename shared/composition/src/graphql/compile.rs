//! A validated document becomes plans: one for each root field, of the calls that its selection shows and those that they
//! wait for. Done once per operation and set of `@skip` and `@include` values.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value as Literal;
use serde_json::Value;
use trefoil_context::Place;

use super::coerce::Types;
use super::cost;
use super::errors::GraphqlError;
use super::operation::Operation;
use super::respell::Respell;
use super::scalars::Leaf;
use super::schema::{EMPTY, MUTATION, Model, QUERY};
use super::select::{Conditions, Merged, Selector};
use crate::bff::CompiledBff;
use crate::declare::Declaration;
use crate::names::argument;
use crate::plan::Plan;
use crate::project::{self, What};
use crate::shape::Shape;

/// An operation with nothing left to decide but its arguments.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) roots: Vec<Root>,
    /// The introspection part, for the schema to run.
    pub(crate) introspection: Option<ExecutableDocument>,
    /// How much room it takes, in fields.
    pub(crate) fields: u32,
}

/// One root field.
#[derive(Debug)]
pub(crate) struct Root {
    /// Its response key.
    pub(crate) key: String,
    pub(crate) what: RootField,
}

/// What a root field is.
#[derive(Debug)]
pub(crate) enum RootField {
    Typename(&'static str),
    /// What a `Query` has that has nothing else: null.
    Empty,
    Introspection,
    Endpoint(Box<EndpointField>),
}

/// A root field that is an endpoint.
#[derive(Debug)]
pub(crate) struct EndpointField {
    pub(crate) plan: Plan,
    /// What of the answer is to be respelled.
    pub(crate) respell: Option<Respell>,
    /// The arguments that are given.
    pub(crate) arguments: Vec<Argument>,
}

/// An argument, and where its value stands in the document.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) given: Given,
    pub(crate) at: Pos,
}

/// The value of an argument.
#[derive(Debug)]
pub(crate) enum Given {
    Value(Value),
    Variable(Name),
    /// A body, perhaps with variables in it.
    Body(Literal),
}

/// Compiles an operation for these values of its conditions.
pub(crate) fn compile(
    bff: &CompiledBff,
    model: &Model,
    operation: &Operation,
    flags: &[bool],
) -> Result<Compiled, Vec<GraphqlError>> {
    let definition = operation.definition().map_err(|error| vec![error])?;
    let conditions = Conditions::Given(&operation.conditions, flags);
    let compiler = Compiler {
        bff,
        model,
        selector: Selector { document: &operation.document, shapes: &bff.shapes, conditions },
        is_query: definition.ty == OperationType::Query,
    };
    let mut introspected = Vec::new();
    let mut roots = Vec::new();
    let mut errors = Vec::new();
    for (key, fields) in compiler.selector.merge([&definition.selection_set.node], None) {
        match compiler.root(&fields) {
            Ok(what) => {
                if let RootField::Introspection = what {
                    introspected.extend(fields);
                }
                roots.push(Root { key: key.to_owned(), what });
            }
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    cost::check(bff, roots.iter().filter_map(Root::plan)).map_err(|error| vec![error])?;
    let fields = roots.iter().map(Root::fields).sum();
    let introspection = (!introspected.is_empty()).then(|| introspection(operation, definition, &introspected));
    Ok(Compiled { roots, introspection, fields })
}

impl Root {
    fn plan(&self) -> Option<&Plan> {
        match &self.what {
            RootField::Endpoint(field) => Some(&field.plan),
            RootField::Typename(_) | RootField::Empty | RootField::Introspection => None,
        }
    }

    fn fields(&self) -> u32 {
        let Some(plan) = self.plan() else { return 1 };
        let programs = plan.calls.iter().flat_map(|call| &call.programs);
        let outputs: usize = programs.flat_map(|program| &program.objects).map(|object| object.outputs.len() + 1).sum();
        u32::try_from(outputs + plan.nodes.len() + 1).unwrap_or(u32::MAX)
    }
}

/// The document with nothing in it but these root fields.
fn introspection(
    operation: &Operation,
    definition: &OperationDefinition,
    fields: &[&Positioned<Field>],
) -> ExecutableDocument {
    let items = fields.iter().map(|field| Positioned::new(Selection::Field((*field).clone()), field.pos)).collect();
    let set = Positioned::new(SelectionSet { items }, definition.selection_set.pos);
    let only = OperationDefinition { selection_set: set, directives: Vec::new(), ..definition.clone() };
    ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(only, definition.selection_set.pos)),
        fragments: operation.document.fragments.clone(),
    }
}

struct Compiler<'a> {
    bff: &'a CompiledBff,
    model: &'a Model,
    selector: Selector<'a>,
    is_query: bool,
}

impl<'a> Compiler<'a> {
    fn root(&self, fields: &Merged<'a>) -> Result<RootField, Vec<GraphqlError>> {
        let unknown = || vec![GraphqlError::internal()];
        let field = fields.first().ok_or_else(unknown)?;
        let name = field.node.name.node.as_str();
        let roots = match name {
            "__typename" => return Ok(RootField::Typename(if self.is_query { QUERY } else { MUTATION })),
            "__schema" | "__type" => return Ok(RootField::Introspection),
            EMPTY if self.model.query.is_empty() => return Ok(RootField::Empty),
            _ if self.is_query => &self.model.query,
            _ => &self.model.mutation,
        };
        let index = *roots.get(name).ok_or_else(unknown)?;
        let whole = &self.bff.plans[index];
        let declaration = self.bff.declaration(name).ok_or_else(unknown)?;
        let arguments = self.arguments(&field.node, whole)?;
        let shown = self.selector.of(self.model, &whole.answer, fields).ok_or_else(unknown)?;
        let respell = Respell::of(self.model, &self.bff.shapes, &whole.answer, &shown);
        let shown = if declaration.root { self.of_root(declaration, shown) } else { shown };
        let plan = self.bff.narrowed(declaration, &shown).map_err(|errors| {
            for error in errors {
                tracing::error!(target: "trefoil::graphql", bff = self.bff.name, %error, "a selection has no plan");
            }
            unknown()
        })?;
        Ok(RootField::Endpoint(Box::new(EndpointField { plan, respell, arguments })))
    }

    /// What is shown of the struct where its one field is the answer.
    fn of_root(&self, declaration: &Declaration, of: project::Selection) -> project::Selection {
        let field = match &declaration.answer {
            Shape::Object(id) => self.bff.shapes.get(*id).root(),
            _ => None,
        };
        let shown = |(index, _)| project::Selected { key: String::new(), what: What::Field { index, of } };
        project::Selection(field.map(shown).into_iter().collect())
    }

    fn arguments(&self, field: &Field, plan: &Plan) -> Result<Vec<Argument>, Vec<GraphqlError>> {
        let types = Types { model: self.model, shapes: &self.bff.shapes, naming: self.bff.naming };
        let mut arguments = Vec::with_capacity(field.arguments.len());
        let mut errors = Vec::new();
        for (name, value) in &field.arguments {
            let Some(param) = plan.params.iter().find(|param| argument(param) == name.node.as_str()) else { continue };
            let as_argument = |given| Argument { name: name.node.to_string(), given, at: value.pos };
            if param.place == Place::Body {
                arguments.push(as_argument(Given::Body(value.node.clone())));
                continue;
            }
            let leaf = Leaf::of(&param.shape).unwrap_or(Leaf::Json);
            let given = match &value.node {
                Literal::Variable(name) => Some(Given::Variable(name.clone())),
                Literal::Null => Some(Given::Value(Value::Null)),
                literal => types.literal(leaf, literal).map(Given::Value),
            };
            match given {
                Some(given) => arguments.push(as_argument(given)),
                None => {
                    let expected = leaf.name(&self.bff.shapes);
                    let message = format!("the argument `{}` does not fit; expected {expected}", name.node);
                    errors.push(GraphqlError::request(message, Some(value.pos)));
                }
            }
        }
        if errors.is_empty() { Ok(arguments) } else { Err(errors) }
    }
}
