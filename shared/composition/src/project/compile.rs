//! From shapes to a program: everything that can be decided before a body comes is decided here.

use std::collections::HashMap;

use super::names::Names;
use super::scan::Spelling;
use super::selection::{Selected, Selection, What};
use super::sites::{SiteCall, SiteFound, Step};
use super::wanted::Wanted;
use super::{
    Capture, Choice, Kind, Member, Missing, ObjectProgram, Output, Program, SiteProgram, Target, Use, Written, quoted,
};
use crate::calls;
use crate::declare::Root;
use crate::names::Naming;
use crate::plan::Variant;
use crate::shape::{ChoiceId, ChoiceVariant, FieldShape, ObjectId, ObjectShape, Shape, Shapes};

/// A program, and where in it calls go.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) program: Program,
    pub(crate) sites: Vec<SiteFound>,
}

/// Compiles the program for bodies of `shape`. `captures` are the paths (Rust names) of the values to note, in order.
pub fn compile(
    shapes: &Shapes,
    naming: Naming,
    shape: &Shape,
    selection: Option<&Selection>,
    captures: &[Vec<String>],
) -> Program {
    compile_sites(shapes, naming, shape, selection, captures, false).program
}

/// The program that writes values of `shape` as backends name their members.
pub(super) fn compile_in_backends_names(shapes: &Shapes, shape: &Shape) -> Program {
    compile_by(Names::Backends, shapes, shape, None, &[], false).program
}

/// The same, with the places where calls go. A `split` program takes a list of such bodies, each a piece of its own.
pub(crate) fn compile_sites(
    shapes: &Shapes,
    naming: Naming,
    shape: &Shape,
    selection: Option<&Selection>,
    captures: &[Vec<String>],
    split: bool,
) -> Compiled {
    compile_by(Names::Clients(naming), shapes, shape, selection, captures, split)
}

fn compile_by(
    names_by: Names,
    shapes: &Shapes,
    shape: &Shape,
    selection: Option<&Selection>,
    captures: &[Vec<String>],
    split: bool,
) -> Compiled {
    let mut compiler = Compiler {
        shapes,
        names_by,
        objects: Vec::new(),
        whole: HashMap::new(),
        open: HashMap::new(),
        sites: Vec::new(),
        values: Vec::new(),
        keys: Vec::new(),
        names: Vec::new(),
        steps: Vec::new(),
        variants: Vec::new(),
        shelters: 0,
    };
    let wanted: Vec<Wanted<'_>> =
        captures.iter().enumerate().map(|(number, path)| Wanted { path, capture: Capture::Body(number) }).collect();
    let (root, _) = compiler.target(shape, selection, &wanted);
    let root = if split {
        Target { nullable: false, kind: Kind::List(Box::new(root)), capture: Vec::new(), region: false }
    } else {
        root
    };
    let site = |(&values, found): (&usize, &SiteFound)| SiteProgram {
        values,
        unseen: u32::try_from(found.unseen).unwrap_or(u32::MAX),
    };
    let sites = compiler.values.iter().zip(&compiler.sites).map(site).collect();
    let mut objects = compiler.objects;
    let mut order = 0;
    for object in &mut objects {
        object.before = order;
        order += object.members.len() + 1;
    }
    let program =
        Program { objects, order, root, captures: captures.len(), sites, at: Box::default(), split, tied: false };
    Compiled { program, sites: compiler.sites }
}

/// A whole object, by itself or as a variant.
type Whole = (ObjectId, Option<ChoiceId>);

/// A whole object that is being compiled.
struct Opened {
    index: usize,
    /// How many of what is open may be null.
    shelters: usize,
    /// Whether something that may be null leads back to it.
    sheltered: bool,
}

struct Compiler<'a> {
    shapes: &'a Shapes,
    names_by: Names,
    objects: Vec<ObjectProgram>,
    /// Whole objects with neither calls nor noted values in them are compiled once: this is what lets a view contain itself.
    whole: HashMap<Whole, usize>,
    /// Whole objects with calls in them that are being compiled: what leads back to one is that one.
    open: HashMap<Whole, Opened>,
    sites: Vec<SiteFound>,
    values: Vec<usize>,
    keys: Vec<Option<String>>,
    names: Vec<String>,
    /// The fields that are open.
    steps: Vec<Step>,
    variants: Vec<Variant>,
    /// How many of what is open may be null.
    shelters: usize,
}

impl Compiler<'_> {
    /// The target, and whether there are calls in it.
    fn target(&mut self, shape: &Shape, selection: Option<&Selection>, wanted: &[Wanted<'_>]) -> (Target, bool) {
        let (shape, nullable) = shape.unwrap_nullable();
        self.shelters += usize::from(nullable);
        let (kind, calls) = match shape {
            Shape::Bool => (Kind::Bool, false),
            Shape::Int(int) => (Kind::Int(*int), false),
            Shape::Float => (Kind::Float, false),
            Shape::Text => (Kind::Text, false),
            Shape::Enum(id) => {
                let variants = &self.shapes.get_enum(*id).variants;
                (Kind::Enum(variants.iter().map(|variant| variant.wire.as_str().into()).collect()), false)
            }
            Shape::Object(id) => {
                // What is noted whole is noted where it stands, not in it.
                let inside: Vec<Wanted<'_>> = wanted.iter().filter(|wanted| !wanted.path.is_empty()).copied().collect();
                let (object, calls) = self.object(*id, selection, &inside, None);
                (Kind::Object(object), calls)
            }
            // References cannot lead into lists and maps: the compiler has seen to it.
            Shape::List(item) => {
                self.keys.push(None);
                let (item, calls) = self.target(item, selection, &[]);
                self.keys.pop();
                (Kind::List(Box::new(item)), calls)
            }
            Shape::Map(value) => {
                // A map comes whole: GraphQL has no type whose field names are data.
                let (value, calls) = self.target(value, None, &[]);
                (Kind::Map(Box::new(value)), calls)
            }
            Shape::Raw(_) => (Kind::Raw, false),
            Shape::Nothing => (Kind::Nothing, false),
            Shape::Choice(id) => {
                let (choice, calls) = self.choice(*id, selection);
                (Kind::Choice(Box::new(choice)), calls)
            }
            Shape::Nullable(inner) => {
                self.shelters -= usize::from(nullable);
                return self.target(inner, selection, wanted);
            }
        };
        self.shelters -= usize::from(nullable);
        let capture = wanted.iter().filter(|wanted| wanted.path.is_empty()).map(|wanted| wanted.capture).collect();
        (Target { nullable, kind, capture, region: nullable && calls }, calls)
    }

    /// One of several objects. References cannot lead into it: which it is, is known when it is there.
    fn choice(&mut self, id: ChoiceId, selection: Option<&Selection>) -> (Choice, bool) {
        let shape = self.shapes.get_choice(id);
        let nothing = Selection::default();
        let mut calling = false;
        let variant = |(number, variant): (usize, &ChoiceVariant)| {
            let is = |selected: &&Selected| matches!(selected.what, What::Variant { index, .. } if index == number);
            let of = selection.map(|selection| match selection.0.iter().find(is).map(|selected| &selected.what) {
                Some(What::Variant { of, .. }) => of,
                _ => &nothing,
            });
            let (tag, says) = (self.names_by.tag(shape), variant.wire.clone());
            self.variants.push(Variant { names: self.names.len(), tag, says });
            let (object, calls) = self.object(variant.object, of, &[], Some((id, number)));
            self.variants.pop();
            calling |= calls;
            let target = Target { nullable: false, kind: Kind::Object(object), capture: Vec::new(), region: false };
            (variant.wire.as_str().into(), target)
        };
        let variants = shape.variants.iter().enumerate().map(variant).collect();
        (Choice { tag: shape.tag.as_str().into(), variants }, calling)
    }

    /// An object; one that is a `variant` of a choice begins with the tag, where all of it is shown.
    fn object(
        &mut self,
        id: ObjectId,
        selection: Option<&Selection>,
        wanted: &[Wanted<'_>],
        variant: Option<(ChoiceId, usize)>,
    ) -> (usize, bool) {
        let plain = selection.is_none() && wanted.is_empty();
        let key = (id, variant.map(|(choice, _)| choice));
        if plain {
            if let Some(&index) = self.whole.get(&key) {
                return (index, false);
            }
            if let Some(opened) = self.open.get_mut(&key) {
                opened.sheltered |= self.shelters > opened.shelters;
                return (opened.index, true);
            }
        }
        // The place is taken before the members are compiled, so a member may lead back here.
        let index = self.objects.len();
        self.objects.push(ObjectProgram::default());
        let calling = calls::leads_to_calls(self.shapes, id);
        if plain {
            if calling {
                self.open.insert(key, Opened { index, shelters: self.shelters, sheltered: false });
            } else {
                self.whole.insert(key, index);
            }
        }
        let first_site = self.sites.len();
        let shapes = self.shapes;
        let object = shapes.get(id);
        let shown = selection.map_or_else(|| self.all(object, variant), |selection| selection.0.clone());
        let site = self.site(id, object, &shown, selection.is_some());
        let mut number = site.map_or(0, |site| self.sites[site as usize].unseen);
        let outputs: Vec<Output> = shown
            .iter()
            .map(|selected| Output {
                key: format!(",{}:", quoted(&selected.key)).into(),
                value: match selected.what {
                    What::Typename => Written::Constant(quoted(&object.name).into()),
                    What::Tag(ref wire) => Written::Constant(quoted(wire).into()),
                    What::Field { index, .. } if object.fields[index].is_filled() => {
                        number += 1;
                        Written::Call(u32::try_from(number - 1).unwrap_or(u32::MAX))
                    }
                    What::Field { .. } | What::Variant { .. } => Written::Member,
                },
            })
            .collect();
        let own = if site.is_some() { calls::own_values(object) } else { Vec::new() };
        let mut inside: Vec<Wanted<'_>> = wanted.iter().map(|wanted| wanted.below(site.is_some())).collect();
        let item = |(number, path): (usize, &'_ Vec<String>)| (path.clone(), Capture::Item { up: 0, number });
        let own: Vec<(Vec<String>, Capture)> = own.iter().enumerate().map(item).collect();
        inside.extend(own.iter().map(|(path, capture)| Wanted { path, capture: *capture }));
        let mut calling = site.is_some();
        let mut members = Vec::new();
        for field in 0..object.fields.len() {
            self.steps.push(Step { object: id, field, site: site.map(|site| site as usize) });
            let (member, calls) = self.member(object, field, &shown, selection.is_some(), &inside);
            self.steps.pop();
            members.extend(member);
            calling |= calls;
        }
        let others = outputs.iter().any(|output| output.value != Written::Member);
        self.objects[index] = ObjectProgram { members, outputs, others, site, before: 0 };
        if plain && self.open.remove(&key).is_some_and(|opened| opened.sheltered) {
            // The same sites stand for what is further in, where null need not climb out of the piece.
            self.sites[first_site..].iter_mut().for_each(|site| site.sheltered = true);
        }
        (index, calling)
    }

    /// The object's site, if it shows calls.
    fn site(&mut self, id: ObjectId, object: &ObjectShape, shown: &[Selected], selective: bool) -> Option<u32> {
        let call = |selected: &Selected| match &selected.what {
            What::Field { index, of } if object.fields[*index].is_filled() => {
                Some(SiteCall { field: *index, key: selected.key.clone(), of: selective.then(|| of.clone()) })
            }
            _ => None,
        };
        let shows = |selected: &Selected| match selected.what {
            What::Field { index, .. } => Some(index),
            What::Typename | What::Tag(_) | What::Variant { .. } => None,
        };
        // Of what is only noted nothing is shown: nothing in it is called either.
        let only_noted = selective && shown.is_empty();
        let fields: Vec<usize> = shown.iter().filter_map(shows).collect();
        let unseen = if only_noted { Vec::new() } else { calls::unseen(object, &fields, !selective) };
        let unshown = |&field: &usize| SiteCall { field, key: String::new(), of: Some(Selection::default()) };
        let calls: Vec<SiteCall> = unseen.iter().map(unshown).chain(shown.iter().filter_map(call)).collect();
        // What supplies a value of its own is found by those inside it, with or without calls.
        let supplies = || object.fields.iter().flat_map(calls::supplied).any(|value| value.root == Root::Field);
        if calls.is_empty() && (only_noted || !supplies()) {
            return None;
        }
        self.sites.push(SiteFound {
            object: id,
            calls,
            unseen: unseen.len(),
            keys: self.keys.clone(),
            names: self.names.clone(),
            steps: self.steps.clone(),
            variants: self.variants.clone(),
            sheltered: self.shelters > 0,
        });
        self.values.push(calls::own_values(object).len());
        u32::try_from(self.sites.len() - 1).ok()
    }

    fn all(&self, object: &ObjectShape, variant: Option<(ChoiceId, usize)>) -> Vec<Selected> {
        let tag = variant.map(|(id, number)| {
            let choice = self.shapes.get_choice(id);
            Selected { key: self.names_by.tag(choice), what: What::Tag(choice.variants[number].wire.clone()) }
        });
        let show = |(index, field): (usize, &FieldShape)| Selected {
            key: self.names_by.field(field),
            what: What::Field { index, of: Selection::default() },
        };
        let fields = object.fields.iter().enumerate().filter(|(_, field)| !field.hidden).map(show);
        tag.into_iter().chain(fields).collect()
    }

    fn member(
        &mut self,
        object: &ObjectShape,
        field: usize,
        shown: &[Selected],
        selected: bool,
        wanted: &[Wanted<'_>],
    ) -> (Option<Member>, bool) {
        let shape = &object.fields[field];
        if shape.is_filled() {
            return (None, false);
        }
        let inside: Vec<Wanted<'_>> =
            wanted.iter().filter_map(|wanted| Some(Wanted { path: shape.rest(wanted.path)?, ..*wanted })).collect();
        let mut uses = Vec::new();
        let mut calling = false;
        self.names.push(self.names_by.field(shape));
        for (output, one) in shown.iter().enumerate() {
            if let What::Field { index, of } = &one.what
                && *index == field
            {
                // The first use notes the values; the others need not.
                let inside = if uses.is_empty() { inside.as_slice() } else { &[] };
                self.keys.push(Some(one.key.clone()));
                let (target, calls) = self.target(&shape.shape, selected.then_some(of), inside);
                self.keys.pop();
                calling |= calls;
                let same = shape.wire.first() == Some(&one.key);
                uses.push(Use { output, same, target });
            }
        }
        self.names.pop();
        let silent = (uses.is_empty() && !inside.is_empty())
            .then(|| self.target(&shape.shape, Some(&Selection::default()), &inside).0);
        if uses.is_empty() && silent.is_none() {
            return (None, calling);
        }
        let missing = match &shape.default {
            Some(json) => Missing::Default(json.as_str().into()),
            None if shape.shape.is_nullable() => Missing::Null,
            None => Missing::Fail,
        };
        let wire = shape.wire.iter().map(|name| name.as_str().into()).collect();
        let spelling = Spelling::new(&quoted(shape.wire.first().map_or("", String::as_str)));
        (Some(Member { wire, spelling, uses, silent, missing }), calling)
    }
}
