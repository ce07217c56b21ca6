//! The reference: what an answer must be, worked out over trees, one call field and level after another.
//!
//! It is told what was asked and when (how keys were put into batches is the engine's to choose), and says where that is
//! against the rules.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use trefoil_composition::Naming;
use trefoil_composition::declare::{Call, Fan, Piece, Reference, Root, Template};
use trefoil_composition::shape::{FieldShape, ObjectId, Shape};

use crate::backends::{Backends, What, key_of, keys, number};
use crate::generate::{AGAIN, CALLS_DUE_MS, GIVEN};
use crate::json::{Json, plain};

/// What each key or request of a call was answered.
type Answers = Vec<(String, Result<Option<Json>, Failed>)>;

/// Later than everything: a request that was not made, since the answer had failed by then.
const NEVER: u64 = 1_000_000;
/// RFC 3986: all but these is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that the engine made.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    /// Milliseconds after the first.
    pub(crate) at: u64,
    pub(crate) expected: bool,
}

/// What must come.
pub(crate) struct Expected {
    /// The body, or every failure that leaves no answer.
    pub(crate) answer: Result<String, Vec<Fatal>>,
    /// Path, reason and whether a default stands in; how many.
    pub(crate) degraded: BTreeMap<(String, &'static str, bool), usize>,
    /// What was asked against the rules.
    pub(crate) faults: Vec<String>,
}

/// A failure that leaves no answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fatal {
    pub(crate) at: u64,
    pub(crate) field: String,
    pub(crate) status: u16,
    pub(crate) code: &'static str,
}

/// A part of an answer.
#[derive(Debug, Clone)]
enum Tree {
    Raw(String),
    Null,
    List(Vec<Tree>),
    Object(Box<Object>),
}

#[derive(Debug, Clone)]
struct Object {
    id: ObjectId,
    level: usize,
    /// The client's names that lead to it.
    names: Vec<String>,
    /// Field by field.
    fields: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Value(Tree),
    Call(State),
}

#[derive(Debug, Clone)]
enum State {
    Open,
    Null,
    Default(Tree),
    Failed(Failed),
    Filled(Tree),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Failed {
    reason: &'static str,
    cause: &'static str,
    status: Option<u16>,
    at: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Need {
    Required,
    Optional,
    Default,
}

/// One call field at one level.
struct Group {
    object: ObjectId,
    field: usize,
    level: usize,
    after: BTreeSet<usize>,
    settled: Option<u64>,
}

/// Why a call is not made.
enum NotMade {
    Null,
    Unfit,
}

pub(crate) struct Model<'a> {
    backends: &'a Backends,
    asked: Vec<Asked>,
    groups: Vec<Group>,
    faults: Vec<String>,
}

fn need(field: &FieldShape) -> Need {
    match &field.call {
        Some(call) if call.or.is_some() => Need::Default,
        _ if field.shape.is_nullable() => Need::Optional,
        _ => Need::Required,
    }
}

/// The references of a call to fields of its own view.
fn references(call: &Call) -> Vec<&Reference> {
    let key = if let Fan::Batch { key, .. } = &call.fan { Some(key) } else { None };
    call.references().chain(key).filter(|reference| reference.root == Root::Field).collect()
}

/// Whether a call refers to what its view is given.
fn is_given(call: &Call) -> bool {
    call.references().any(|reference| reference.root == Root::Needs)
}

impl<'a> Model<'a> {
    pub(crate) fn expect(backends: &'a Backends, asked: Vec<Asked>) -> Expected {
        let mut model = Model { backends, asked, groups: Vec::new(), faults: Vec::new() };
        let Shape::Object(root) = backends.declaration.answer else { panic!("the answer is a struct") };
        model.walk(&Shape::Object(root), 0, None, &mut Vec::new());
        for group in 0..model.groups.len() {
            let Group { object, field, level, .. } = model.groups[group];
            for sibling in model.siblings(object, field) {
                let other = model.group(object, sibling, level);
                model.groups[group].after.insert(other);
            }
            let call = model.shape(object)[field].call.as_ref().unwrap();
            if let Some((supplier, _)) = model.supply().filter(|_| is_given(call)) {
                let other = model.group(root, supplier, 0);
                model.groups[group].after.insert(other);
            }
        }
        let fields = model.shape(root).iter().map(|_| Part::Call(State::Open)).collect();
        let mut tree = Tree::Object(Box::new(Object { id: root, level: 0, names: Vec::new(), fields }));
        while let Some(next) = model.ready() {
            model.settle(next, &mut tree);
        }
        let answer = model.write(&backends.declaration.answer, &tree).map_err(|()| {
            let mut found = Vec::new();
            model.fatal(&backends.declaration.answer, &tree, &mut found);
            found
        });
        let mut degraded = BTreeMap::new();
        model.degraded(&tree, &mut degraded);
        let unexpected = model.asked.iter().filter(|asked| !asked.expected);
        model.faults.extend(unexpected.map(|asked| format!("{} at {} ms was not to be asked", asked.path, asked.at)));
        Expected { answer, degraded, faults: model.faults }
    }

    fn shape(&self, id: ObjectId) -> &'a [FieldShape] {
        &self.backends.shapes.get(id).fields
    }

    /// What the outermost struct gives all views: the field, and the way to the value.
    fn supply(&self) -> Option<(usize, &'a [String])> {
        let Shape::Object(root) = self.backends.declaration.answer else { panic!("the answer is a struct") };
        let fields = self.shape(root);
        let supply = fields.iter().flat_map(|field| &field.supply).next()?;
        let supplier = fields.iter().position(|field| field.rust == supply.value.path[0])?;
        Some((supplier, &supply.value.path))
    }

    // ---- which calls there are, and what they wait for ------------------------------------------------------------------

    fn walk(&mut self, shape: &Shape, level: usize, parent: Option<usize>, open: &mut Vec<ObjectId>) {
        match shape {
            Shape::List(inner) | Shape::Nullable(inner) | Shape::Map(inner) => self.walk(inner, level, parent, open),
            Shape::Object(id) if !open.contains(id) => {
                open.push(*id);
                for (number, field) in self.shape(*id).iter().enumerate() {
                    if field.call.is_none() {
                        self.walk(&field.shape, level, parent, open);
                    } else {
                        let group = self.group(*id, number, level);
                        self.groups[group].after.extend(parent);
                        self.walk(&field.shape, level + 1, Some(group), &mut Vec::new());
                    }
                }
                open.pop();
            }
            _ => {}
        }
    }

    fn group(&mut self, object: ObjectId, field: usize, level: usize) -> usize {
        let is = |group: &Group| group.object == object && group.field == field && group.level == level;
        self.groups.iter().position(is).unwrap_or_else(|| {
            self.groups.push(Group { object, field, level, after: BTreeSet::new(), settled: None });
            self.groups.len() - 1
        })
    }

    /// The call fields of the same view that a call refers to.
    fn siblings(&self, object: ObjectId, field: usize) -> Vec<usize> {
        let fields = self.shape(object);
        let call = fields[field].call.as_ref().unwrap();
        let named = |reference: &Reference| fields.iter().position(|field| field.rust == reference.path[0]).unwrap();
        references(call).into_iter().map(named).filter(|&other| fields[other].call.is_some()).collect()
    }

    fn ready(&self) -> Option<usize> {
        let done = |group: &usize| self.groups[*group].settled.is_some();
        (0..self.groups.len()).find(|group| !done(group) && self.groups[*group].after.iter().all(&done))
    }

    // ---- one call field at one level ------------------------------------------------------------------------------------

    fn settle(&mut self, group: usize, tree: &mut Tree) {
        let Group { object, field, level, .. } = self.groups[group];
        let after = &self.groups[group].after;
        let start = after.iter().filter_map(|&other| self.groups[other].settled).max().unwrap_or(0);
        let shape = &self.shape(object)[field];
        let call = shape.call.as_ref().unwrap();
        let mut states: Vec<(Vec<usize>, State)> = Vec::new();
        let mut waiting: BTreeMap<String, Vec<Vec<usize>>> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        for place in places(tree, object, level) {
            let here = object_at(tree, &place);
            let failed = self.siblings(object, field).into_iter().find_map(|other| match &here.fields[other] {
                Part::Call(State::Failed(failed)) if need(&self.shape(object)[other]) != Need::Default => Some(*failed),
                _ => None,
            });
            let root = object_at(tree, &[]);
            let supplier = self.supply().filter(|_| is_given(call)).map(|(supplier, _)| supplier);
            let failed = failed.or_else(|| match &root.fields[supplier?] {
                Part::Call(State::Failed(failed)) if need(&self.shape(root.id)[supplier?]) != Need::Default => {
                    Some(*failed)
                }
                _ => None,
            });
            if let Some(failed) = failed {
                let failed = Failed { reason: "dependency", cause: failed.cause, status: None, at: start };
                states.push((place, State::Failed(failed)));
                continue;
            }
            match self.request(root, here, call) {
                Ok(request) => {
                    if !waiting.contains_key(&request) {
                        order.push(request.clone());
                    }
                    waiting.entry(request).or_default().push(place);
                }
                Err(NotMade::Null) if need(shape) == Need::Optional => states.push((place, State::Null)),
                Err(NotMade::Null) if need(shape) == Need::Default => {
                    let state = State::Default(self.default(shape, here));
                    states.push((place, state));
                }
                Err(_) => states.push((place, State::Failed(own("shape", start)))),
            }
        }
        let (ends, outcomes) = match &call.fan {
            Fan::Batch { most, .. } => {
                let given = self.supply().filter(|_| is_given(call) && !order.is_empty());
                let given = given.and_then(|(_, path)| self.value(object_at(tree, &[]), path));
                self.batch(shape, call, *most, start, (&order, given))
            }
            Fan::One => self.each(shape, call, usize::MAX, start, &order),
            Fan::Each { at_once } => self.each(shape, call, *at_once, start, &order),
        };
        for (request, outcome) in outcomes {
            for place in waiting.remove(&request).unwrap() {
                let here = object_at(tree, &place);
                let names: Vec<String> = here.names.iter().cloned().chain([self.client(shape)]).collect();
                let filled = |json: &Json| self.project(&shape.shape, json, level + 1, &names).unwrap();
                let state = match &outcome {
                    Ok(Some(json)) => State::Filled(filled(json)),
                    Ok(None) => State::Null,
                    Err(failed) => State::Failed(*failed),
                };
                states.push((place, state));
            }
        }
        assert!(waiting.is_empty(), "the model forgot {waiting:?}");
        for (place, state) in states {
            let state = match state {
                State::Filled(Tree::Null) if need(shape) == Need::Required => panic!("a required value is null"),
                other => other,
            };
            object_at_mut(tree, &place).fields[field] = Part::Call(state);
        }
        self.groups[group].settled = Some(ends.into_iter().chain([start]).max().unwrap());
    }

    /// Each request for itself: what came of it, by its path.
    fn each(
        &mut self,
        field: &FieldShape,
        call: &Call,
        at_once: usize,
        start: u64,
        order: &[String],
    ) -> (Vec<u64>, Answers) {
        let (mut ends, mut outcomes, mut spans) = (Vec::new(), Vec::new(), Vec::new());
        for path in order {
            let queued = order.len() > at_once;
            let asked = self.asked.iter_mut().find(|asked| !asked.expected && asked.path == *path && asked.at >= start);
            let begun = match asked {
                Some(asked) => {
                    asked.expected = true;
                    if !queued && asked.at != start {
                        self.faults.push(format!("{path} was asked at {} ms, not at {start}", asked.at));
                    }
                    asked.at
                }
                None => NEVER,
            };
            let (end, outcome) = self.outcome(field, call, path, begun.min(if queued { NEVER } else { start }));
            if begun != NEVER {
                spans.push((begun, end));
            }
            let (end, outcome) = if begun == NEVER && queued {
                (NEVER, outcome.map_err(|failed| Failed { at: NEVER, ..failed }))
            } else {
                (end, outcome)
            };
            ends.push(end);
            outcomes.push((path.clone(), outcome));
        }
        for &(begun, _) in &spans {
            let under_way = spans.iter().filter(|(from, to)| *from <= begun && begun < *to).count();
            if under_way > at_once {
                self.faults.push(format!("{} requests of `{}` at once", under_way, field.rust));
            }
            let free = spans.iter().any(|(_, to)| *to == begun);
            if begun != start && !free {
                self.faults.push(format!("a request of `{}` began at {begun} ms, when no place came free", field.rust));
            }
        }
        (ends, outcomes)
    }

    /// The keys of all places: what came of each.
    fn batch(
        &mut self,
        field: &FieldShape,
        call: &Call,
        most: usize,
        start: u64,
        (order, given): (&[String], Option<String>),
    ) -> (Vec<u64>, Answers) {
        let beside = given.map_or_else(String::new, |given| format!("{GIVEN}={}&", encode(&given)));
        let own = field.rust.trim_start_matches("call_").parse::<usize>().unwrap();
        let mut chunks = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for asked in &mut self.asked {
            if asked.expected || number(&asked.path) != own || asked.at != start || order.is_empty() {
                continue;
            }
            let chunk = keys(&asked.path);
            // Another level of the same view may ask at the same time.
            if !chunk.iter().all(|key| order.contains(key) && !seen.contains(key)) {
                continue;
            }
            asked.expected = true;
            if !asked.path.starts_with(&format!("/c{own}?{beside}ids=")) {
                self.faults.push(format!("{} is not given {beside}", asked.path));
            }
            if chunk.iter().collect::<BTreeSet<_>>().len() != chunk.len() {
                self.faults.push(format!("{} has a key twice", asked.path));
            }
            if chunk.len() > most || (asked.path.len() > 4096 && chunk.len() > 1) {
                self.faults.push(format!("{} is too long", asked.path));
            }
            seen.extend(chunk.iter().cloned());
            chunks.push((asked.path.clone(), chunk));
        }
        let short = order.iter().map(String::len).sum::<usize>() < 1000 && beside.len() < 1000;
        if short && !chunks.is_empty() && chunks.len() != order.len().div_ceil(most) {
            self.faults.push(format!("{} keys of `{}` made {} batches", order.len(), field.rust, chunks.len()));
        }
        let missed: Vec<String> = order.iter().filter(|key| !seen.contains(*key)).cloned().collect();
        let made = chunks.len();
        if !missed.is_empty() {
            let prefix = format!("/c{own}?{beside}ids=");
            let encoded: Vec<String> = missed.iter().map(|key| encode(key)).collect();
            chunks.push((prefix + &encoded.join(","), missed));
        }
        let (mut ends, mut outcomes) = (Vec::new(), Vec::new());
        for (number, (path, chunk)) in chunks.into_iter().enumerate() {
            let (end, outcome) = self.outcome(field, call, &path, start);
            let end = if number < made { end } else { NEVER };
            ends.push(end);
            for key in chunk {
                let outcome = match &outcome {
                    Ok(Some(Json::List(elements))) => {
                        match elements.iter().find(|element| key_of(element).as_ref() == Some(&key)) {
                            Some(element) => Ok(Some(element.clone())),
                            None if call.absent.contains(&404) => Ok(None),
                            None => Err(Failed { reason: "status", cause: "status", status: None, at: end }),
                        }
                    }
                    Ok(Some(other)) => panic!("a batch's answer is a list, not {other:?}"),
                    Ok(None) => Ok(None),
                    Err(failed) => Err(Failed { at: end, ..*failed }),
                };
                outcomes.push((key, outcome));
            }
        }
        (ends, outcomes)
    }

    /// When a request ends, and what its answer is: a body that fits, none, or a failure.
    fn outcome(&self, field: &FieldShape, call: &Call, path: &str, start: u64) -> (u64, Result<Option<Json>, Failed>) {
        let said = self.backends.said(path);
        let within = call.within.map_or(NEVER, |within| start + u64::try_from(within.as_millis()).unwrap());
        let (due, end) = (within.min(CALLS_DUE_MS), start + said.delay);
        if end > due {
            let end = due.max(start);
            return (end, Err(own("timeout", end)));
        }
        let outcome = match said.what {
            What::Refused | What::Broken => Err(own("connect", end)),
            What::Html | What::Unfit(_) => Err(own("shape", end)),
            What::Status(status) if call.absent.contains(&status) => Ok(None),
            // A batch asks for keys: an answer without a body leaves them all unanswered, and is no answer.
            What::Status(204) if field.shape.is_nullable() && !matches!(call.fan, Fan::Batch { .. }) => Ok(None),
            What::Status(204) => Err(own("shape", end)),
            What::Status(status) => Err(Failed { status: Some(status), ..own("status", end) }),
            What::Json(json, _) => {
                let fits = match (&call.fan, &json) {
                    (Fan::Batch { .. }, Json::List(elements)) => {
                        elements.iter().all(|element| self.project(&field.shape, element, 0, &[]).is_ok())
                    }
                    (Fan::Batch { .. }, _) => false,
                    _ => self.project(&field.shape, &json, 0, &[]).is_ok(),
                };
                if fits { Ok(Some(json)) } else { Err(own("shape", end)) }
            }
        };
        (end, outcome)
    }

    /// The path and query of a place's request; for a batch, its key.
    fn request(&self, root: &Object, here: &Object, call: &Call) -> Result<String, NotMade> {
        let given = || self.supply().and_then(|(_, path)| self.value(root, path));
        if let Fan::Batch { key, .. } = &call.fan {
            if is_given(call) {
                given().ok_or(NotMade::Null)?;
            }
            return self.value(here, &key.path).ok_or(NotMade::Null);
        }
        let mut url = String::new();
        for piece in &call.path.0 {
            match piece {
                Piece::Literal(text) => url.push_str(text),
                Piece::Reference(reference) => {
                    let value = self.value(here, &reference.path).ok_or(NotMade::Null)?;
                    if ["", ".", ".."].contains(&value.as_str()) {
                        return Err(NotMade::Unfit);
                    }
                    url.push_str(&encode(&value));
                }
            }
        }
        for (number, (name, Template(pieces))) in call.query.iter().enumerate() {
            let [Piece::Reference(reference)] = pieces.as_slice() else { panic!("one reference a parameter") };
            let value = match reference.root {
                Root::Needs => given(),
                _ => self.value(here, &reference.path),
            };
            let value = value.ok_or(NotMade::Null)?;
            url.push_str(if number == 0 { "?" } else { "&" });
            url.push_str(&format!("{name}={}", encode(&value)));
        }
        Ok(url)
    }

    /// The text of a referred value; `None` for null.
    fn value(&self, here: &Object, path: &[String]) -> Option<String> {
        let field = self.shape(here.id).iter().position(|field| field.rust == path[0]).unwrap();
        let tree = match &here.fields[field] {
            Part::Value(tree) | Part::Call(State::Filled(tree) | State::Default(tree)) => tree.clone(),
            Part::Call(State::Failed(_)) => self.default(&self.shape(here.id)[field], here),
            Part::Call(State::Null | State::Open) => return None,
        };
        match (tree, &path[1..]) {
            (Tree::Null, _) => None,
            (Tree::Raw(literal), []) => Some(plain(&literal)),
            (Tree::Object(object), rest) if !rest.is_empty() => self.value(&object, rest),
            (other, rest) => panic!("{rest:?} leads to no scalar in {other:?}"),
        }
    }

    fn default(&self, field: &FieldShape, here: &Object) -> Tree {
        let json = match field.call.as_ref().and_then(|call| call.or.as_deref()).unwrap() {
            "[]" => Json::List(Vec::new()),
            scalar => Json::Raw(scalar.to_owned()),
        };
        self.project(&field.shape, &json, here.level + 1, &[]).unwrap()
    }

    // ---- bodies -------------------------------------------------------------------------------------------------------

    fn project(&self, shape: &Shape, json: &Json, level: usize, names: &[String]) -> Result<Tree, ()> {
        match (shape, json) {
            (Shape::Nullable(_), json) if json.is_null() => Ok(Tree::Null),
            (Shape::Nullable(inner), json) => self.project(inner, json, level, names),
            (Shape::List(item), Json::List(items)) => {
                items.iter().map(|one| self.project(item, one, level, names)).collect::<Result<_, _>>().map(Tree::List)
            }
            (Shape::Object(id), Json::Object(members)) => {
                let field = |field: &FieldShape| {
                    if field.call.is_some() {
                        return Ok(Part::Call(State::Open));
                    }
                    let names: Vec<String> = names.iter().cloned().chain([self.client(field)]).collect();
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
                let fields = self.shape(*id).iter().map(field).collect::<Result<_, _>>()?;
                Ok(Tree::Object(Box::new(Object { id: *id, level, names: names.to_vec(), fields })))
            }
            (Shape::Object(_) | Shape::List(_) | Shape::Map(_) | Shape::Raw(_) | Shape::Choice(_), _)
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

    fn client(&self, field: &FieldShape) -> String {
        field.client_name(Naming::CamelCase)
    }

    // ---- the answer ---------------------------------------------------------------------------------------------------

    /// The text; nothing where a null may not stand.
    fn write(&self, shape: &Shape, tree: &Tree) -> Result<String, ()> {
        match (shape, tree) {
            (Shape::Nullable(inner), tree) => Ok(self.write(inner, tree).unwrap_or_else(|()| "null".to_owned())),
            (_, Tree::Null) => Err(()),
            (_, Tree::Raw(literal)) => Ok(literal.clone()),
            (Shape::List(item), Tree::List(items)) => {
                let items: Vec<String> = items.iter().map(|one| self.write(item, one)).collect::<Result<_, _>>()?;
                Ok(format!("[{}]", items.join(",")))
            }
            (_, Tree::Object(object)) => {
                let mut members = Vec::new();
                for (field, part) in self.shape(object.id).iter().zip(&object.fields) {
                    let value = match part {
                        Part::Value(tree) | Part::Call(State::Filled(tree) | State::Default(tree)) => {
                            self.write(&field.shape, tree)?
                        }
                        Part::Call(State::Failed(_)) if need(field) == Need::Default => {
                            self.write(&field.shape, &self.default(field, object))?
                        }
                        Part::Call(State::Failed(_) | State::Null) if need(field) == Need::Optional => {
                            "null".to_owned()
                        }
                        Part::Call(State::Failed(_) | State::Null) => return Err(()),
                        Part::Call(State::Open) => panic!("`{}` was never settled", field.rust),
                    };
                    members.push(format!("\"{}\":{value}", self.client(field)));
                }
                Ok(format!("{{{}}}", members.join(",")))
            }
            (shape, tree) => panic!("{tree:?} is no {shape:?}"),
        }
    }

    /// The failures with nothing on the way to them that may be null.
    fn fatal(&self, shape: &Shape, tree: &Tree, found: &mut Vec<Fatal>) {
        match (shape, tree) {
            (Shape::List(item), Tree::List(items)) => items.iter().for_each(|one| self.fatal(item, one, found)),
            (Shape::Object(_), Tree::Object(object)) => {
                for (field, part) in self.shape(object.id).iter().zip(&object.fields) {
                    match part {
                        Part::Value(tree) => self.fatal(&field.shape, tree, found),
                        Part::Call(State::Filled(tree)) if need(field) == Need::Required => {
                            self.fatal(&field.shape, tree, found);
                        }
                        Part::Call(State::Failed(failed)) if need(field) == Need::Required => {
                            let pass = &field.call.as_ref().unwrap().pass;
                            let (status, code) = match failed.cause {
                                "timeout" => (504, "deadline-exceeded"),
                                "connect" => (503, "backend-unreachable"),
                                "shape" => (502, "backend-shape"),
                                _ if failed.status.is_some_and(|status| pass.contains(&status)) => (404, "not-found"),
                                _ => (502, "backend-status"),
                            };
                            found.push(Fatal { at: failed.at, field: self.path(object, field), status, code });
                        }
                        Part::Call(_) => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn degraded(&self, tree: &Tree, found: &mut BTreeMap<(String, &'static str, bool), usize>) {
        match tree {
            Tree::List(items) => items.iter().for_each(|one| self.degraded(one, found)),
            Tree::Object(object) => {
                for (field, part) in self.shape(object.id).iter().zip(&object.fields) {
                    match part {
                        Part::Value(tree) | Part::Call(State::Filled(tree)) => self.degraded(tree, found),
                        Part::Call(State::Failed(failed)) => {
                            let key = (self.path(object, field), failed.reason, need(field) == Need::Default);
                            *found.entry(key).or_default() += 1;
                        }
                        Part::Call(_) => {}
                    }
                }
            }
            Tree::Raw(_) | Tree::Null => {}
        }
    }

    fn path(&self, object: &Object, field: &FieldShape) -> String {
        let names: Vec<String> = object.names.iter().cloned().chain([self.client(field)]).collect();
        without_again(&names.join("."))
    }
}

/// A path without the steps by which a view leads to itself: whether they are named is the engine's to choose.
pub(crate) fn without_again(path: &str) -> String {
    path.split('.').filter(|name| *name != AGAIN).collect::<Vec<_>>().join(".")
}

fn own(reason: &'static str, at: u64) -> Failed {
    Failed { reason, cause: reason, status: None, at }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

// ---- places in a tree: field numbers and indices ------------------------------------------------------------------------

fn places(tree: &Tree, id: ObjectId, level: usize) -> Vec<Vec<usize>> {
    fn walk(tree: &Tree, id: ObjectId, level: usize, way: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
        match tree {
            Tree::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    way.push(index);
                    walk(item, id, level, way, found);
                    way.pop();
                }
            }
            Tree::Object(object) => {
                if object.id == id && object.level == level {
                    found.push(way.clone());
                }
                for (index, part) in object.fields.iter().enumerate() {
                    if let Part::Value(tree) | Part::Call(State::Filled(tree)) = part {
                        way.push(index);
                        walk(tree, id, level, way, found);
                        way.pop();
                    }
                }
            }
            Tree::Raw(_) | Tree::Null => {}
        }
    }
    let mut found = Vec::new();
    walk(tree, id, level, &mut Vec::new(), &mut found);
    found
}

fn object_at<'t>(tree: &'t Tree, way: &[usize]) -> &'t Object {
    match (tree, way) {
        (Tree::Object(object), []) => object,
        (Tree::List(items), [index, rest @ ..]) => object_at(&items[*index], rest),
        (Tree::Object(object), [index, rest @ ..]) => match &object.fields[*index] {
            Part::Value(tree) | Part::Call(State::Filled(tree)) => object_at(tree, rest),
            Part::Call(_) => panic!("no way through a call"),
        },
        _ => panic!("no such place"),
    }
}

fn object_at_mut<'t>(tree: &'t mut Tree, way: &[usize]) -> &'t mut Object {
    match (tree, way) {
        (Tree::Object(object), []) => object,
        (Tree::List(items), [index, rest @ ..]) => object_at_mut(&mut items[*index], rest),
        (Tree::Object(object), [index, rest @ ..]) => match &mut object.fields[*index] {
            Part::Value(tree) | Part::Call(State::Filled(tree)) => object_at_mut(tree, rest),
            Part::Call(_) => panic!("no way through a call"),
        },
        _ => panic!("no such place"),
    }
}
