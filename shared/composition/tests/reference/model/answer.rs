//! The answer that a tree is: its text, what is missing in it, or why there is none.

use std::collections::BTreeMap;

use trefoil_composition::shape::{FieldShape, Shape};

use super::body::client;
use super::tree::{Object, Part, State, Tree};
use super::{Fatal, Model, Need, need, without_again};
use crate::generate::TAG;

impl Model<'_> {
    /// The whole answer; empty where nothing is shown.
    pub(super) fn whole(&self, tree: &Tree) -> Result<String, ()> {
        let text = self.write(&self.backends.declaration.answer, tree)?;
        let Tree::Object(object) = tree else { panic!("the answer is a struct") };
        let mut shown = self.shape(object.id).iter().zip(&object.fields).filter(|(field, _)| !field.hidden).peekable();
        match (shown.peek(), self.backends.declaration.root) {
            (None, _) => Ok(String::new()),
            (Some((field, part)), true) => self.member(object, field, part),
            (Some(_), false) => Ok(text),
        }
    }

    /// The text; nothing where a null may not stand.
    fn write(&self, shape: &Shape, tree: &Tree) -> Result<String, ()> {
        match (shape, tree) {
            (Shape::Nullable(inner), tree) => Ok(self.write(inner, tree).unwrap_or_else(|()| "null".to_owned())),
            (Shape::Nothing, Tree::Null) => Ok(String::new()),
            (_, Tree::Null) => Err(()),
            (_, Tree::Raw(literal)) => Ok(literal.clone()),
            (Shape::List(item), Tree::List(items)) => {
                let items: Vec<String> = items.iter().map(|one| self.write(item, one)).collect::<Result<_, _>>()?;
                Ok(format!("[{}]", items.join(",")))
            }
            (_, Tree::Object(object)) => {
                let mut members: Vec<String> = object
                    .tag
                    .iter()
                    .map(|says| format!("\"{TAG}\":{}", serde_json::Value::from(says.as_str())))
                    .collect();
                for (field, part) in self.shape(object.id).iter().zip(&object.fields) {
                    // What is not shown takes all with it, too, when it cannot be done without.
                    let value = self.member(object, field, part)?;
                    if !field.hidden {
                        members.push(format!("\"{}\":{value}", client(field)));
                    }
                }
                Ok(format!("{{{}}}", members.join(",")))
            }
            (shape, tree) => panic!("{tree:?} is no {shape:?}"),
        }
    }

    fn member(&self, object: &Object, field: &FieldShape, part: &Part) -> Result<String, ()> {
        match part {
            // In what is not shown nothing is called.
            Part::Value(_) | Part::Call(State::Filled(..) | State::Default(_)) if field.hidden => Ok(String::new()),
            Part::Value(tree) | Part::Call(State::Filled(tree, _) | State::Default(tree)) => {
                self.write(&field.shape, tree)
            }
            Part::Call(State::Failed(_)) if need(field) == Need::Default => {
                self.write(&field.shape, &self.default(field, object))
            }
            Part::Call(State::Failed(_) | State::Null) if need(field) == Need::Optional => Ok("null".to_owned()),
            Part::Call(State::Failed(_) | State::Null) => Err(()),
            Part::Call(State::Open) => panic!("`{}` was never settled", field.rust),
        }
    }

    /// The failures with nothing on the way to them that may be null.
    pub(super) fn fatal(&self, shape: &Shape, tree: &Tree, found: &mut Vec<Fatal>) {
        match (shape, tree) {
            (Shape::List(item), Tree::List(items)) => items.iter().for_each(|one| self.fatal(item, one, found)),
            (Shape::Object(_) | Shape::Choice(_), Tree::Object(object)) => {
                for (field, part) in self.shape(object.id).iter().zip(&object.fields) {
                    match part {
                        Part::Value(tree) if !field.hidden => self.fatal(&field.shape, tree, found),
                        Part::Call(State::Filled(tree, _)) if need(field) == Need::Required && !field.hidden => {
                            self.fatal(&field.shape, tree, found);
                        }
                        Part::Call(State::Failed(failed)) if need(field) == Need::Required => {
                            let pass = field.call.iter().flat_map(|call| &call.pass).copied().collect::<Vec<u16>>();
                            let (status, code) = match failed.cause {
                                "timeout" => (504, "deadline-exceeded"),
                                "connect" => (503, "backend-unreachable"),
                                "shape" => (502, "backend-shape"),
                                _ if failed.status.is_some_and(|status| pass.contains(&status)) => (404, "not-found"),
                                _ => (502, "backend-status"),
                            };
                            let field = Some(self.path(object, field)).filter(|path| !path.is_empty());
                            // The answer as a whole is called by the endpoint's name.
                            let field = field.unwrap_or_else(|| "page".to_owned());
                            found.push(Fatal { at: failed.at, field, status, code });
                        }
                        Part::Value(_) | Part::Call(_) => {}
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn degraded(&self, tree: &Tree, found: &mut BTreeMap<(String, &'static str, bool), usize>) {
        match tree {
            Tree::List(items) => items.iter().for_each(|one| self.degraded(one, found)),
            Tree::Object(object) => {
                for (field, part) in self.shape(object.id).iter().zip(&object.fields) {
                    match part {
                        Part::Value(tree) | Part::Call(State::Filled(tree, _)) if !field.hidden => {
                            self.degraded(tree, found);
                        }
                        Part::Call(State::Failed(failed)) => {
                            let key = (self.path(object, field), failed.reason, need(field) == Need::Default);
                            *found.entry(key).or_default() += 1;
                        }
                        Part::Value(_) | Part::Call(_) => {}
                    }
                }
            }
            Tree::Raw(_) | Tree::Null => {}
        }
    }

    /// The names that lead to a field's value; none to an answer that is the value of one field. A `()` that stands alone is
    /// one, too, although it is not shown.
    pub(super) fn names(&self, object: &Object, field: &FieldShape) -> Vec<String> {
        let is_answer = || !field.hidden || self.shape(object.id).len() == 1;
        if self.backends.declaration.root && object.id == self.outermost() && is_answer() {
            return Vec::new();
        }
        object.names.iter().cloned().chain([client(field)]).collect()
    }

    fn path(&self, object: &Object, field: &FieldShape) -> String {
        without_again(&self.names(object, field).join("."))
    }
}
