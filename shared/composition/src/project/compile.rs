//! From shapes to a program: everything that can be decided before a body comes is decided here.

use std::collections::HashMap;

use super::{Kind, Member, Missing, ObjectProgram, Output, Program, Target, Use};
use crate::names::Naming;
use crate::shape::{ObjectId, ObjectShape, Shape, Shapes};

/// The fields to show, in order, with the names to show them under. REST shows all fields and needs none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection(pub Vec<Selected>);

/// One shown field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The name in the output.
    pub key: String,
    /// What is shown.
    pub what: What,
}

/// What a [`Selected`] shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The name of the object's type.
    Typename,
    /// A field of the object.
    Field {
        /// Its index in [`ObjectShape::fields`].
        index: usize,
        /// What of it, if it leads to an object.
        of: Selection,
    },
}

/// Compiles the program for bodies of `shape`. `captures` are the paths (Rust names) of the values to note, in order.
pub fn compile(
    shapes: &Shapes,
    naming: Naming,
    shape: &Shape,
    selection: Option<&Selection>,
    captures: &[Vec<String>],
) -> Program {
    let mut compiler = Compiler { shapes, naming, objects: Vec::new(), whole: HashMap::new() };
    let wanted: Vec<Wanted<'_>> = captures.iter().enumerate().map(|(number, path)| Wanted { number, path }).collect();
    let root = compiler.target(shape, selection, &wanted);
    Program { objects: compiler.objects, root, captures: captures.len() }
}

/// A value to note: its number, and what is left of the path to it.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    number: usize,
    path: &'a [String],
}

struct Compiler<'a> {
    shapes: &'a Shapes,
    naming: Naming,
    objects: Vec<ObjectProgram>,
    /// Whole objects with nothing noted in them are compiled once: this is what lets a view contain itself.
    whole: HashMap<ObjectId, usize>,
}

impl Compiler<'_> {
    fn target(&mut self, shape: &Shape, selection: Option<&Selection>, wanted: &[Wanted<'_>]) -> Target {
        let (shape, nullable) = shape.unwrap_nullable();
        let kind = match shape {
            Shape::Bool => Kind::Bool,
            Shape::Int(int) => Kind::Int(*int),
            Shape::Float => Kind::Float,
            Shape::Text => Kind::Text,
            Shape::Enum(id) => Kind::Enum(
                self.shapes.get_enum(*id).variants.iter().map(|variant| variant.wire.as_str().into()).collect(),
            ),
            Shape::Object(id) => Kind::Object(self.object(*id, selection, wanted)),
            // References cannot lead into lists and maps: the compiler has seen to it.
            Shape::List(item) => Kind::List(Box::new(self.target(item, selection, &[]))),
            Shape::Map(value) => Kind::Map(Box::new(self.target(value, selection, &[]))),
            Shape::Nullable(inner) => return self.target(inner, selection, wanted),
        };
        let capture = wanted.iter().find(|wanted| wanted.path.is_empty()).map(|wanted| wanted.number);
        Target { nullable, kind, capture }
    }

    fn object(&mut self, id: ObjectId, selection: Option<&Selection>, wanted: &[Wanted<'_>]) -> usize {
        let plain = selection.is_none() && wanted.is_empty();
        if let Some(&index) = self.whole.get(&id).filter(|_| plain) {
            return index;
        }
        // The place is taken before the members are compiled, so a member may lead back here.
        let index = self.objects.len();
        self.objects.push(ObjectProgram::default());
        if plain {
            self.whole.insert(id, index);
        }
        let shapes = self.shapes;
        let object = shapes.get(id);
        let shown = selection.map_or_else(|| self.all(object), |selection| selection.0.clone());
        let outputs = shown
            .iter()
            .map(|selected| Output {
                key: format!("{}:", quoted(&selected.key)).into(),
                constant: matches!(selected.what, What::Typename).then(|| quoted(&object.name).into()),
            })
            .collect();
        let members = (0..object.fields.len())
            .filter_map(|field| self.member(object, field, &shown, selection.is_some(), wanted))
            .collect();
        self.objects[index] = ObjectProgram { members, outputs };
        index
    }

    fn all(&self, object: &ObjectShape) -> Vec<Selected> {
        let show = |(index, field): (usize, &crate::shape::FieldShape)| Selected {
            key: field.client_name(self.naming),
            what: What::Field { index, of: Selection::default() },
        };
        object.fields.iter().enumerate().map(show).collect()
    }

    fn member(
        &mut self,
        object: &ObjectShape,
        field: usize,
        shown: &[Selected],
        selected: bool,
        wanted: &[Wanted<'_>],
    ) -> Option<Member> {
        let shape = &object.fields[field];
        let inside: Vec<Wanted<'_>> = wanted
            .iter()
            .filter(|wanted| wanted.path.first() == Some(&shape.rust))
            .map(|wanted| Wanted { number: wanted.number, path: &wanted.path[1..] })
            .collect();
        let mut uses = Vec::new();
        for (output, one) in shown.iter().enumerate() {
            if let What::Field { index, of } = &one.what
                && *index == field
            {
                // The first use notes the values; the others need not.
                let inside = if uses.is_empty() { inside.as_slice() } else { &[] };
                uses.push(Use { output, target: self.target(&shape.shape, selected.then_some(of), inside) });
            }
        }
        let silent = (uses.is_empty() && !inside.is_empty())
            .then(|| self.target(&shape.shape, Some(&Selection::default()), &inside));
        if uses.is_empty() && silent.is_none() {
            return None;
        }
        let missing = match &shape.default {
            Some(json) => Missing::Default(json.as_str().into()),
            None if shape.shape.is_nullable() => Missing::Null,
            None => Missing::Fail,
        };
        Some(Member { wire: shape.wire.iter().map(|name| name.as_str().into()).collect(), uses, silent, missing })
    }
}

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
