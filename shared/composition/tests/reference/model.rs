//! The reference: what an answer must be, worked out over trees, one call field and level after another.
//!
//! It is told what was asked and when (how keys were put into batches is the engine's to choose), and says where that is
//! against the rules.

mod answer;
mod body;
mod tree;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use trefoil_composition::declare::{Call, Derived, Fan, Json as Sent, Piece, Reference, Root, Template};
use trefoil_composition::shape::{FieldShape, ObjectId, Shape};

use self::tree::{Given, Object, Part, Place, State, Tree, object_at, object_at_mut};
use self::values::Made;
use crate::backends::{Backends, What, key_of, keys};
use crate::generate::{AGAIN, CALLS_DUE_MS, is_given, path_of, references};
use crate::json::{Json, plain};

/// Later than everything: a request that was not made, since the answer had failed by then.
const NEVER: u64 = 1_000_000;
/// RFC 3986: all but these is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that the engine made.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: String,
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
    /// The requests whose answers are kept.
    pub(crate) kept: BTreeSet<String>,
}

/// A failure that leaves no answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fatal {
    pub(crate) at: u64,
    pub(crate) field: String,
    pub(crate) status: u16,
    pub(crate) code: &'static str,
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

/// One field that is filled, at one level; where it is made of what its view is given, by one giver.
struct Group {
    object: ObjectId,
    field: usize,
    level: usize,
    given: Option<Rc<Given>>,
    after: BTreeSet<usize>,
    settled: Option<u64>,
}

/// What is asked for: for a batch, all but the keys, and a key; else nothing, and the path.
type Request = (String, String);

/// What each request was answered: the body, if there is one, and the header of the answer.
type Answers = Vec<(Request, Result<Option<Json>, Failed>, Option<&'static str>)>;

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
    kept: BTreeSet<String>,
}

fn need(field: &FieldShape) -> Need {
    match &field.call {
        Some(call) if call.or.is_some() => Need::Default,
        _ if field.shape.is_nullable() => Need::Optional,
        _ => Need::Required,
    }
}

/// The references of a call's request, in the engine's order: the first that has failed decides.
fn request_references(call: &Call) -> impl Iterator<Item = &Reference> {
    let key = if let Fan::Batch { key, .. } = &call.fan { Some(key) } else { None };
    call.references().chain(key)
}

impl<'a> Model<'a> {
    pub(crate) fn expect(backends: &'a Backends, asked: Vec<Asked>) -> Expected {
        let mut model = Model { backends, asked, groups: Vec::new(), faults: Vec::new(), kept: BTreeSet::new() };
        let root = model.outermost();
        model.walk(&Shape::Object(root), (0, None), &mut Vec::new(), None, &mut Vec::new());
        for group in 0..model.groups.len() {
            let others = model.waits_for(group);
            model.groups[group].after.extend(others);
        }
        model.order_the_write();
        let fields = model.shape(root).iter().map(|_| Part::Call(State::Open)).collect();
        let mut tree = Tree::Object(Box::new(Object { id: root, level: 0, tag: None, names: Vec::new(), fields }));
        while let Some(next) = model.ready() {
            model.settle(next, &mut tree);
        }
        let answer = model.whole(&tree).map_err(|()| {
            let mut found = Vec::new();
            model.fatal(&backends.declaration.answer, &tree, &mut found);
            found
        });
        let mut degraded = BTreeMap::new();
        model.degraded(&tree, &mut degraded);
        let unexpected = model.asked.iter().filter(|asked| !asked.expected);
        model.faults.extend(unexpected.map(|asked| format!("{} at {} ms was not to be asked", asked.path, asked.at)));
        Expected { answer, degraded, faults: model.faults, kept: model.kept }
    }

    fn outermost(&self) -> ObjectId {
        match self.backends.declaration.answer {
            Shape::Object(root) => root,
            _ => panic!("the answer is a struct"),
        }
    }

    fn shape(&self, id: ObjectId) -> &'a [FieldShape] {
        &self.backends.shapes.get(id).fields
    }

    // ---- which fields are filled, and what they wait for ----------------------------------------------------------------

    fn walk(
        &mut self,
        shape: &Shape,
        (level, parent): (usize, Option<usize>),
        at: &mut Vec<String>,
        given: Option<&Rc<Given>>,
        open: &mut Vec<ObjectId>,
    ) {
        match shape {
            Shape::List(inner) | Shape::Nullable(inner) | Shape::Map(inner) => {
                self.walk(inner, (level, parent), at, given, open);
            }
            Shape::Choice(id) => {
                for variant in &self.backends.shapes.get_choice(*id).variants {
                    self.walk(&Shape::Object(variant.object), (level, parent), at, given, open);
                }
            }
            Shape::Object(id) if !open.contains(id) => {
                open.push(*id);
                for (number, field) in self.shape(*id).iter().enumerate() {
                    let group = field.is_filled().then(|| self.group(*id, number, level, given));
                    if let Some(group) = group {
                        self.groups[group].after.extend(parent);
                    }
                    // Of what is not shown nothing is called.
                    if field.hidden {
                        continue;
                    }
                    let below = tree::given_below(field, (*id, level), at, given);
                    let below = below.as_ref().or(given);
                    let step = tree::step(*id, field);
                    at.extend(step.clone());
                    match group {
                        Some(group) => self.walk(&field.shape, (level + 1, Some(group)), at, below, &mut Vec::new()),
                        None => self.walk(&field.shape, (level, parent), at, below, open),
                    }
                    at.truncate(at.len() - step.iter().count());
                }
                open.pop();
            }
            _ => {}
        }
    }

    fn group(&mut self, object: ObjectId, field: usize, level: usize, given: Option<&Rc<Given>>) -> usize {
        let given = given.filter(|_| is_given(&self.shape(object)[field])).cloned();
        let is = |group: &Group| {
            group.object == object && group.field == field && group.level == level && group.given == given
        };
        self.groups.iter().position(is).unwrap_or_else(|| {
            self.groups.push(Group { object, field, level, given, after: BTreeSet::new(), settled: None });
            self.groups.len() - 1
        })
    }

    /// The groups that a group refers to: of the same view, and of the one that gives it something.
    fn waits_for(&mut self, group: usize) -> Vec<usize> {
        let Group { object, field, level, ref given, .. } = self.groups[group];
        let given = given.clone();
        let mut found = Vec::new();
        for reference in references(&self.shape(object)[field]) {
            let of = match (reference.root, &given) {
                (Root::Needs, Some(given)) if given.value.root == Root::Field => {
                    Some((given.object, &given.value.path, given.level, given.outer.clone()))
                }
                (Root::Needs, _) => None,
                _ => Some((object, &reference.path, level, given.clone())),
            };
            let Some((of, path, level, given)) = of else { continue };
            let other = self.field_at(of, path);
            if !self.shape(of)[other].is_filled() {
                continue;
            }
            // What is the same whatever it is given waits for all that is not.
            let all = reference.root != Root::Needs && !is_given(&self.shape(object)[field]);
            if all && is_given(&self.shape(of)[other]) {
                let is = |group: &Group| group.object == of && group.field == other && group.level == level;
                found.extend((0..self.groups.len()).filter(|&number| is(&self.groups[number])));
            } else {
                found.push(self.group(of, other, level, given.as_ref()));
            }
        }
        found
    }

    /// What the write does not need comes after it.
    fn order_the_write(&mut self) {
        let root = self.outermost();
        let writes = |group: &Group| {
            let call = self.shape(group.object)[group.field].call.as_ref();
            group.object == root && call.is_some_and(Call::is_write)
        };
        let Some(write) = self.groups.iter().position(writes) else { return };
        let mut before = BTreeSet::from([write]);
        let mut open = vec![write];
        while let Some(group) = open.pop() {
            open.extend(self.groups[group].after.iter().filter(|&&other| before.insert(other)));
        }
        for (number, group) in self.groups.iter_mut().enumerate().filter(|(number, _)| !before.contains(number)) {
            assert!(number != write, "the write waits for itself");
            group.after.insert(write);
        }
    }

    /// The field of a view that a path of Rust names begins with.
    fn field_at(&self, object: ObjectId, path: &[String]) -> usize {
        let fields = self.shape(object);
        fields.iter().position(|field| path.starts_with(&path_of(field))).expect("a reference leads to a field")
    }

    fn ready(&self) -> Option<usize> {
        let done = |group: &usize| self.groups[*group].settled.is_some();
        (0..self.groups.len()).find(|group| !done(group) && self.groups[*group].after.iter().all(&done))
    }

    // ---- one field at one level -----------------------------------------------------------------------------------------

    fn settle(&mut self, group: usize, tree: &mut Tree) {
        let Group { object, field, level, ref given, ref after, .. } = self.groups[group];
        let start = after.iter().filter_map(|&other| self.groups[other].settled).max().unwrap_or(0);
        let shape = &self.shape(object)[field];
        let given = given.clone();
        let mut places = self.places(tree);
        places.retain(|place| {
            let giver = place.given.as_ref().map(|(_, given)| given);
            place.object == object && place.level == level && (!is_given(shape) || giver == given.as_ref())
        });
        let (end, states) = match &shape.call {
            Some(call) => self.called(shape, call, start, places, tree),
            None => (start, places.into_iter().map(|place| self.made(shape, place, start, tree)).collect()),
        };
        for (place, state) in states {
            if matches!(state, State::Filled(Tree::Null, _)) && need(shape) == Need::Required {
                assert!(shape.shape.is_nothing(), "a required value is null");
            }
            object_at_mut(tree, &place.way).fields[field] = Part::Call(state);
        }
        self.groups[group].settled = Some(end.max(start));
    }

    /// A field that no call fills, at one place.
    fn made(&self, field: &FieldShape, place: Place, start: u64, tree: &Tree) -> (Place, State) {
        let made = match field.derived.as_ref().unwrap() {
            Derived::Computed(application) => self.apply(tree, &place, application),
            Derived::Header { of, .. } => self.head(tree, &place, of, &field.shape),
        };
        let here = object_at(tree, &place.way);
        let state = match made {
            Made::Value(json) => {
                let projected = self.project(&field.shape, &Json::Raw(json), here.level + 1, &[]);
                projected.map_or(State::Failed(own("shape", start)), |tree| State::Filled(tree, None))
            }
            Made::Null => self.skipped(field, here, start),
            Made::Depends(failed) => State::Failed(depends(failed, start)),
            Made::Unfit => State::Failed(own("shape", start)),
        };
        (place, state)
    }

    /// What a call that is not made leaves.
    fn skipped(&self, field: &FieldShape, here: &Object, start: u64) -> State {
        match need(field) {
            Need::Optional => State::Null,
            Need::Default => State::Default(self.default(field, here)),
            Need::Required => State::Failed(own("shape", start)),
        }
    }

    fn called(
        &mut self,
        shape: &FieldShape,
        call: &Call,
        start: u64,
        places: Vec<Place>,
        tree: &Tree,
    ) -> (u64, Vec<(Place, State)>) {
        let mut states: Vec<(Place, State)> = Vec::new();
        let mut waiting: BTreeMap<Request, Vec<Place>> = BTreeMap::new();
        let mut order: Vec<Request> = Vec::new();
        let mut body = String::new();
        for place in places {
            let here = object_at(tree, &place.way);
            let wanted = match call.when.as_ref().map(|when| self.apply(tree, &place, when)) {
                None => None,
                Some(Made::Value(answer)) if answer == "true" => None,
                Some(Made::Value(_) | Made::Null) => Some(self.skipped(shape, here, start)),
                Some(Made::Depends(failed)) => Some(State::Failed(depends(failed, start))),
                Some(Made::Unfit) => Some(State::Failed(own("shape", start))),
            };
            let failed = || request_references(call).find_map(|reference| self.failure_of(tree, &place, reference));
            let state = wanted.or_else(|| failed().map(|failed| State::Failed(depends(failed, start))));
            if let Some(state) = state {
                states.push((place, state));
                continue;
            }
            match self.request(tree, &place, call) {
                Ok(request) => {
                    body = call.body.as_ref().map(|body| self.sent(tree, &place, body)).unwrap_or_default();
                    if !waiting.contains_key(&request) {
                        order.push(request.clone());
                    }
                    waiting.entry(request).or_default().push(place);
                }
                Err(NotMade::Null) => {
                    let state = self.skipped(shape, here, start);
                    states.push((place, state));
                }
                Err(NotMade::Unfit) => states.push((place, State::Failed(own("shape", start)))),
            }
        }
        let (ends, answers) = match &call.fan {
            Fan::Batch { most, .. } => self.batch(shape, call, *most, start, &order),
            Fan::One => self.each(shape, call, (usize::MAX, &body), start, &order),
            Fan::Each { at_once } => self.each(shape, call, (*at_once, &body), start, &order),
        };
        for (request, outcome, note) in answers {
            for place in waiting.remove(&request).unwrap() {
                let here = object_at(tree, &place.way);
                let names = self.names(here, shape);
                let state = match &outcome {
                    Ok(Some(json)) => {
                        State::Filled(self.project(&shape.shape, json, here.level + 1, &names).unwrap(), note)
                    }
                    Ok(None) => State::Null,
                    Err(failed) => State::Failed(*failed),
                };
                states.push((place, state));
            }
        }
        assert!(waiting.is_empty(), "the model forgot {waiting:?}");
        (ends.into_iter().max().unwrap_or(start), states)
    }

    /// Each request for itself: what came of it, by its path.
    fn each(
        &mut self,
        field: &FieldShape,
        call: &Call,
        (at_once, body): (usize, &str),
        start: u64,
        order: &[Request],
    ) -> (Vec<u64>, Answers) {
        let (mut ends, mut answers, mut spans) = (Vec::new(), Vec::new(), Vec::new());
        for request in order {
            let path = &request.1;
            let queued = order.len() > at_once;
            let asked = self.asked.iter_mut().find(|asked| !asked.expected && asked.path == *path && asked.at >= start);
            let begun = match asked {
                Some(asked) => {
                    asked.expected = true;
                    if !queued && asked.at != start {
                        self.faults.push(format!("{path} was asked at {} ms, not at {start}", asked.at));
                    }
                    if asked.method != call.method || asked.body != body {
                        self.faults.push(format!("{path} was asked by {} with {:?}", asked.method, asked.body));
                    }
                    asked.at
                }
                None => NEVER,
            };
            let (end, outcome) = self.outcome(field, call, path, begun.min(if queued { NEVER } else { start }));
            if begun != NEVER {
                spans.push((begun, end));
                self.keep(call, path, &outcome);
            }
            let (end, outcome) = if begun == NEVER && queued {
                (NEVER, outcome.map_err(|failed| Failed { at: NEVER, ..failed }))
            } else {
                (end, outcome)
            };
            ends.push(end);
            answers.push((request.clone(), outcome, self.backends.said(path).note));
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
        (ends, answers)
    }

    /// The keys of all places: what came of each.
    fn batch(
        &mut self,
        field: &FieldShape,
        call: &Call,
        most: usize,
        start: u64,
        order: &[Request],
    ) -> (Vec<u64>, Answers) {
        let (mut ends, mut answers) = (Vec::new(), Vec::new());
        let mut rest: Vec<&Request> = order.iter().collect();
        while let Some((beside, _)) = rest.first().copied() {
            let wanted: Vec<String> =
                rest.iter().filter(|request| request.0 == *beside).map(|request| request.1.clone()).collect();
            rest.retain(|request| request.0 != *beside);
            let mut chunks = self.chunks(field, beside, &wanted, most, start);
            let made = !chunks.is_empty();
            if !made {
                let encoded: Vec<String> = wanted.iter().map(|key| encode(key)).collect();
                chunks.push((format!("{beside}{}", encoded.join(",")), wanted));
            }
            for (path, chunk) in chunks {
                let (end, outcome) = self.outcome(field, call, &path, start);
                let end = if made { end } else { NEVER };
                if made {
                    self.keep(call, &path, &outcome);
                }
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
                    answers.push(((beside.clone(), key), outcome, self.backends.said(&path).note));
                }
            }
        }
        (ends, answers)
    }

    /// The batches that were made for these keys: all of them once, or none when there was no answer by then.
    fn chunks(
        &mut self,
        field: &FieldShape,
        beside: &str,
        wanted: &[String],
        most: usize,
        start: u64,
    ) -> Vec<(String, Vec<String>)> {
        let fits = |(number, asked): (usize, &Asked)| {
            let fits = !asked.expected && asked.at == start && asked.path.starts_with(beside);
            let chunk = fits.then(|| keys(&asked.path)).filter(|chunk| chunk.iter().all(|key| wanted.contains(key)))?;
            Some((number, chunk))
        };
        let candidates: Vec<(usize, Vec<String>)> = self.asked.iter().enumerate().filter_map(fits).collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        let short = wanted.iter().map(String::len).sum::<usize>() < 1000 && beside.len() < 1000;
        let count = short.then(|| wanted.len().div_ceil(most));
        let Some(cover) = cover(&candidates, &wanted.iter().collect(), count) else {
            self.faults.push(format!("`{}` asks for {wanted:?} by {candidates:?}", field.rust));
            return Vec::new();
        };
        let chunk = |number: usize| {
            let asked = &mut self.asked[number];
            asked.expected = true;
            let chunk = keys(&asked.path);
            if chunk.len() > most || (asked.path.len() > 4096 && chunk.len() > 1) {
                self.faults.push(format!("{} is too long", asked.path));
            }
            (asked.path.clone(), chunk)
        };
        cover.into_iter().map(chunk).collect()
    }

    /// What can be used of a kept call is kept, if it is a 200.
    fn keep(&mut self, call: &Call, path: &str, outcome: &Result<Option<Json>, Failed>) {
        if call.cache.is_some()
            && matches!(outcome, Ok(Some(_)))
            && matches!(self.backends.said(path).what, What::Json(_, _, 200))
        {
            self.kept.insert(path.to_owned());
        }
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
        let nothing = field.shape.is_nothing();
        let outcome = match said.what {
            What::Refused | What::Broken => Err(own("connect", end)),
            // Of a call for its effect nothing is read.
            What::Html | What::Unfit(_) | What::Status(204) | What::Json(..) if nothing => Ok(Some(Json::null())),
            What::Html | What::Unfit(_) => Err(own("shape", end)),
            What::Status(status) if call.absent.contains(&status) => Ok(None),
            // A batch asks for keys: an answer without a body leaves them all unanswered, and is no answer.
            What::Status(204) if field.shape.is_nullable() && !matches!(call.fan, Fan::Batch { .. }) => Ok(None),
            What::Status(204) => Err(own("shape", end)),
            What::Status(status) => Err(Failed { status: Some(status), ..own("status", end) }),
            What::Json(json, ..) => {
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

    /// The path and query of a place's request; for a batch, all but its key, and the key.
    fn request(&self, tree: &Tree, place: &Place, call: &Call) -> Result<Request, NotMade> {
        let text = |reference: &Reference| {
            let literal = self.value(tree, place, reference).ok_or(NotMade::Null)?;
            Ok(plain(&literal))
        };
        let mut url = String::new();
        for piece in &call.path.0 {
            match piece {
                Piece::Literal(text) => url.push_str(text),
                Piece::Reference(reference) => {
                    let value = text(reference)?;
                    if ["", ".", ".."].contains(&value.as_str()) {
                        return Err(NotMade::Unfit);
                    }
                    url.push_str(&encode(&value));
                }
            }
        }
        let mut separator = "?";
        for (name, Template(pieces)) in &call.query {
            let [Piece::Reference(reference)] = pieces.as_slice() else { panic!("one reference a parameter") };
            url.push_str(&format!("{separator}{name}={}", encode(&text(reference)?)));
            separator = "&";
        }
        match &call.fan {
            Fan::Batch { key, parameter, .. } => {
                let key = text(key)?;
                // Between keys stand commas.
                if key.is_empty() || key.contains(',') {
                    return Err(NotMade::Unfit);
                }
                Ok((format!("{url}{separator}{parameter}="), key))
            }
            _ => Ok((String::new(), url)),
        }
    }

    /// The body that a place's request has.
    fn sent(&self, tree: &Tree, place: &Place, body: &Sent) -> String {
        match body {
            Sent::Literal(text) => text.clone(),
            Sent::Value(reference) => self.value(tree, place, reference).expect("a write is made of what is there"),
            Sent::Text(_) => panic!("no such body"),
            Sent::Object(members) => {
                let one = |(name, member): &(String, Sent)| format!("\"{name}\":{}", self.sent(tree, place, member));
                format!("{{{}}}", members.iter().map(one).collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// Some of the candidates that have each key once, so many of them where it is known how many there must be.
fn cover(candidates: &[(usize, Vec<String>)], wanted: &BTreeSet<&String>, count: Option<usize>) -> Option<Vec<usize>> {
    let Some(next) = wanted.first().copied() else { return count.is_none_or(|count| count == 0).then(Vec::new) };
    if count == Some(0) {
        return None;
    }
    candidates.iter().enumerate().filter(|(_, (_, chunk))| chunk.contains(next)).find_map(|(at, (number, chunk))| {
        let keys: BTreeSet<&String> = chunk.iter().collect();
        if keys.len() != chunk.len() || !keys.is_subset(wanted) {
            return None;
        }
        let mut others = candidates.to_vec();
        others.remove(at);
        let left = wanted.difference(&keys).copied().collect();
        let mut found = cover(&others, &left, count.map(|count| count - 1))?;
        found.push(*number);
        Some(found)
    })
}

/// A path without the steps by which a view leads to itself: whether they are named is the engine's to choose.
pub(crate) fn without_again(path: &str) -> String {
    path.split('.').filter(|name| *name != AGAIN).collect::<Vec<_>>().join(".")
}

fn own(reason: &'static str, at: u64) -> Failed {
    Failed { reason, cause: reason, status: None, at }
}

fn depends(failed: Failed, at: u64) -> Failed {
    Failed { reason: "dependency", cause: failed.cause, status: None, at }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}
