//! An answer as a tree, the places in it, and what the view at each is given.

use std::rc::Rc;

use trefoil_composition::declare::Reference;
use trefoil_composition::shape::{FieldShape, ObjectId};

use super::{Failed, Model};
use crate::generate::{AGAIN, GIVEN};

/// A part of an answer.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Raw(String),
    Null,
    List(Vec<Tree>),
    Object(Box<Object>),
}

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) id: ObjectId,
    pub(super) level: usize,
    /// What says which of several views it is.
    pub(super) tag: Option<String>,
    /// The client's names that lead to it.
    pub(super) names: Vec<String>,
    /// Field by field.
    pub(super) fields: Vec<Part>,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Value(Tree),
    Call(State),
}

#[derive(Debug, Clone)]
pub(super) enum State {
    Open,
    Null,
    Default(Tree),
    Failed(Failed),
    /// The value, and the header that came with it.
    Filled(Tree, Option<&'static str>),
}

/// What a view is given by one further out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// The fields that lead to that one, without the steps by which a view leads to itself.
    at: Vec<String>,
    pub(super) object: ObjectId,
    pub(super) level: usize,
    /// The value, as it is seen there.
    pub(super) value: Reference,
    /// What that one is given itself.
    pub(super) outer: Option<Rc<Given>>,
}

/// An object of an answer: field numbers and indices lead to it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) way: Vec<usize>,
    pub(super) object: ObjectId,
    pub(super) level: usize,
    /// The way to the object that gives it something, and what that is.
    pub(super) given: Option<(Vec<usize>, Rc<Given>)>,
}

/// What a field supplies the views below it with, if it does.
pub(super) fn given_below(
    field: &FieldShape,
    (object, level): (ObjectId, usize),
    at: &[String],
    outer: Option<&Rc<Given>>,
) -> Option<Rc<Given>> {
    let supply = field.supply.iter().find(|supply| supply.need == GIVEN)?;
    let value = supply.value.clone();
    Some(Rc::new(Given { at: at.to_vec(), object, level, value, outer: outer.cloned() }))
}

/// The name of a step to a field; none for one by which a view leads to itself.
pub(super) fn step(object: ObjectId, field: &FieldShape) -> Option<String> {
    (field.rust != AGAIN).then(|| format!("{object:?}.{}", field.rust))
}

impl Model<'_> {
    /// Every object that is shown.
    pub(super) fn places(&self, tree: &Tree) -> Vec<Place> {
        let mut found = Vec::new();
        self.objects(tree, &mut Vec::new(), &mut Vec::new(), None, &mut found);
        found
    }

    fn objects(
        &self,
        tree: &Tree,
        way: &mut Vec<usize>,
        at: &mut Vec<String>,
        given: Option<&(Vec<usize>, Rc<Given>)>,
        found: &mut Vec<Place>,
    ) {
        match tree {
            Tree::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    way.push(index);
                    self.objects(item, way, at, given, found);
                    way.pop();
                }
            }
            Tree::Object(object) => {
                let (id, level) = (object.id, object.level);
                found.push(Place { way: way.clone(), object: id, level, given: given.cloned() });
                for (index, (field, part)) in self.shape(id).iter().zip(&object.fields).enumerate() {
                    let (Part::Value(tree) | Part::Call(State::Filled(tree, _))) = part else { continue };
                    if field.hidden {
                        continue;
                    }
                    let below = given_below(field, (id, level), at, given.map(|(_, given)| given));
                    let below = below.map(|below| (way.clone(), below));
                    let step = step(id, field);
                    at.extend(step.clone());
                    way.push(index);
                    self.objects(tree, way, at, below.as_ref().or(given), found);
                    way.pop();
                    at.truncate(at.len() - step.iter().count());
                }
            }
            Tree::Raw(_) | Tree::Null => {}
        }
    }
}

pub(super) fn object_at<'t>(tree: &'t Tree, way: &[usize]) -> &'t Object {
    match (tree, way) {
        (Tree::Object(object), []) => object,
        (Tree::List(items), [index, rest @ ..]) => object_at(&items[*index], rest),
        (Tree::Object(object), [index, rest @ ..]) => match &object.fields[*index] {
            Part::Value(tree) | Part::Call(State::Filled(tree, _)) => object_at(tree, rest),
            Part::Call(_) => panic!("no way through a call"),
        },
        _ => panic!("no such place"),
    }
}

pub(super) fn object_at_mut<'t>(tree: &'t mut Tree, way: &[usize]) -> &'t mut Object {
    match (tree, way) {
        (Tree::Object(object), []) => object,
        (Tree::List(items), [index, rest @ ..]) => object_at_mut(&mut items[*index], rest),
        (Tree::Object(object), [index, rest @ ..]) => match &mut object.fields[*index] {
            Part::Value(tree) | Part::Call(State::Filled(tree, _)) => object_at_mut(tree, rest),
            Part::Call(_) => panic!("no way through a call"),
        },
        _ => panic!("no such place"),
    }
}
