//! From a shape to a body's program: names and bounds are decided here, once.

use std::collections::HashMap;

use super::{BodyProgram, Kind, MAX_ITEMS, Member, Target, read};
use crate::declare::Bounds;
use crate::inputs::range::Range;
use crate::inputs::{MAX_TEXT, within};
use crate::names::Naming;
use crate::project::quoted;
use crate::shape::{ObjectId, Shape, Shapes};

/// The program for bodies of `shape`. The error says which view cannot be in a request, and why.
pub(crate) fn compile(shapes: &Shapes, naming: Naming, shape: &Shape) -> Result<BodyProgram, String> {
    let mut compiler = Compiler { shapes, naming, objects: Vec::new(), known: HashMap::new() };
    let root = compiler.target(shape, &Bounds::default())?;
    Ok(BodyProgram { objects: compiler.objects, root })
}

struct Compiler<'a> {
    shapes: &'a Shapes,
    naming: Naming,
    objects: Vec<Vec<Member>>,
    known: HashMap<ObjectId, usize>,
}

impl Compiler<'_> {
    /// The bounds of a list's length are the list's, all others its elements'.
    fn target(&mut self, shape: &Shape, bounds: &Bounds) -> Result<Target, String> {
        let (shape, nullable) = shape.unwrap_nullable();
        let kind = match shape {
            Shape::Bool => Kind::Bool,
            Shape::Int(int) => Kind::Int(within(*int, bounds)),
            Shape::Float => Kind::Float(Range::of(bounds)),
            Shape::Text => Kind::Text(bounds.min_length.unwrap_or(0), bounds.max_length.unwrap_or(MAX_TEXT)),
            Shape::Enum(id) => {
                let variants = &self.shapes.get_enum(*id).variants;
                Kind::Enum(variants.iter().map(|variant| variant.wire.as_str().into()).collect())
            }
            Shape::Object(id) => Kind::Object(self.object(*id)?),
            Shape::List(items) => {
                let inner = Bounds { min_items: None, max_items: None, ..bounds.clone() };
                let items = self.target(items, &inner)?;
                Kind::List(Box::new(items), bounds.min_items.unwrap_or(0), bounds.max_items.unwrap_or(MAX_ITEMS))
            }
            Shape::Map(values) => Kind::Map(Box::new(self.target(values, bounds)?)),
            Shape::Raw(_) => {
                return Err("`Raw` is not looked at, and a request is: write the type itself in a body".to_owned());
            }
            Shape::Choice(id) => {
                let name = &self.shapes.get_choice(*id).name;
                return Err(format!(
                    "`{name}` is one of several views, and GraphQL has no such input: write a view with an `Option` for each"
                ));
            }
            Shape::Nothing => return Err("`()` is no value, so no request can have it; drop the field".to_owned()),
            Shape::Nullable(inner) => return self.target(inner, bounds),
        };
        Ok(Target { nullable, kind })
    }

    fn object(&mut self, id: ObjectId) -> Result<usize, String> {
        if let Some(&index) = self.known.get(&id) {
            return Ok(index);
        }
        // The place is taken first, so a view may contain itself.
        let index = self.objects.len();
        self.known.insert(id, index);
        self.objects.push(Vec::new());
        let object = self.shapes.get(id);
        let mut members = Vec::with_capacity(object.fields.len());
        for field in &object.fields {
            if field.call.is_some() || field.derived.is_some() {
                let (view, name) = (&object.name, &field.rust);
                return Err(format!(
                    "`{view}.{name}` is filled by us, so `{view}` cannot be in a request; write a view without it"
                ));
            }
            if field.hidden {
                let (view, name) = (&object.name, &field.rust);
                return Err(format!(
                    "`{view}.{name}` is hidden, so no client could name it in a request; write a view without it"
                ));
            }
            let target = self.target(&field.shape, &field.bounds)?;
            if let Some(why) = field.default.as_ref().and_then(|default| read::unfit(&target, default)) {
                let (view, name) = (&object.name, &field.rust);
                return Err(format!(
                    "the default of `{view}.{name}` is not what a request may say there: {why}; change the default or the bounds"
                ));
            }
            let wire = field.wire.first().map_or(field.rust.as_str(), String::as_str);
            members.push(Member {
                name: field.client_name(self.naming).into(),
                key: format!("{}:", quoted(wire)).into(),
                target,
                default: field.default.as_deref().map(Into::into),
            });
        }
        self.objects[index] = members;
        Ok(index)
    }
}
