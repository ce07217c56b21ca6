//! Random declarations, as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use http::{HeaderName, Method};
use trefoil_composition::__private::refer::{Literal, Needed, NeedsOf};
use trefoil_composition::declare::{
    Access, Application, Argument, Cache, Call, Declaration, Derived, Fan, Function, Idempotency, Json, Piece,
    Reference, Root, Supply, Template,
};
use trefoil_composition::shape::{ChoiceVariant, FieldShape, Int, ObjectId, Shape, Shapes, VariantShape};

use crate::functions::{COUNTED, DECIDES, JOINED};
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
/// Where a flattened field of a view stood.
pub(crate) const FLAT: &str = "flat";
/// The member that says which of several views a value is.
pub(crate) const TAG: &str = "kind";
/// Where a backend's envelope has the value.
pub(crate) const ENVELOPE: [&str; 2] = ["data", "items"];
/// The header of which fields are made.
pub(crate) const NOTE: &str = "x-note";
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
        Shape::Choice(id) => {
            for variant in &shapes.get_choice(*id).variants {
                levels_of(shapes, &Shape::Object(variant.object), level, open, found);
            }
        }
        Shape::Object(id) if !open.contains(id) => {
            open.push(*id);
            for field in &shapes.get(*id).fields {
                if field.call.is_some() {
                    found.entry(field.rust.clone()).or_default().insert(level);
                    levels_of(shapes, &field.shape, level + 1, &mut Vec::new(), found);
                } else {
                    levels_of(shapes, &field.shape, level, open, found);
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
        choices_made: 0,
        calls: 0,
        write: None,
        levels,
        seed: Numbers::of(0, bytes).next(),
    };
    let views = 4 - maker.choices.below(3);
    for number in (0..views).rev() {
        let view = maker.view(number);
        maker.views.push(view);
    }
    let writes = maker.choices.rarely(2);
    let keyed = maker.choices.rarely(2);
    let root = maker.choices.rarely(4);
    let answer = maker.root(writes, root);
    let idempotency = maker.write.as_ref().filter(|_| keyed).map(|_| Idempotency::default());
    // A key belongs to somebody.
    let public = idempotency.is_none() && maker.choices.rarely(2);
    let access = if public { Access::Public } else { Access::default() };
    Declaration {
        type_name: "Page".to_owned(),
        method: maker.write.unwrap_or(Method::GET),
        path: "/page".to_owned(),
        deadline: Duration::from_millis(DEADLINE_MS),
        access,
        answer,
        root,
        idempotency,
        ..Default::default()
    }
}

/// A scalar that a reference can lead to.
struct Scalar {
    path: Vec<String>,
    shape: Shape,
    /// Whether it, or something on the way to it, may be null.
    nullable: bool,
    /// Whether its own type is an `Option`.
    option: bool,
}

struct Maker<'a> {
    choices: Choices<'a>,
    shapes: &'a mut Shapes,
    /// The views that are whole, the innermost first.
    views: Vec<Shape>,
    /// How many values there are that are one of several views.
    choices_made: usize,
    calls: usize,
    /// The method of the call that writes, once there is one.
    write: Option<Method>,
    levels: Levels,
    seed: u64,
}

/// What every view says that it needs.
#[derive(Clone, Copy)]
struct Given;

impl NeedsOf for Given {
    const LIST: &'static [Needed] = &[Needed { name: GIVEN, ty: "String", optional: true, literal: Literal::Text }];
    const NEW: Given = Given;
}

struct View<const N: usize>;
struct Either<const N: usize>;
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
            let mut made = field(&format!("own_{number}_{name}"), shape);
            if self.choices.rarely(6) {
                made.renamed = Some(format!("shown{number}x{name}"));
            }
            if self.choices.rarely(6) {
                made.wire = vec![format!("sent{name}")];
            }
            if self.choices.rarely(6) {
                made.wire.push(format!("alias{name}"));
            }
            if made.shape == Shape::Text && self.choices.rarely(3) {
                made.default = Some("\"given\"".to_owned());
            }
            if self.choices.rarely(6) {
                made.under.push(FLAT.to_owned());
            }
            made.hidden = self.choices.rarely(6);
            let at = self.choices.below(fields.len() + 1);
            fields.insert(at, made);
        }
        let again = self.choices.rarely(20).then(|| self.choices.below(2));
        for _ in 0..self.choices.below(4) {
            self.call(&mut fields, false, false);
        }
        self.derived(&mut fields, number);
        let of_its_own = self.choices.rarely(3);
        if of_its_own {
            self.supply(&mut fields);
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

    fn root(&mut self, writes: bool, single: bool) -> Shape {
        let mut fields = Vec::new();
        for _ in 0..=self.choices.below(4) {
            self.call(&mut fields, true, writes);
        }
        if single {
            // The answer is the value of one field; the others feed it, or guard it.
            let shown: Vec<usize> = (0..fields.len()).filter(|&field| !fields[field].shape.is_nothing()).collect();
            let shown = shown.get(self.choices.below(shown.len().max(1))).copied();
            fields.iter_mut().enumerate().for_each(|(number, field)| field.hidden = Some(number) != shown);
        } else {
            self.derived(&mut fields, 9);
        }
        // Mostly the outermost struct gives the views something of its own; else they are given nothing.
        if !Numbers::of(self.seed, GIVEN).rarely(4) {
            self.supply(&mut fields);
        }
        self.shapes.object::<Page>("Page", "", |_| fields)
    }

    /// Gives the views in these fields, as far as they make use of it, a value beside them.
    fn supply(&self, fields: &mut [FieldShape]) {
        let sources = self.sources(fields);
        if sources.is_empty() {
            return;
        }
        let mut numbers = Numbers::of(self.seed, (GIVEN, fields.len(), sources.len()));
        let value = if numbers.rarely(8) {
            Reference { root: Root::Literal, path: vec![r#""written here""#.to_owned()] }
        } else {
            reference(&numbers.pick(&sources).path)
        };
        let uses: Vec<bool> = fields.iter().map(|field| !field.hidden && self.uses_given(&field.shape)).collect();
        for (field, _) in fields.iter_mut().zip(uses).filter(|(_, uses)| *uses) {
            field.supply.push(Supply { need: GIVEN.to_owned(), value: value.clone() });
        }
    }

    /// Whether a call in this refers to what it is given by those further out.
    fn uses_given(&self, shape: &Shape) -> bool {
        match shape {
            Shape::List(inner) | Shape::Nullable(inner) | Shape::Map(inner) => self.uses_given(inner),
            Shape::Choice(id) => {
                let variants = &self.shapes.get_choice(*id).variants;
                variants.iter().any(|variant| self.uses_given(&Shape::Object(variant.object)))
            }
            Shape::Object(id) => self.shapes.get(*id).fields.iter().any(|field| {
                let inside = || !field.hidden && field.rust != AGAIN && field.supply.is_empty();
                is_given(field) || (inside() && self.uses_given(&field.shape))
            }),
            _ => false,
        }
    }

    fn key(&mut self) -> Shape {
        match self.choices.below(4) {
            0 | 1 => Shape::Text,
            2 => Shape::Int(Int { min: 0, max: i128::from(u32::MAX) }),
            _ => Shape::Int(Int { min: i128::from(i64::MIN), max: i128::from(i64::MAX) }),
        }
    }

    fn leaf(&mut self) -> Shape {
        match self.choices.below(8) {
            0..=2 => self.key(),
            3 => Shape::Float,
            4 => Shape::Bool,
            5 => Shape::Map(Box::new(self.key())),
            6 => Shape::Raw(Box::new(Shape::Text)),
            _ => {
                let variant = |wire: &str| VariantShape { wire: wire.to_owned(), doc: String::new() };
                self.shapes.enumeration::<Word>("Word", "", vec![variant("ONE"), variant("TWO"), variant("THREE")])
            }
        }
    }

    fn a_view(&mut self) -> Option<Shape> {
        (!self.views.is_empty()).then(|| self.views[self.choices.below(self.views.len())].clone())
    }

    /// A view, or one of two.
    fn a_view_or_a_choice(&mut self) -> Option<Shape> {
        if self.views.len() < 2 || self.choices_made == 3 || !self.choices.rarely(4) {
            return self.a_view();
        }
        let first = self.choices.below(self.views.len());
        let second = (first + 1) % self.views.len();
        let variants: Vec<ChoiceVariant> = [("ONE", first), ("other", second)]
            .into_iter()
            .filter_map(|(wire, view)| match self.views[view] {
                Shape::Object(object) => Some(ChoiceVariant { wire: wire.to_owned(), doc: String::new(), object }),
                _ => None,
            })
            .collect();
        let variants = |_: &mut Shapes| variants.into_iter().map(Some).collect();
        let name = format!("Either{}", self.choices_made);
        self.choices_made += 1;
        Some(match self.choices_made {
            1 => self.shapes.choice::<Either<0>>(&name, "", TAG, variants),
            2 => self.shapes.choice::<Either<1>>(&name, "", TAG, variants),
            _ => self.shapes.choice::<Either<2>>(&name, "", TAG, variants),
        })
    }

    /// A value of a body: scalars, views, lists of them.
    fn own(&mut self) -> Shape {
        let inner = match self.choices.below(4) {
            0 => self.leaf(),
            _ => match self.a_view_or_a_choice() {
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
    fn call(&mut self, fields: &mut Vec<FieldShape>, root: bool, writes: bool) {
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
        let inner = if !batch && self.choices.rarely(8) { Shape::Nothing } else { inner.clone() };
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
            at: if inner != Shape::Nothing && Numbers::of(self.seed, ("at", number)).rarely(5) {
                ENVELOPE.map(str::to_owned).to_vec()
            } else {
                Vec::new()
            },
            ..Default::default()
        };
        let usable_keys: Vec<usize> = keys.into_iter().filter(|&index| usable(&sources[index])).collect();
        // Of two levels that wait for places at the same time nobody can tell which request is whose.
        let levels = self.levels.get(&format!("call_{number}")).map_or(0, BTreeSet::len);
        let given = !root && need != 0 && Numbers::of(self.seed, (GIVEN, number)).below(2) == 0;
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
                call.fan = Fan::Each { at_once: if levels > 1 || given { 100 } else { at_once } };
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
        if given {
            call.query.push((GIVEN.to_owned(), Template(vec![Piece::Reference(needs_given())])));
        }
        // One that can do without may be skipped.
        if need != 0 && !sources.is_empty() && self.choices.rarely(4) {
            call.when = Some(self.condition(&sources));
        }
        let kept = self.choices.rarely(4);
        let shared = self.choices.rarely(2);
        let sure: Vec<&Scalar> = sources.iter().filter(|scalar| !scalar.nullable).collect();
        // Rather one that is made of something.
        let write = writes && root && need == 0 && self.write.is_none();
        if write && (!sure.is_empty() || self.choices.rarely(9)) {
            call.method = [Method::POST, Method::PUT, Method::PATCH][self.choices.below(3)].clone();
            let mut members = vec![("n".to_owned(), Json::Literal("1.50".to_owned()))];
            if !sure.is_empty() {
                let value = Json::Value(reference(&sure[self.choices.below(sure.len())].path));
                members.push(("of".to_owned(), Json::Object(vec![("it".to_owned(), value)])));
            }
            call.body = Some(Json::Object(members));
            self.write = Some(call.method.clone());
        } else if kept && levels < 2 && !given && inner != Shape::Nothing {
            call.cache = Some(Cache { ttl: Some(Duration::from_secs(300)), shared, ..Cache::default() });
        }
        self.calls += 1;
        let shape = if need == 1 { Shape::Nullable(Box::new(inner)) } else { inner };
        let mut made = field(&format!("call_{number}"), shape);
        made.call = Some(call);
        made.hidden = self.choices.rarely(6);
        if !root && self.choices.rarely(6) {
            made.under.push(FLAT.to_owned());
        }
        let at = self.choices.below(fields.len() + 1);
        fields.insert(at, made);
    }

    /// A flag beside it, or a function of what is there.
    fn condition(&mut self, sources: &[Scalar]) -> Application {
        let flags: Vec<&Scalar> = sources.iter().filter(|scalar| scalar.shape == Shape::Bool).collect();
        if !flags.is_empty() && self.choices.below(5) > 0 {
            return application(Function::THE_VALUE, &[flags[self.choices.below(flags.len())]]);
        }
        application(DECIDES, &[&sources[self.choices.below(sources.len())]])
    }

    /// Adds fields that functions and headers make.
    fn derived(&mut self, fields: &mut Vec<FieldShape>, number: usize) {
        for name in 0..self.choices.below(3) {
            let sources = self.sources(fields);
            if sources.is_empty() {
                return;
            }
            let (function, shape) = if self.choices.below(3) == 0 {
                (COUNTED, Shape::Int(Int { min: 0, max: i128::from(u32::MAX) }))
            } else {
                (JOINED, Shape::Text)
            };
            let first = &sources[self.choices.below(sources.len())];
            let second = &sources[self.choices.below(sources.len())];
            let mut application = application(function, &[first, second]);
            let nullable = [first, second].into_iter().any(|scalar| scalar.nullable && !scalar.option);
            if number != 9 && self.choices.rarely(3) {
                application.arguments.push(Argument { reference: needs_given(), optional: true });
            }
            let shape = if nullable { Shape::Nullable(Box::new(shape)) } else { shape };
            let mut made = field(&format!("made_{number}_{name}"), shape);
            made.derived = Some(Derived::Computed(application));
            let at = self.choices.below(fields.len() + 1);
            fields.insert(at, made);
        }
        let called: Vec<usize> = (0..fields.len()).filter(|&field| fields[field].call.is_some()).collect();
        if !called.is_empty() && self.choices.rarely(3) {
            let of = &fields[called[self.choices.below(called.len())]];
            let shape = if self.choices.below(2) == 0 { Shape::Text } else { Shape::Int(Int { min: 0, max: 255 }) };
            let nullable = of.shape.is_nullable() || self.choices.below(2) == 0;
            let shape = if nullable { Shape::Nullable(Box::new(shape)) } else { shape };
            let mut made = field(&format!("head_{number}"), shape);
            let of = reference(&path_of(of));
            made.derived = Some(Derived::Header { of, name: HeaderName::from_static(NOTE) });
            let at = self.choices.below(fields.len() + 1);
            fields.insert(at, made);
        }
    }

    /// What a call beside these fields can refer to.
    fn sources(&self, fields: &[FieldShape]) -> Vec<Scalar> {
        let mut found = Vec::new();
        for field in fields {
            scalars(self.shapes, &field.shape, path_of(field), 1, (false, false), &mut found);
        }
        found
    }

    fn leads_to_calls(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Object(id) => {
                let leads = |field: &FieldShape| {
                    field.is_filled() || (field.rust != AGAIN && self.leads_to_calls(&field.shape))
                };
                self.shapes.get(*id).fields.iter().any(leads)
            }
            Shape::Choice(id) => {
                let variants = &self.shapes.get_choice(*id).variants;
                variants.iter().any(|variant| self.leads_to_calls(&Shape::Object(variant.object)))
            }
            Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => self.leads_to_calls(inner),
            _ => false,
        }
    }
}

fn scalars(
    shapes: &Shapes,
    shape: &Shape,
    path: Vec<String>,
    depth: usize,
    (nullable, option): (bool, bool),
    found: &mut Vec<Scalar>,
) {
    match shape {
        Shape::Nullable(inner) => scalars(shapes, inner, path, depth, (true, true), found),
        Shape::Object(id) => {
            for field in &shapes.get(*id).fields {
                if !field.is_filled() && field.rust != AGAIN && depth < 3 {
                    let path = path.iter().cloned().chain(path_of(field)).collect();
                    scalars(shapes, &field.shape, path, depth + 1, (nullable, false), found);
                }
            }
        }
        Shape::List(_) | Shape::Map(_) | Shape::Raw(_) | Shape::Choice(_) | Shape::Nothing => {}
        scalar => found.push(Scalar { path, shape: scalar.clone(), nullable, option }),
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

fn application(function: Function, of: &[&Scalar]) -> Application {
    let argument = |scalar: &&Scalar| Argument { reference: reference(&scalar.path), optional: scalar.option };
    Application { function, arguments: of.iter().map(argument).collect() }
}

/// Whether a field is made of what its view is given.
pub(crate) fn is_given(field: &FieldShape) -> bool {
    references(field).any(|reference| reference.root == Root::Needs)
}

/// Every reference by which a field is filled.
pub(crate) fn references(field: &FieldShape) -> impl Iterator<Item = &Reference> {
    let key = field.call.iter().filter_map(|call| match &call.fan {
        Fan::Batch { key, .. } => Some(key),
        _ => None,
    });
    let when = field.call.iter().filter_map(|call| call.when.as_ref());
    let made = field.derived.iter().filter_map(|derived| match derived {
        Derived::Computed(application) => Some(application),
        Derived::Header { .. } => None,
    });
    let head = field.derived.iter().filter_map(|derived| match derived {
        Derived::Header { of, .. } => Some(of),
        Derived::Computed(_) => None,
    });
    let arguments = when.chain(made).flat_map(|of| of.arguments.iter().map(|argument| &argument.reference));
    field.call.iter().flat_map(Call::references).chain(key).chain(arguments).chain(head)
}

fn needs_given() -> Reference {
    Reference { root: Root::Needs, path: vec![GIVEN.to_owned()] }
}

fn reference(path: &[String]) -> Reference {
    Reference { root: Root::Field, path: path.to_vec() }
}

/// The Rust names that lead to a field from its view.
pub(crate) fn path_of(field: &FieldShape) -> Vec<String> {
    field.under.iter().cloned().chain([field.rust.clone()]).collect()
}

fn field(rust: &str, shape: Shape) -> FieldShape {
    FieldShape { rust: rust.to_owned(), wire: vec![rust.to_owned()], shape, ..Default::default() }
}
