//! Random declarations, as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use trefoil_composition::__private::refer::{Needed, NeedsOf};
use trefoil_composition::declare::{Access, Call, Declaration, Fan, Piece, Reference, Root, Supply, Template};
use trefoil_composition::shape::{FieldShape, Int, ObjectId, Shape, Shapes, VariantShape};

use crate::numbers::{Choices, Numbers};

/// The time of an answer, and what of it calls get.
pub(crate) const DEADLINE_MS: u64 = 20_000;
pub(crate) const CALLS_DUE_MS: u64 = DEADLINE_MS - 10;
/// The time that some calls have. All other times are multiples of 20, so that nothing ends at the same instant as this.
pub(crate) const WITHIN_MS: u64 = 310;
/// The field by which a view contains itself.
pub(crate) const AGAIN: &str = "again";
/// What every view may be given.
pub(crate) const GIVEN: &str = "given";
/// The calls of one declaration.
const MOST_CALLS: usize = 12;
/// Of these, those kept for the outermost struct.
const OUTERMOST: usize = 4;

/// Makes the declaration that these bytes stand for.
pub(crate) fn declaration(bytes: &[u8], shapes: &mut Shapes) -> Declaration {
    let mut scratch = Shapes::new();
    let first = make(bytes, &mut scratch, BTreeMap::new());
    let mut levels = BTreeMap::new();
    levels_of(&scratch, &first.answer, 0, &mut Vec::new(), &mut levels);
    make(bytes, shapes, levels)
}

/// The levels at which each call field stands.
type Levels = BTreeMap<String, BTreeSet<usize>>;

fn levels_of(shapes: &Shapes, shape: &Shape, level: usize, open: &mut Vec<ObjectId>, found: &mut Levels) {
    match shape {
        Shape::List(inner) | Shape::Nullable(inner) | Shape::Map(inner) => {
            levels_of(shapes, inner, level, open, found);
        }
        Shape::Object(id) if !open.contains(id) => {
            open.push(*id);
            for field in &shapes.get(*id).fields {
                if field.call.is_none() {
                    levels_of(shapes, &field.shape, level, open, found);
                } else {
                    found.entry(field.rust.clone()).or_default().insert(level);
                    levels_of(shapes, &field.shape, level + 1, &mut Vec::new(), found);
                }
            }
            open.pop();
        }
        _ => {}
    }
}

fn make(bytes: &[u8], shapes: &mut Shapes, levels: Levels) -> Declaration {
    let mut maker = Maker {
        choices: Choices(bytes),
        shapes,
        views: Vec::new(),
        calls: 0,
        levels,
        seed: Numbers::of(0, bytes).next(),
    };
    let views = 4 - maker.choices.below(3);
    for number in (0..views).rev() {
        let view = maker.view(number);
        maker.views.push(view);
    }
    let answer = maker.root();
    Declaration {
        type_name: "Page".to_owned(),
        path: "/page".to_owned(),
        deadline: Duration::from_millis(DEADLINE_MS),
        access: Access::Public,
        answer,
        ..Default::default()
    }
}

/// A scalar that a reference can lead to.
struct Scalar {
    path: Vec<String>,
    shape: Shape,
    nullable: bool,
}

struct Maker<'a> {
    choices: Choices<'a>,
    shapes: &'a mut Shapes,
    /// The views that are whole, the innermost first.
    views: Vec<Shape>,
    calls: usize,
    levels: Levels,
    seed: u64,
}

/// What every view says that it needs.
#[derive(Clone, Copy)]
struct Given;

impl NeedsOf for Given {
    const LIST: &'static [Needed] = &[Needed { name: GIVEN, ty: "String", optional: true }];
    const NEW: Given = Given;
}

struct View<const N: usize>;
struct Page;
struct Word;

/// Each view needs a type of its own.
fn enter(shapes: &mut Shapes, number: usize, fields: impl FnOnce(&mut Shapes) -> Vec<FieldShape>) -> Shape {
    let name = format!("View{number}");
    match number {
        0 => shapes.object::<View<0>>(&name, "", fields),
        1 => shapes.object::<View<1>>(&name, "", fields),
        2 => shapes.object::<View<2>>(&name, "", fields),
        _ => shapes.object::<View<3>>(&name, "", fields),
    }
}

impl Maker<'_> {
    fn view(&mut self, number: usize) -> Shape {
        let mut fields = vec![field("id", self.key())];
        for name in 0..self.choices.below(4) {
            let shape = self.own();
            let mut made = field(&format!("own_{name}"), shape);
            if self.choices.rarely(6) {
                made.renamed = Some(format!("shown{name}"));
            }
            if self.choices.rarely(6) {
                made.wire.push(format!("alias{name}"));
            }
            if made.shape == Shape::Text && self.choices.rarely(3) {
                made.default = Some("\"given\"".to_owned());
            }
            let at = self.choices.below(fields.len() + 1);
            fields.insert(at, made);
        }
        let again = self.choices.rarely(20).then(|| self.choices.below(2));
        for _ in 0..self.choices.below(4) {
            self.call(&mut fields, false);
        }
        // Only now, so that nothing refers into it.
        enter(self.shapes, number, |shapes| {
            shapes.needs::<Given>();
            if let Some(kind) = again {
                let own = enter(shapes, number, |_| Vec::new());
                let shape = if kind == 0 { Shape::Nullable(Box::new(own)) } else { Shape::List(Box::new(own)) };
                fields.push(field(AGAIN, shape));
            }
            fields
        })
    }

    fn root(&mut self) -> Shape {
        let mut fields = Vec::new();
        for _ in 0..=self.choices.below(4) {
            self.call(&mut fields, true);
        }
        // Mostly the outermost struct gives the views something of its own; else they are given nothing.
        let sources = self.sources(&fields);
        let mut numbers = Numbers::of(self.seed, GIVEN);
        if !sources.is_empty() && !numbers.rarely(4) {
            let value = reference(&numbers.pick(&sources).path);
            let supply = Supply { need: GIVEN.to_owned(), value };
            fields.iter_mut().for_each(|field| field.supply.push(supply.clone()));
        }
        self.shapes.object::<Page>("Page", "", |_| fields)
    }

    fn key(&mut self) -> Shape {
        match self.choices.below(4) {
            0 | 1 => Shape::Text,
            2 => Shape::Int(Int { min: 0, max: i128::from(u32::MAX) }),
            _ => Shape::Int(Int { min: i128::from(i64::MIN), max: i128::from(i64::MAX) }),
        }
    }

    fn leaf(&mut self) -> Shape {
        match self.choices.below(6) {
            0..=2 => self.key(),
            3 => Shape::Float,
            4 => Shape::Bool,
            _ => {
                let variant = |wire: &str| VariantShape { wire: wire.to_owned(), doc: String::new() };
                self.shapes.enumeration::<Word>("Word", "", vec![variant("ONE"), variant("TWO"), variant("THREE")])
            }
        }
    }

    fn a_view(&mut self) -> Option<Shape> {
        (!self.views.is_empty()).then(|| self.views[self.choices.below(self.views.len())].clone())
    }

    /// A value of a body: scalars, views, lists of them.
    fn own(&mut self) -> Shape {
        let inner = match self.choices.below(4) {
            0 => self.leaf(),
            _ => match self.a_view() {
                Some(view) => view,
                None => self.leaf(),
            },
        };
        let maybe = |shape: Shape, yes: bool| if yes { Shape::Nullable(Box::new(shape)) } else { shape };
        match self.choices.below(4) {
            0 => maybe(inner, self.choices.below(2) == 1),
            1 => inner,
            _ => {
                let item = maybe(inner, self.choices.rarely(3));
                maybe(Shape::List(Box::new(item)), self.choices.rarely(3))
            }
        }
    }

    /// Adds a call field, if there may be one more.
    fn call(&mut self, fields: &mut Vec<FieldShape>, root: bool) {
        if self.calls == if root { MOST_CALLS } else { MOST_CALLS - OUTERMOST } {
            return;
        }
        let number = self.calls;
        let sources = self.sources(fields);
        let keys = |scalar: &&Scalar| matches!(scalar.shape, Shape::Text | Shape::Int(_) | Shape::Enum(_));
        let keys: Vec<usize> =
            sources.iter().enumerate().filter(|(_, scalar)| keys(scalar)).map(|(index, _)| index).collect();
        let view = self.a_view();
        let batch = !root && view.is_some() && !keys.is_empty() && self.choices.below(4) < 3;
        let inner = if batch { view.clone().unwrap() } else { self.own() };
        let (inner, _) = inner.unwrap_nullable();
        let inner = inner.clone();
        // 0: required, 1: optional, 2: with a default.
        let has_default = plain_default(&inner).filter(|_| !self.leads_to_calls(&inner));
        let need = match self.choices.below(5) {
            0 | 1 => 0,
            2 | 3 => 1,
            _ if has_default.is_some() => 2,
            _ => 1,
        };
        let usable = |scalar: &Scalar| need != 0 || !scalar.nullable;
        let mut call = Call {
            backend: format!("b{}", number % 3),
            path: Template(vec![Piece::Literal(format!("/c{number}"))]),
            within: (self.choices.below(2) == 1).then(|| Duration::from_millis(WITHIN_MS)),
            absent: if need == 1 && self.choices.below(2) == 1 { vec![404] } else { Vec::new() },
            pass: if need == 0 && root && self.choices.below(2) == 1 { vec![404] } else { Vec::new() },
            or: if need == 2 { has_default } else { None },
            ..Default::default()
        };
        let usable_keys: Vec<usize> = keys.into_iter().filter(|&index| usable(&sources[index])).collect();
        if batch && !usable_keys.is_empty() {
            let key = &sources[usable_keys[self.choices.below(usable_keys.len())]];
            call.fan = Fan::Batch {
                key: reference(&key.path),
                parameter: "ids".to_owned(),
                by: vec!["id".to_owned()],
                most: [50, 1, 2, 3][self.choices.below(4)],
            };
        } else {
            if !root {
                let at_once = [100, 100, 1, 2][self.choices.below(4)];
                // Of two levels that wait for places at the same time nobody can tell which request is whose.
                let levels = self.levels.get(&format!("call_{number}")).map_or(0, BTreeSet::len);
                call.fan = Fan::Each { at_once: if levels > 1 { 100 } else { at_once } };
            }
            let usable: Vec<&Scalar> = sources.iter().filter(|scalar| usable(scalar)).collect();
            // In the outermost struct a reference is rarer: there the calls would else make one long chain.
            let references = if root { self.choices.below(2) } else { 1 + self.choices.below(2) };
            for place in 0..references {
                if usable.is_empty() {
                    break;
                }
                let path = &usable[self.choices.below(usable.len())].path;
                if place == 0 && self.choices.below(2) == 0 {
                    call.path.0.extend([Piece::Literal("/".to_owned()), Piece::Reference(reference(path))]);
                } else {
                    call.query.push((format!("q{place}"), Template(vec![Piece::Reference(reference(path))])));
                }
            }
        }
        // A call that can do without may ask for what its view is given.
        if !root && need != 0 && Numbers::of(self.seed, (GIVEN, number)).below(2) == 0 {
            let given = Reference { root: Root::Needs, path: vec![GIVEN.to_owned()] };
            call.query.push((GIVEN.to_owned(), Template(vec![Piece::Reference(given)])));
        }
        self.calls += 1;
        let shape = if need == 1 { Shape::Nullable(Box::new(inner)) } else { inner };
        let mut made = field(&format!("call_{number}"), shape);
        made.call = Some(call);
        let at = self.choices.below(fields.len() + 1);
        fields.insert(at, made);
    }

    /// What a call beside these fields can refer to.
    fn sources(&self, fields: &[FieldShape]) -> Vec<Scalar> {
        let mut found = Vec::new();
        for field in fields {
            scalars(self.shapes, &field.shape, vec![field.rust.clone()], false, &mut found);
        }
        found
    }

    fn leads_to_calls(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Object(id) => {
                let leads = |field: &FieldShape| {
                    field.call.is_some() || (field.rust != AGAIN && self.leads_to_calls(&field.shape))
                };
                self.shapes.get(*id).fields.iter().any(leads)
            }
            Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => self.leads_to_calls(inner),
            _ => false,
        }
    }
}

fn scalars(shapes: &Shapes, shape: &Shape, path: Vec<String>, nullable: bool, found: &mut Vec<Scalar>) {
    match shape {
        Shape::Nullable(inner) => scalars(shapes, inner, path, true, found),
        Shape::Object(id) => {
            for field in &shapes.get(*id).fields {
                if field.call.is_none() && field.rust != AGAIN && path.len() < 3 {
                    let path = path.iter().cloned().chain([field.rust.clone()]).collect();
                    scalars(shapes, &field.shape, path, nullable, found);
                }
            }
        }
        Shape::List(_) | Shape::Map(_) | Shape::Raw(_) | Shape::Choice(_) => {}
        scalar => found.push(Scalar { path, shape: scalar.clone(), nullable }),
    }
}

/// A default for what needs no view.
fn plain_default(shape: &Shape) -> Option<String> {
    match shape {
        Shape::Text => Some("\"or\"".to_owned()),
        Shape::Int(_) => Some("3".to_owned()),
        Shape::Float => Some("0.50".to_owned()),
        Shape::Bool => Some("true".to_owned()),
        Shape::List(_) => Some("[]".to_owned()),
        Shape::Nullable(_) => Some("null".to_owned()),
        Shape::Enum(_) => Some("\"TWO\"".to_owned()),
        Shape::Object(_) | Shape::Map(_) | Shape::Raw(_) | Shape::Choice(_) | Shape::Nothing => None,
    }
}

fn reference(path: &[String]) -> Reference {
    Reference { root: Root::Field, path: path.to_vec() }
}

fn field(rust: &str, shape: Shape) -> FieldShape {
    FieldShape { rust: rust.to_owned(), wire: vec![rust.to_owned()], shape, ..Default::default() }
}
