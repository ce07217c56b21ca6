//! What references lead to, and what functions and headers make of it.

use bytes::Bytes;
use trefoil_composition::declare::{Application, Reference, Root};
use trefoil_composition::shape::Shape;

use super::tree::{Object, Part, Place, State, Tree, object_at};
use super::{Failed, Model, Need, need};
use crate::generate::path_of;
use crate::json::Json;

/// What became of a function or a header.
pub(super) enum Made {
    /// This JSON.
    Value(String),
    /// There is nothing to make it of.
    Null,
    /// What it is made of has failed.
    Depends(Failed),
    Unfit,
}

impl Model<'_> {
    /// The object and the path that a reference means at a place.
    fn meant<'t>(
        &self,
        tree: &'t Tree,
        place: &'t Place,
        reference: &'t Reference,
    ) -> Option<(&'t Object, &'t [String])> {
        match reference.root {
            Root::Needs => {
                let (way, given) = place.given.as_ref().filter(|(_, given)| given.value.root == Root::Field)?;
                Some((object_at(tree, way), &given.value.path))
            }
            _ => Some((object_at(tree, &place.way), &reference.path)),
        }
    }

    /// The literal of a referred value; `None` for null.
    pub(super) fn value(&self, tree: &Tree, place: &Place, reference: &Reference) -> Option<String> {
        if let (Root::Needs, Some((_, given))) = (reference.root, &place.given)
            && given.value.root == Root::Literal
        {
            return given.value.path.first().cloned();
        }
        let (object, path) = self.meant(tree, place, reference)?;
        self.value_in(object, path)
    }

    fn value_in(&self, here: &Object, path: &[String]) -> Option<String> {
        let number = self.field_at(here.id, path);
        let field = &self.shape(here.id)[number];
        let tree = match &here.fields[number] {
            Part::Value(tree) | Part::Call(State::Filled(tree, _) | State::Default(tree)) => tree.clone(),
            Part::Call(State::Failed(_)) if need(field) == Need::Default => self.default(field, here),
            Part::Call(State::Failed(_) | State::Null) => return None,
            Part::Call(State::Open) => panic!("`{}` is not settled, and referred to", field.rust),
        };
        match (tree, &path[path_of(field).len()..]) {
            (Tree::Null, _) => None,
            (Tree::Raw(literal), []) => Some(literal),
            (Tree::Object(object), rest) if !rest.is_empty() => self.value_in(&object, rest),
            (other, rest) => panic!("{rest:?} leads to no scalar in {other:?}"),
        }
    }

    /// The failure of the call that a reference leads to, unless a default stands in.
    pub(super) fn failure_of(&self, tree: &Tree, place: &Place, reference: &Reference) -> Option<Failed> {
        let (object, path) = self.meant(tree, place, reference)?;
        let number = self.field_at(object.id, path);
        match &object.fields[number] {
            Part::Call(State::Failed(failed)) if need(&self.shape(object.id)[number]) != Need::Default => Some(*failed),
            _ => None,
        }
    }

    pub(super) fn apply(&self, tree: &Tree, place: &Place, application: &Application) -> Made {
        let (mut values, mut null) = (Vec::new(), false);
        for argument in &application.arguments {
            let value = self.value(tree, place, &argument.reference);
            if value.is_none() && !argument.optional {
                if let Some(failed) = self.failure_of(tree, place, &argument.reference) {
                    return Made::Depends(failed);
                }
                null = true;
            }
            values.push(value.map(Bytes::from));
        }
        if null {
            return Made::Null;
        }
        (application.function.run)(&values).map_or(Made::Unfit, Made::Value)
    }

    /// The header that came with a field's value.
    pub(super) fn head(&self, tree: &Tree, place: &Place, of: &Reference, shape: &Shape) -> Made {
        let object = object_at(tree, &place.way);
        let note = match &object.fields[self.field_at(object.id, &of.path)] {
            // A default has no head, whatever it stands in for.
            Part::Call(State::Failed(failed)) => return Made::Depends(*failed),
            Part::Call(State::Filled(_, note)) => *note,
            _ => None,
        };
        match (note, shape.unwrap_nullable()) {
            (Some(note), (Shape::Text, _)) => Made::Value(format!("\"{note}\"")),
            (Some(note), _) if note.parse::<u8>().is_ok() => Made::Value(note.to_owned()),
            (Some(_), _) | (None, (_, false)) => Made::Unfit,
            (None, (_, true)) => Made::Null,
        }
    }

    pub(super) fn default(&self, field: &trefoil_composition::shape::FieldShape, here: &Object) -> Tree {
        let json = match field.call.as_ref().and_then(|call| call.or.as_deref()).unwrap() {
            "[]" => Json::List(Vec::new()),
            scalar => Json::Raw(scalar.to_owned()),
        };
        self.project(&field.shape, &json, here.level + 1, &[]).unwrap()
    }
}
