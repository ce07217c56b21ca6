//! What an answer looks like: a description of every view, read by everything else.
//!
//! The OpenAPI schema, the GraphQL type, the allow-list of the projection, the references and the pictures all come from
//! this one description. Views may be recursive, so a shape is reached by function, once, at start: [`Shapes`] holds each
//! view once and others point to it by [`ObjectId`].

mod flatten;
mod int;
mod leaves;
mod needs;
mod nothing;

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};

pub use self::int::Int;
pub use self::needs::supply;
use crate::declare::{Bounds, Call, Derived, Need, Supply};
use crate::names::Naming;
use crate::refer::{Literal, Maybe, NeedsOf, Sure, WholeView};

/// The kind of a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Shape {
    /// `true` or `false`.
    Bool,
    /// A whole number within these bounds.
    Int(Int),
    /// Any JSON number (`f32`, `f64`); its literal is kept.
    Float,
    /// A string.
    #[default]
    Text,
    /// One of a closed set of strings.
    Enum(EnumId),
    /// A view.
    Object(ObjectId),
    /// One of several views; a member of the value says which.
    Choice(ChoiceId),
    /// A list of values of one shape.
    List(Box<Shape>),
    /// An object whose member names are data.
    Map(Box<Shape>),
    /// Any JSON value, passed on as it came; the shape is what the documents say of it.
    Raw(Box<Shape>),
    /// The value, or null, or absent.
    Nullable(Box<Shape>),
    /// No value (`()`): a call that has succeeded is all there is to know.
    Nothing,
}

/// Where an object stands in [`Shapes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub(crate) usize);

/// Where an enum stands in [`Shapes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnumId(pub(crate) usize);

/// Where a choice stands in [`Shapes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChoiceId(pub(crate) usize);

/// A view: a struct whose fields are the allow-list of what leaves.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObjectShape {
    /// The struct's name; the OpenAPI schema's and the GraphQL type's.
    pub name: String,
    /// The struct's doc comment.
    pub doc: String,
    /// What its calls need of whoever uses it.
    pub needs: Vec<Need>,
    /// The fields, in declaration order.
    pub fields: Vec<FieldShape>,
}

/// One field of a view.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldShape {
    /// The Rust name.
    pub rust: String,
    /// The Rust names of the fields that lead to it, where it is another view's and stands here by serde's `flatten`.
    pub under: Vec<String>,
    /// The names under which a backend may send it: serde's for deserialising, then its aliases.
    pub wire: Vec<String>,
    /// The client's name, where `rename(serialize = …)` fixes it.
    pub renamed: Option<String>,
    /// The doc comment.
    pub doc: String,
    /// The kind of its value.
    pub shape: Shape,
    /// What stands in for a member that the backend leaves out (serde's `default`), as JSON in the backend's names.
    pub default: Option<String>,
    /// What it must satisfy beside its kind where the view stands in a request. An answer is not held to it.
    pub bounds: Bounds,
    /// The call that fills it; `None` for a value of the view's own body.
    pub call: Option<Call>,
    /// What fills it, if neither a call nor the view's own body does.
    pub derived: Option<Derived>,
    /// What the views that it leads to are supplied with.
    pub supply: Vec<Supply>,
    /// Whether it only feeds other fields, or is [`Shape::Nothing`]: it is in no answer and in no document.
    pub hidden: bool,
}

/// An enum of unit variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumShape {
    /// The enum's name.
    pub name: String,
    /// The enum's doc comment.
    pub doc: String,
    /// The variants, in declaration order.
    pub variants: Vec<VariantShape>,
}

/// One variant of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantShape {
    /// The string that stands for it in JSON, both from the backend and to the client.
    pub wire: String,
    /// The doc comment.
    pub doc: String,
}

/// A tagged enum: one of several views, told apart by a member beside theirs (serde's internally tagged enums).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceShape {
    /// The enum's name; the OpenAPI schema's and the GraphQL union's.
    pub name: String,
    /// The enum's doc comment.
    pub doc: String,
    /// The backend's name of the member that says which.
    pub tag: String,
    /// The variants, in declaration order.
    pub variants: Vec<ChoiceVariant>,
}

/// One variant of a tagged enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceVariant {
    /// The tag's value for it, both from the backend and to the client.
    pub wire: String,
    /// The doc comment.
    pub doc: String,
    /// Its view.
    pub object: ObjectId,
}

impl ChoiceShape {
    /// The client's name of the tag: as a field of that name would have.
    pub fn client_tag(&self, naming: Naming) -> String {
        naming.apply(&self.tag)
    }
}

impl ObjectShape {
    /// The fields that clients see.
    pub fn shown(&self) -> impl Iterator<Item = &FieldShape> {
        self.fields.iter().filter(|field| !field.hidden)
    }

    /// The field that is the answer, where an endpoint answers with the value of one field: the one that is shown.
    pub fn root(&self) -> Option<(usize, &FieldShape)> {
        self.fields.iter().enumerate().find(|(_, field)| !field.hidden)
    }
}

impl FieldShape {
    /// Whether something else than the view's own body fills it.
    pub fn is_filled(&self) -> bool {
        self.call.is_some() || self.derived.is_some()
    }

    /// The client's name for it.
    pub fn client_name(&self, naming: Naming) -> String {
        self.renamed.clone().unwrap_or_else(|| naming.apply(&self.rust))
    }
}

impl Shape {
    /// The shape without its outermost `Option`, and whether there was one.
    pub fn unwrap_nullable(&self) -> (&Shape, bool) {
        match self {
            Shape::Nullable(inner) => (inner, true),
            other => (other, false),
        }
    }

    /// Whether null (or absence) is a value of it.
    pub fn is_nullable(&self) -> bool {
        matches!(self, Shape::Nullable(_))
    }
}

/// A type whose values can stand in an answer. `#[view]` implements it; do not write it by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no shape, so it cannot stand in an answer or an input",
    note = "give your own structs and enums `#[view]`; strings, numbers, booleans, `Option`, `Vec`, `Box`, `Raw` and maps with `String` keys have one; an id, a date or a decimal of another kind is a `String`"
)]
pub trait Shaped: 'static {
    /// [`Maybe`] if null is a value of the type, else [`Sure`].
    type Null;
    /// What the views in it need of whoever uses them.
    type Needs: NeedsOf;
    /// What can be written for a value of it where it is needed.
    const LITERAL: Literal = Literal::None;

    /// Describes the type; every view it leads to is entered into `shapes` once.
    fn shape(shapes: &mut Shapes) -> Shape;
}

/// Every view and enum that some answers lead to, each once.
#[derive(Debug, Clone, Default)]
pub struct Shapes {
    objects: Vec<ObjectShape>,
    enums: Vec<EnumShape>,
    choices: Vec<ChoiceShape>,
    known: HashMap<TypeId, usize>,
    /// The views that are being described.
    open: Vec<ObjectId>,
    /// The views that would be flattened into themselves.
    endless: Vec<ObjectId>,
}

impl Shapes {
    /// No views yet.
    pub fn new() -> Shapes {
        Shapes::default()
    }

    /// Enters the view `T`, unless it is known. `fields` is asked after the place is taken, so a view may contain itself.
    pub fn object<T: 'static>(
        &mut self,
        name: &str,
        doc: &str,
        fields: impl FnOnce(&mut Shapes) -> Vec<FieldShape>,
    ) -> Shape {
        let key = TypeId::of::<T>();
        if let Some(&index) = self.known.get(&key) {
            return Shape::Object(ObjectId(index));
        }
        let index = self.objects.len();
        self.known.insert(key, index);
        self.objects.push(ObjectShape { name: name.to_owned(), doc: doc.to_owned(), ..ObjectShape::default() });
        self.open.push(ObjectId(index));
        let mut fields = fields(self);
        fields.iter_mut().for_each(|field| field.hidden |= field.shape.is_nothing());
        self.open.pop();
        self.objects[index].fields = fields;
        Shape::Object(ObjectId(index))
    }

    /// Enters the enum `T`, unless it is known.
    pub fn enumeration<T: 'static>(&mut self, name: &str, doc: &str, variants: Vec<VariantShape>) -> Shape {
        let key = TypeId::of::<T>();
        let index = *self.known.entry(key).or_insert_with(|| {
            self.enums.push(EnumShape { name: name.to_owned(), doc: doc.to_owned(), variants });
            self.enums.len() - 1
        });
        Shape::Enum(EnumId(index))
    }

    /// Enters the tagged enum `T`, unless it is known. `variants` is asked after the place is taken, so a variant may contain the
    /// enum.
    pub fn choice<T: 'static>(
        &mut self,
        name: &str,
        doc: &str,
        tag: &str,
        variants: impl FnOnce(&mut Shapes) -> Vec<Option<ChoiceVariant>>,
    ) -> Shape {
        let key = TypeId::of::<T>();
        if let Some(&index) = self.known.get(&key) {
            return Shape::Choice(ChoiceId(index));
        }
        let index = self.choices.len();
        self.known.insert(key, index);
        let (name, doc, tag) = (name.to_owned(), doc.to_owned(), tag.to_owned());
        self.choices.push(ChoiceShape { name, doc, tag, variants: Vec::new() });
        let variants = variants(self);
        self.choices[index].variants = variants.into_iter().flatten().collect();
        Shape::Choice(ChoiceId(index))
    }

    /// A variant of a tagged enum, whose value is the view `T`.
    pub fn variant<T: Shaped + WholeView>(&mut self, wire: &str, doc: &str) -> Option<ChoiceVariant> {
        let Shape::Object(object) = T::shape(self) else { return None };
        Some(ChoiceVariant { wire: wire.to_owned(), doc: doc.to_owned(), object })
    }

    /// The tagged enum at `id`.
    pub fn get_choice(&self, id: ChoiceId) -> &ChoiceShape {
        &self.choices[id.0]
    }

    /// Every tagged enum, in the order in which they were met.
    pub fn choices(&self) -> impl Iterator<Item = (ChoiceId, &ChoiceShape)> {
        self.choices.iter().enumerate().map(|(index, choice)| (ChoiceId(index), choice))
    }

    /// The views that a shape leads to, through lists and maps: none, one, or those of a tagged enum.
    pub(crate) fn views(&self, shape: &Shape) -> Vec<ObjectId> {
        match shape {
            Shape::Object(id) => vec![*id],
            Shape::Choice(id) => self.get_choice(*id).variants.iter().map(|variant| variant.object).collect(),
            Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => self.views(inner),
            // What is passed on as it came leads nowhere, and a leaf has no views in it.
            _ => Vec::new(),
        }
    }

    /// The view at `id`.
    pub fn get(&self, id: ObjectId) -> &ObjectShape {
        &self.objects[id.0]
    }

    /// The enum at `id`.
    pub fn get_enum(&self, id: EnumId) -> &EnumShape {
        &self.enums[id.0]
    }

    /// Every view, in the order in which they were met.
    pub fn objects(&self) -> impl Iterator<Item = (ObjectId, &ObjectShape)> {
        self.objects.iter().enumerate().map(|(index, object)| (ObjectId(index), object))
    }

    /// Every enum, in the order in which they were met.
    pub fn enums(&self) -> impl Iterator<Item = (EnumId, &EnumShape)> {
        self.enums.iter().enumerate().map(|(index, shape)| (EnumId(index), shape))
    }
}

impl<T: Shaped> Shaped for Option<T> {
    type Null = Maybe;
    type Needs = T::Needs;
    const LITERAL: Literal = T::LITERAL;
    fn shape(shapes: &mut Shapes) -> Shape {
        match T::shape(shapes) {
            nullable @ Shape::Nullable(_) => nullable,
            other => Shape::Nullable(Box::new(other)),
        }
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    type Null = Sure;
    type Needs = T::Needs;
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::List(Box::new(T::shape(shapes)))
    }
}

impl<T: Shaped> Shaped for Box<T> {
    type Null = T::Null;
    type Needs = T::Needs;
    const LITERAL: Literal = T::LITERAL;
    fn shape(shapes: &mut Shapes) -> Shape {
        T::shape(shapes)
    }
}

impl<T: Shaped> Shaped for BTreeMap<String, T> {
    type Null = Sure;
    type Needs = T::Needs;
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::Map(Box::new(T::shape(shapes)))
    }
}

impl<T: Shaped> Shaped for HashMap<String, T> {
    type Null = Sure;
    type Needs = T::Needs;
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::Map(Box::new(T::shape(shapes)))
    }
}
