//! The fields of a selection set, with fragments unfolded and fields of one response key merged.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

use super::errors::GraphqlError;
use super::schema::Model;
use crate::project::{self, What};
use crate::shape::{ObjectId, Shape, Shapes};

/// The fields of one response key: the same field, with the same arguments, selecting perhaps different things of it.
pub(crate) type Merged<'a> = Vec<&'a Positioned<Field>>;

/// What the conditions of a document's directives say.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Conditions<'a> {
    /// Everything is shown, whatever they say.
    Ignored,
    /// The variables with these names have these values.
    Given(&'a [Name], &'a [bool]),
}

impl Conditions<'_> {
    fn show(self, directives: &[Positioned<Directive>]) -> bool {
        let Conditions::Given(names, values) = self else { return true };
        directives.iter().all(|directive| {
            let wanted = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => return true,
            };
            let value = match directive.node.get_argument("if").map(|value| &value.node) {
                Some(Value::Boolean(value)) => Some(*value),
                Some(Value::Variable(name)) => {
                    names.iter().position(|known| known == name).and_then(|at| values.get(at).copied())
                }
                _ => None,
            };
            value == Some(wanted)
        })
    }
}

/// A document, and what of it is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selector<'a> {
    pub(crate) document: &'a ExecutableDocument,
    pub(crate) conditions: Conditions<'a>,
}

impl<'a> Selector<'a> {
    /// The fields of these sets, by response key, in the order in which the keys are met.
    pub(crate) fn merge(self, sets: impl IntoIterator<Item = &'a SelectionSet>) -> IndexMap<&'a str, Merged<'a>> {
        let mut found = IndexMap::new();
        let mut spread = Vec::new();
        for set in sets {
            self.collect(set, &mut found, &mut spread);
        }
        found
    }

    /// Every type condition holds: there are no interfaces and no unions, and the validation has seen to the rest.
    fn collect(self, set: &'a SelectionSet, found: &mut IndexMap<&'a str, Merged<'a>>, spread: &mut Vec<&'a str>) {
        for selection in &set.items {
            if !self.conditions.show(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    found.entry(field.node.response_key().node.as_str()).or_default().push(field);
                }
                Selection::InlineFragment(fragment) => self.collect(&fragment.node.selection_set.node, found, spread),
                Selection::FragmentSpread(fragment) => {
                    let name = fragment.node.fragment_name.node.as_str();
                    if let Some(fragment) = self.document.fragments.get(name)
                        && !spread.contains(&name)
                    {
                        spread.push(name);
                        self.collect(&fragment.node.selection_set.node, found, spread);
                    }
                }
            }
        }
    }

    /// Checks that fields of one response key can be merged (the specification's "Field Selection Merging", which
    /// async-graphql checks within one set and type condition only).
    pub(crate) fn check(self, sets: impl IntoIterator<Item = &'a SelectionSet>) -> Result<(), GraphqlError> {
        for (key, fields) in self.merge(sets) {
            if let [first, others @ ..] = fields.as_slice()
                && let Some(other) = others.iter().find(|other| !same(&first.node, &other.node))
            {
                let message = format!("`{key}` stands for two different fields; give one of them an alias");
                return Err(GraphqlError::request(message, Some(other.pos)));
            }
            self.check(inside(&fields))?;
        }
        Ok(())
    }

    /// What of a value is shown: of what has no selection (a leaf, a map), all. `None` if the document names a field that there
    /// is not.
    pub(crate) fn of(
        self,
        model: &Model,
        shapes: &Shapes,
        shape: &Shape,
        fields: &Merged<'a>,
    ) -> Option<project::Selection> {
        match leads_to(shape) {
            Some(id) => self.selection(model, shapes, id, fields),
            None => Some(project::Selection::default()),
        }
    }

    /// What of a view is shown. `None` if the document names a field that the view does not have.
    fn selection(
        self,
        model: &Model,
        shapes: &Shapes,
        id: ObjectId,
        fields: &Merged<'a>,
    ) -> Option<project::Selection> {
        let shape = shapes.get(id);
        let select = |(key, fields): (&'a str, Merged<'a>)| {
            let name = fields.first()?.node.name.node.as_str();
            let what = if name == "__typename" {
                What::Typename
            } else {
                let index = model.field(id, name)?;
                let of = self.of(model, shapes, &shape.fields[index].shape, &fields)?;
                What::Field { index, of }
            };
            Some(project::Selected { key: key.to_owned(), what })
        };
        self.merge(inside(fields)).into_iter().map(select).collect::<Option<Vec<_>>>().map(project::Selection)
    }
}

/// The selection sets of these fields.
pub(crate) fn inside<'a>(fields: &[&'a Positioned<Field>]) -> impl Iterator<Item = &'a SelectionSet> {
    fields.iter().map(|field| &field.node.selection_set.node)
}

fn same(one: &Field, other: &Field) -> bool {
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .all(|(name, value)| other.get_argument(&name.node).is_some_and(|other| other.node == value.node))
}

/// The view that a shape leads to, through lists.
fn leads_to(shape: &Shape) -> Option<ObjectId> {
    match shape {
        Shape::Object(id) => Some(*id),
        Shape::List(inner) | Shape::Nullable(inner) => leads_to(inner),
        Shape::Map(_) | Shape::Raw(_) | Shape::Bool | Shape::Int(_) | Shape::Float | Shape::Text | Shape::Enum(_) => {
            None
        }
    }
}
