//! The fields of a selection set, with fragments unfolded and fields of one response key merged.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet, TypeCondition};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

use super::schema::Model;
use crate::project::{self, What};
use crate::shape::{ChoiceVariant, ObjectId, Shape, Shapes};

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
    pub(crate) shapes: &'a Shapes,
    pub(crate) conditions: Conditions<'a>,
}

impl<'a> Selector<'a> {
    /// The fields of these sets for an object of this view (`None` for a root type), by response key, in the order in which the
    /// keys are met.
    pub(crate) fn merge(
        self,
        sets: impl IntoIterator<Item = &'a SelectionSet>,
        of: Option<ObjectId>,
    ) -> IndexMap<&'a str, Merged<'a>> {
        let mut found = IndexMap::new();
        let mut spread = Vec::new();
        for set in sets {
            self.collect(set, of, &mut found, &mut spread);
        }
        found
    }

    fn collect(
        self,
        set: &'a SelectionSet,
        of: Option<ObjectId>,
        found: &mut IndexMap<&'a str, Merged<'a>>,
        spread: &mut Vec<&'a str>,
    ) {
        for selection in &set.items {
            if !self.conditions.show(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    found.entry(field.node.response_key().node.as_str()).or_default().push(field);
                }
                Selection::InlineFragment(fragment) => {
                    if fragment.node.type_condition.as_ref().is_none_or(|on| self.holds(&on.node, of)) {
                        self.collect(&fragment.node.selection_set.node, of, found, spread);
                    }
                }
                Selection::FragmentSpread(fragment) => {
                    let name = fragment.node.fragment_name.node.as_str();
                    if let Some(fragment) = self.document.fragments.get(name)
                        && !spread.contains(&name)
                        && self.holds(&fragment.node.type_condition.node, of)
                    {
                        spread.push(name);
                        self.collect(&fragment.node.selection_set.node, of, found, spread);
                    }
                }
            }
        }
    }

    /// Whether an object of this view is of the type: its own, or a union that it is in. At the root every condition holds: there
    /// is one type, and the validation has seen to the rest.
    fn holds(self, condition: &TypeCondition, of: Option<ObjectId>) -> bool {
        let (name, shapes) = (condition.on.node.as_str(), self.shapes);
        let Some(id) = of else { return true };
        shapes.get(id).name == name
            || shapes
                .choices()
                .any(|(_, choice)| choice.name == name && choice.variants.iter().any(|variant| variant.object == id))
    }

    /// What of a value is shown: of what has no selection (a leaf, a map), all; of one of several objects, what each shows if it
    /// is that one. `None` if the document names a field that there is not.
    pub(crate) fn of(self, model: &Model, shape: &Shape, fields: &Merged<'a>) -> Option<project::Selection> {
        match shape {
            Shape::Object(id) => self.selection(model, *id, fields),
            Shape::Choice(id) => {
                let variant = |(index, variant): (usize, &ChoiceVariant)| {
                    let of = self.selection(model, variant.object, fields)?;
                    Some(project::Selected { key: String::new(), what: What::Variant { index, of } })
                };
                let variants = self.shapes.get_choice(*id).variants.iter().enumerate().map(variant);
                variants.collect::<Option<Vec<_>>>().map(project::Selection)
            }
            Shape::List(inner) | Shape::Nullable(inner) => self.of(model, inner, fields),
            Shape::Map(_)
            | Shape::Raw(_)
            | Shape::Bool
            | Shape::Int(_)
            | Shape::Float
            | Shape::Text
            | Shape::Nothing
            | Shape::Enum(_) => Some(project::Selection::default()),
        }
    }

    fn selection(self, model: &Model, id: ObjectId, fields: &Merged<'a>) -> Option<project::Selection> {
        let shape = self.shapes.get(id);
        let select = |(key, fields): (&'a str, Merged<'a>)| {
            let name = fields.first()?.node.name.node.as_str();
            let what = if name == "__typename" {
                What::Typename
            } else {
                let index = model.field(id, name)?;
                let of = self.of(model, &shape.fields[index].shape, &fields)?;
                What::Field { index, of }
            };
            Some(project::Selected { key: key.to_owned(), what })
        };
        self.merge(inside(fields), Some(id)).into_iter().map(select).collect::<Option<Vec<_>>>().map(project::Selection)
    }
}

/// The selection sets of these fields.
pub(crate) fn inside<'a>(fields: &[&'a Positioned<Field>]) -> impl Iterator<Item = &'a SelectionSet> {
    fields.iter().map(|field| &field.node.selection_set.node)
}
