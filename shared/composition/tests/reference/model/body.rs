//! What a body is by its shape.

use trefoil_composition::Naming;
use trefoil_composition::shape::{FieldShape, ObjectId, Shape};

use super::Model;
use super::tree::{Object, Part, State, Tree};
use crate::generate::TAG;
use crate::json::{Json, plain};

impl Model<'_> {
    pub(super) fn project(&self, shape: &Shape, json: &Json, level: usize, names: &[String]) -> Result<Tree, ()> {
        match (shape, json) {
            (Shape::Nothing, _) => Ok(Tree::Null),
            (Shape::Nullable(_), json) if json.is_null() => Ok(Tree::Null),
            (Shape::Nullable(inner), json) => self.project(inner, json, level, names),
            (Shape::Raw(_), json) => {
                if json.is_null() {
                    Err(())
                } else {
                    Ok(Tree::Raw(json.text(false)))
                }
            }
            (Shape::List(item), Json::List(items)) => {
                items.iter().map(|one| self.project(item, one, level, names)).collect::<Result<_, _>>().map(Tree::List)
            }
            (Shape::Map(inner), Json::Object(members)) => {
                members.iter().try_for_each(|(_, value)| self.project(inner, value, level, names).map(drop))?;
                Ok(Tree::Raw(json.text(false)))
            }
            (Shape::Choice(id), Json::Object(members)) => {
                let mut says = members.iter().filter(|(name, _)| name == TAG);
                let (Some((_, Json::Raw(literal))), None) = (says.next(), says.next()) else { return Err(()) };
                let says = plain(literal);
                let variants = &self.backends.shapes.get_choice(*id).variants;
                let variant = variants.iter().find(|variant| variant.wire == says).ok_or(())?;
                self.object(variant.object, Some(says), members, level, names)
            }
            (Shape::Object(id), Json::Object(members)) => self.object(*id, None, members, level, names),
            (Shape::Object(_) | Shape::List(_) | Shape::Map(_) | Shape::Choice(_), _)
            | (_, Json::Object(_) | Json::List(_)) => Err(()),
            (scalar, Json::Raw(literal)) => {
                let fits = match scalar {
                    Shape::Bool => literal == "true" || literal == "false",
                    Shape::Int(int) => literal.parse::<i128>().is_ok_and(|value| (int.min..=int.max).contains(&value)),
                    Shape::Float => literal.parse::<f64>().is_ok(),
                    Shape::Text => literal.starts_with('"'),
                    Shape::Enum(id) => {
                        let variants = &self.backends.shapes.get_enum(*id).variants;
                        variants.iter().any(|variant| format!("\"{}\"", variant.wire) == *literal)
                    }
                    _ => false,
                };
                if fits { Ok(Tree::Raw(literal.clone())) } else { Err(()) }
            }
        }
    }

    fn object(
        &self,
        id: ObjectId,
        tag: Option<String>,
        members: &[(String, Json)],
        level: usize,
        names: &[String],
    ) -> Result<Tree, ()> {
        let field = |field: &FieldShape| {
            if field.is_filled() {
                return Ok(Part::Call(State::Open));
            }
            let names: Vec<String> = names.iter().cloned().chain([client(field)]).collect();
            let mut found = members.iter().filter(|(name, _)| field.wire.contains(name));
            let value = match (found.next(), found.next(), &field.default) {
                (Some(_), Some(_), _) => return Err(()),
                (Some((_, value)), None, _) => self.project(&field.shape, value, level, &names)?,
                (None, _, Some(default)) => Tree::Raw(default.clone()),
                (None, _, None) if field.shape.is_nullable() => Tree::Null,
                (None, _, None) => return Err(()),
            };
            Ok(Part::Value(value))
        };
        let fields = self.shape(id).iter().map(field).collect::<Result<_, _>>()?;
        Ok(Tree::Object(Box::new(Object { id, level, tag, names: names.to_vec(), fields })))
    }
}

/// The client's name of a field.
pub(super) fn client(field: &FieldShape) -> String {
    field.client_name(Naming::CamelCase)
}
