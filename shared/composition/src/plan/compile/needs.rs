//! What views need is resolved to what supplies it: an input, the caller, or a value of an object further out, whose call is made
//! though nothing shows it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::sources::written;
use super::{Compiler, Task};
use crate::calls;
use crate::declare::{Reference, Root};
use crate::plan::Source;
use crate::project::{Selection, SiteFound};
use crate::shape::{FieldShape, ObjectId, ObjectShape, Shape, Shapes};

/// What a view is given by those further out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Given(Vec<Bound>);

/// What one need is, where the view stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    need: String,
    /// The site whose object has the value; of no meaning for what is the request's.
    site: usize,
    /// The value, as the struct at that site sees it.
    value: Reference,
}

impl Given {
    /// What a need is, with what the path says below it.
    fn bound(&self, path: &[String]) -> Option<Bound> {
        let (need, below) = path.split_first()?;
        let mut bound = self.0.iter().find(|bound| bound.need == *need)?.clone();
        bound.value.path.extend_from_slice(below);
        Some(bound)
    }

    /// The same below a field of an object of this site: what it supplies, and what it passes on, as far as it is needed there.
    fn below(&self, shapes: &Shapes, site: usize, field: &FieldShape) -> Given {
        let needed = needed_in(shapes, &field.shape);
        let is_needed = |need: &String| needed.iter().any(|name| name == need);
        let supplies = |need: &String| field.supply.iter().any(|supply| supply.need == *need);
        let passed = self.0.iter().filter(|bound| is_needed(&bound.need) && !supplies(&bound.need)).cloned();
        let own = field.supply.iter().filter(|supply| is_needed(&supply.need));
        let own = own.filter_map(|supply| match supply.value.root {
            Root::Needs => Some(Bound { need: supply.need.clone(), ..self.bound(&supply.value.path)? }),
            _ => Some(Bound { need: supply.need.clone(), site, value: supply.value.clone() }),
        });
        Given(passed.chain(own).collect())
    }

    /// What of it a field refers to.
    pub(super) fn of(&self, field: &FieldShape) -> Given {
        let named = |bound: &&Bound| {
            calls::references(field)
                .any(|reference| reference.root == Root::Needs && reference.path.first() == Some(&bound.need))
        };
        Given(self.0.iter().filter(named).cloned().collect())
    }

    /// Whether something of it is of an object that stands between the outermost and the sites from this number on.
    fn is_of(&self, sites: std::ops::Range<usize>) -> bool {
        self.0.iter().any(|bound| bound.value.root == Root::Field && sites.contains(&bound.site))
    }

    /// Whether something of it is the caller's.
    fn callers(&self) -> Option<&Bound> {
        self.0.iter().find(|bound| bound.value.root == Root::Caller)
    }
}

/// The needs of the views that a value is.
fn needed_in<'s>(shapes: &'s Shapes, shape: &Shape) -> Vec<&'s str> {
    let needs = shapes.views(shape).into_iter().flat_map(|id| &shapes.get(id).needs);
    needs.map(|need| need.name.as_str()).collect()
}

/// A view and all that are in its body, at any depth.
fn inside(shapes: &Shapes, id: ObjectId) -> BTreeSet<ObjectId> {
    let (mut found, mut open) = (BTreeSet::new(), vec![id]);
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let own = shapes.get(id).fields.iter().filter(|field| !field.is_filled());
            open.extend(own.flat_map(|field| shapes.views(&field.shape)));
        }
    }
    found
}

/// How what is in a body is joined to what is outside of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ties {
    /// Objects in it refer to others around them.
    pub(super) inside: bool,
    /// They refer to the very object that the body is for, or to one further out: nobody else can have it, too.
    pub(super) outside: bool,
}

impl Compiler<'_> {
    /// What the views at the sites of a program are given, which is below a field of the object at `site`, and how that ties them;
    /// the first of the sites will be number `first`.
    pub(super) fn given_below(
        &mut self,
        task: &Task,
        site: usize,
        field: &FieldShape,
        found: &[SiteFound],
        first: usize,
    ) -> (Vec<Given>, Ties) {
        if !self.selective {
            found.iter().for_each(|found| self.check_depths(found));
        }
        let root = task.given.below(self.shapes, site, field);
        let mut ties = Ties::default();
        let given = found.iter().map(|found| {
            let given = found.steps.iter().fold(root.clone(), |given, step| {
                let field = &self.shapes.get(step.object).fields[step.field];
                given.below(self.shapes, step.site.map_or(usize::MAX, |site| first + site), field)
            });
            ties.inside |= given.is_of(1..usize::MAX);
            ties.outside |= given.is_of(1..first);
            given
        });
        (given.collect(), ties)
    }

    /// Makes the calls that supply a field, where nothing has made them yet.
    pub(super) fn suppliers(&mut self, task: &Task, field: &FieldShape) {
        for reference in calls::references(field) {
            if let Some((site, field)) = self.supplier(task, reference) {
                self.supplier_node(site, field);
            }
        }
    }

    /// The site and the field whose call a reference to a need waits for.
    fn supplier(&self, task: &Task, reference: &Reference) -> Option<(usize, usize)> {
        let bound = task.given.bound(&reference.path).filter(|_| reference.root == Root::Needs)?;
        let supplier = self.tasks_of_sites.get(bound.site).filter(|_| bound.value.root == Root::Field)?;
        let object = self.shapes.get(supplier.found.object);
        Some((bound.site, calls::field_of(object, &bound.value)?))
    }

    /// The node that a reference in a view's call waits for.
    pub(super) fn node_of(
        &self,
        task: &Task,
        site: usize,
        object: &ObjectShape,
        reference: &Reference,
    ) -> Option<usize> {
        let (site, field) = match self.supplier(task, reference) {
            Some(supplier) => supplier,
            None => (site, calls::field_of(object, reference)?),
        };
        self.sites[site].nodes[field]
    }

    fn supplier_node(&mut self, site: usize, field: usize) {
        let task = Rc::clone(&self.tasks_of_sites[site]);
        let object = self.shapes.get(task.found.object);
        let mut order = Vec::new();
        self.visit(object, field, &mut order, &mut Vec::new());
        order.retain(|&field| self.sites[site].nodes[field].is_none());
        for field in order {
            self.node(site, &task, object, field);
            if let Some(node) = self.sites[site].nodes[field] {
                self.program(&task, object, node, field, Some(&Selection::default()), false);
            }
        }
    }

    /// Where the value of a need comes from.
    pub(super) fn need(&mut self, object: &ObjectShape, reference: &Reference) -> Option<Source> {
        let Some(bound) = self.given.bound(&reference.path) else {
            let name = reference.path.first()?;
            if object.needs.iter().any(|need| need.name == *name && need.optional) {
                return Some(Source::Nothing);
            }
            self.error(format!(
                "`{}` needs `{name}`, and nothing supplies it; write `supply({name} = …)` on the endpoint or on a view between",
                object.name
            ));
            return None;
        };
        // Only what is a field is its object's own.
        let supplier = self.tasks_of_sites.get(bound.site).filter(|_| bound.value.root == Root::Field);
        let Some(supplier) = supplier.map(|task| self.shapes.get(task.found.object)) else {
            return self.source(object, &bound.value).map(|(source, _)| source);
        };
        Some(match self.source(supplier, &bound.value)?.0 {
            Source::Own(number) => Source::OwnOf { site: bound.site, number },
            Source::Noted { field, number } => Source::NotedOf { site: bound.site, field, number },
            other => other,
        })
    }

    /// A reference as it is declared, and what supplies it.
    pub(super) fn shown(&self, reference: &Reference) -> String {
        match self.given.bound(&reference.path).filter(|_| reference.root == Root::Needs) {
            Some(bound) => format!("{} = {}", written(reference), written(&bound.value)),
            None => written(reference),
        }
    }

    /// A view that contains itself is one site, whatever the depth: what it needs is the same at each.
    pub(super) fn check_depths(&mut self, found: &SiteFound) {
        let shapes = self.shapes;
        let needing = found.steps.iter().map(|step| step.object).chain([found.object]);
        let mut faults = BTreeSet::new();
        for inner in needing.filter(|id| !shapes.get(*id).needs.is_empty()) {
            for outer in inside(shapes, inner) {
                let outer = shapes.get(outer);
                let leads_back = |field: &&FieldShape| {
                    !field.is_filled()
                        && shapes.views(&field.shape).iter().any(|&id| inside(shapes, id).contains(&inner))
                };
                for supply in outer.fields.iter().filter(leads_back).flat_map(|field| &field.supply) {
                    let passed = supply.value.root == Root::Needs && supply.value.path == [supply.need.clone()];
                    if !passed && shapes.get(inner).needs.iter().any(|need| need.name == supply.need) {
                        faults.insert((&outer.name, &supply.need, &shapes.get(inner).name));
                    }
                }
            }
        }
        for (outer, need, inner) in faults {
            self.error(format!(
                "`{outer}` leads back to itself and supplies `{need}`, which `{inner}` in it needs at every depth; supply it under another name"
            ));
        }
    }

    /// An answer that is the same for all callers is made of nothing that is one's.
    pub(super) fn check_shared(&mut self, object: &ObjectShape, field: &FieldShape) {
        let shared = field.call.iter().flat_map(|call| &call.cache).any(|cache| cache.shared);
        let given = self.given.of(field);
        if let Some(bound) = given.callers().filter(|_| shared) {
            self.error(format!(
                "`{}.{}` is kept for every caller (`shared`), and its need `{}` is supplied by `{}`; drop `shared`, or supply something else",
                object.name,
                field.rust,
                bound.need,
                written(&bound.value)
            ));
        }
    }
}
