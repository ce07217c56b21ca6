//! From a declaration to a plan: names are decided, references resolved to sources, calls put in an order that can run.
//!
//! The outermost struct is a view like any other: its program runs over an empty body. So one rule makes the calls of the
//! answer itself and of every view inside it.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;

mod closing;
mod derived;
mod frame;
mod head;
mod needs;
mod order;
mod root;
mod sources;
mod task;
mod write;

use self::needs::Given;
use self::root::steps;
use self::sources::written;
use self::task::Task;
use super::{ClaimUse, DeclarationError, Need, Node, Placed, Plan, PlannedCall, PlannedFan, Site, Source};
use crate::caching;
use crate::calls;
use crate::declare::{Call, Claim, Declaration, Fan, Reference, Root, Template};
use crate::names::{Naming, endpoint_name};
use crate::project::{self, Program, Selection};
use crate::shape::{ObjectId, ObjectShape, Shapes};

/// Compiles an endpoint as REST shows it: every field, under the BFF's names.
pub fn compile(
    declaration: &Declaration,
    shapes: &Shapes,
    naming: Naming,
    claims: &[Claim],
) -> Result<Plan, Vec<DeclarationError>> {
    Compiler::new(declaration, shapes, naming, claims).plan(None)
}

/// Compiles the part of an endpoint that a GraphQL selection shows: only the calls that it shows, and those that they wait for.
pub fn narrow(
    declaration: &Declaration,
    shapes: &Shapes,
    naming: Naming,
    claims: &[Claim],
    selection: &Selection,
) -> Result<Plan, Vec<DeclarationError>> {
    Compiler::new(declaration, shapes, naming, claims).plan(Some(selection))
}

/// One call field at one level of the answer: its places share a call.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shared {
    object: ObjectId,
    field: usize,
    level: usize,
    /// What of it its request refers to: with other values it is another call.
    given: Given,
}

struct Compiler<'a> {
    declaration: &'a Declaration,
    shapes: &'a Shapes,
    naming: Naming,
    claims: &'a [Claim],
    selective: bool,
    sites: Vec<Site>,
    nodes: Vec<Node>,
    calls: Vec<PlannedCall>,
    shared: Vec<Shared>,
    /// For each call, the node that each program with calls in it belongs to.
    owners: Vec<Vec<Option<usize>>>,
    claim_uses: Vec<ClaimUse>,
    /// The parts of the request's body that calls refer to.
    body_parts: Vec<Vec<String>>,
    /// The values that are written where they are supplied.
    literals: Vec<Bytes>,
    /// What is referred to of the outermost struct by others than its own calls.
    beside: Vec<Reference>,
    /// What the view whose calls are being compiled is given.
    given: Given,
    /// The node of the call that writes.
    write: Option<usize>,
    tasks: VecDeque<Task>,
    /// Those that have become sites, by site.
    tasks_of_sites: Vec<Rc<Task>>,
    errors: Vec<DeclarationError>,
}

impl<'a> Compiler<'a> {
    fn new(declaration: &'a Declaration, shapes: &'a Shapes, naming: Naming, claims: &'a [Claim]) -> Compiler<'a> {
        Compiler {
            declaration,
            shapes,
            naming,
            claims,
            selective: false,
            sites: Vec::new(),
            nodes: Vec::new(),
            calls: Vec::new(),
            shared: Vec::new(),
            owners: Vec::new(),
            claim_uses: Vec::new(),
            body_parts: Vec::new(),
            literals: Vec::new(),
            beside: Vec::new(),
            given: Given::default(),
            write: None,
            tasks: VecDeque::new(),
            tasks_of_sites: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn plan(mut self, selection: Option<&Selection>) -> Result<Plan, Vec<DeclarationError>> {
        self.selective = selection.is_some();
        let declaration = self.declaration;
        self.beside = self.of_the_head();
        let frame = self.frame(selection);
        while let Some(task) = self.tasks.pop_front() {
            self.site(&Rc::new(task));
        }
        self.defaults();
        self.order();
        let fields = self.fields();
        let params = self.params();
        // The body is last: then all parts of it that anything refers to are known.
        let (answer, status, head) = (self.answer(), self.status(), self.head());
        let body = self.body();
        self.check_idempotency();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        Ok(Plan {
            name: endpoint_name(&declaration.type_name),
            type_name: declaration.type_name.clone(),
            doc: declaration.doc.clone(),
            method: declaration.method.clone(),
            path: declaration.path.clone(),
            deadline: declaration.deadline,
            access: declaration.access.clone(),
            params,
            body,
            claims: self.claim_uses,
            literals: self.literals,
            status,
            head,
            answer,
            frame: Arc::new(frame),
            sites: self.sites,
            write: self.write.map(|node| self.nodes[node].call),
            idempotency: declaration.idempotency.clone(),
            nodes: self.nodes,
            fields,
            placed: Placed::of(&self.calls),
            calls: self.calls,
            moved: Vec::new(),
        })
    }

    fn error(&mut self, reason: String) {
        let error = DeclarationError { place: self.declaration.type_name.clone(), reason };
        // A call with several programs would say it of each.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// Makes the nodes of a site, and what their calls show.
    fn site(&mut self, task: &Rc<Task>) {
        let site = self.sites.len();
        self.tasks_of_sites.push(Rc::clone(task));
        let object = self.shapes.get(task.found.object);
        self.sites.push(Site {
            from: task.from,
            outputs: Vec::new(),
            output_keys: task.found.calls.iter().map(|call| call.key.clone()).collect(),
            unseen: task.found.unseen,
            nodes: vec![None; object.fields.len()],
            keys: task.found.keys.clone(),
            values: calls::own_values(object).len(),
        });
        let exposed = task.is_exposed();
        let mut order = Vec::new();
        let write = self.write_of(task, object);
        // What it needs, then the write itself, then all else: whether or not it is shown, it is made.
        let shown = task.found.calls.iter().map(|call| call.field);
        for field in write.into_iter().chain(shown).chain(self.beside_of(object)) {
            self.visit(object, field, &mut order, &mut Vec::new());
        }
        for &field in &order {
            self.node(site, task, object, field);
        }
        for call in &task.found.calls {
            let Some(node) = self.sites[site].nodes[call.field] else { continue };
            let exposed = exposed && self.nodes[node].need == Need::Required;
            let program = self.program(task, object, node, call.field, call.of.as_ref(), exposed);
            self.sites[site].outputs.push((node, program));
        }
        // A call that nothing shows still notes what others wait for.
        for &field in &order {
            if let Some(node) = self.sites[site].nodes[field]
                && self.calls[self.nodes[node].call].programs.is_empty()
            {
                self.program(task, object, node, field, Some(&Selection::default()), false);
            }
        }
        if let Some((call, program)) = task.from {
            self.calls[call].sites[program].push(site);
        }
    }

    /// Enters `field` after everything of its view that it waits for.
    fn visit(&mut self, object: &ObjectShape, field: usize, order: &mut Vec<usize>, path: &mut Vec<usize>) {
        if order.contains(&field) {
            return;
        }
        let shape = &object.fields[field];
        if path.contains(&field) {
            return self.error(format!("`{}` waits for itself; break the circle", shape.rust));
        }
        if !shape.is_filled() {
            return;
        }
        path.push(field);
        for reference in calls::references(shape).filter(|reference| reference.root == Root::Field) {
            match calls::field_of(object, reference) {
                Some(other) => self.visit(object, other, order, path),
                None => self.error(format!("`{}` refers to `{}`, which is no field", shape.rust, written(reference))),
            }
        }
        path.pop();
        order.push(field);
    }

    fn node(&mut self, site: usize, task: &Task, object: &ObjectShape, field: usize) {
        let shape = &object.fields[field];
        self.suppliers(task, shape);
        self.given.clone_from(&task.given);
        let index = self.nodes.len();
        let node_of = |reference| self.node_of(task, site, object, reference);
        let needs = calls::request_references(shape).filter_map(node_of).collect();
        let mut after: Vec<usize> = calls::references(shape).filter_map(node_of).chain(task.parent).collect();
        if let Some(write) = self.write.filter(|&write| !after.iter().any(|&node| self.waits_for(node, write))) {
            after.push(write);
        }
        after.sort_unstable();
        after.dedup();
        let shared = Shared { object: task.found.object, field, level: task.level, given: task.given.of(shape) };
        let planned = match self.shared.iter().position(|other| *other == shared) {
            Some(planned) => planned,
            None => {
                self.shared.push(shared);
                let planned = match &shape.call {
                    Some(call) => self.planned(object, field, call),
                    None => self.derived(object, field),
                };
                self.calls.push(planned);
                self.owners.push(Vec::new());
                self.calls.len() - 1
            }
        };
        let default = shape.call.as_ref().and_then(|call| call.or.as_ref());
        let need = match (default, shape.shape.is_nullable()) {
            (Some(_), _) => Need::Default,
            (None, true) => Need::Optional,
            (None, false) => Need::Required,
        };
        let waits: Vec<usize> = after.iter().map(|&node| self.nodes[node].call).collect();
        let target = &mut self.calls[planned];
        target.nodes.push(index);
        target.after.extend(waits);
        target.after.sort_unstable();
        target.after.dedup();
        let mut path = task.names();
        if !self.is_root(task, field) {
            path.push(shape.client_name(self.naming));
        }
        let fatal = task.is_exposed() && need == Need::Required;
        let variants = task.variants();
        self.nodes.push(Node { field: path.join("."), variants, site, call: planned, need, fatal, after, needs });
        self.sites[site].nodes[field] = Some(index);
        if shape.call.as_ref().is_some_and(Call::is_write) {
            self.write = Some(index);
        }
    }

    fn planned(&mut self, object: &ObjectShape, field: usize, call: &Call) -> PlannedCall {
        self.check_shared(object, &object.fields[field]);
        let fan = match &call.fan {
            Fan::One => PlannedFan::One,
            Fan::Each { at_once } => PlannedFan::Each { at_once: (*at_once).max(1) },
            Fan::Batch { key, parameter, most, .. } => {
                let key = self.source(object, key).map_or(Source::CallerId, |(source, _)| source);
                PlannedFan::Batch { key, parameter: parameter.clone(), most: (*most).max(1) }
            }
        };
        let text = |compiler: &mut Self, template: &Template| compiler.text(object, template);
        PlannedCall {
            backend: call.backend.clone(),
            method: call.method.clone(),
            path: text(self, &call.path),
            query: call.query.iter().map(|(name, value)| (name.clone(), text(self, value))).collect(),
            headers: call.headers.iter().map(|(name, value)| (name.clone(), text(self, value))).collect(),
            body: call.body.as_ref().map(|body| self.json(object, body)),
            within: call.within,
            absent: call.absent.clone(),
            pass: call.pass.clone(),
            fan,
            cache: call
                .cache
                .as_ref()
                .map(|cache| (caching::policy(cache), cache.tags.iter().map(|tag| text(self, tag)).collect())),
            retry: call.retry,
            hedge: call.hedge,
            when: call.when.as_ref().and_then(|when| self.application(object, when)),
            heads: calls::noted_headers(object, field).into_iter().cloned().collect(),
            shape: object.fields[field].shape.clone(),
            ..PlannedCall::default()
        }
    }

    /// The program of a node's call that shows this; the sites in a new one are worked through later.
    fn program(
        &mut self,
        task: &Task,
        object: &ObjectShape,
        node: usize,
        field: usize,
        of: Option<&Selection>,
        exposed: bool,
    ) -> usize {
        let way = (task.found.object, field);
        if !self.selective && task.way.contains(&way) {
            let name = &object.fields[field].rust;
            self.error(format!(
                "`{}.{name}` is filled by a call and leads back to itself, so an answer would never end; give `{name}` a view without this call",
                object.name
            ));
            return 0;
        }
        let mut captures = self.noted(object, field);
        let call = object.fields[field].call.as_ref();
        let split = match call.map(|call| &call.fan) {
            Some(Fan::Batch { by, .. }) => {
                captures.insert(0, by.clone());
                true
            }
            _ => false,
        };
        let shape = &object.fields[field].shape;
        let mut compiled = project::compile_sites(self.shapes, self.naming, shape, of, &captures, split);
        // Each that waits becomes a site, in order.
        let (site, first) = (self.nodes[node].site, self.sites.len() + self.tasks.len());
        let (given, ties) = self.given_below(task, site, &object.fields[field], &compiled.sites, first);
        compiled.program.tied = ties.inside;
        compiled.program.at = call.iter().flat_map(|call| &call.at).map(|name| name.as_str().into()).collect();
        let planned = self.nodes[node].call;
        let target = &mut self.calls[planned];
        // What has calls in it is a node's own: whose calls failed, and what that means, differs from node to node.
        let owner = (!compiled.sites.is_empty()).then_some(node);
        let owners = &mut self.owners[planned];
        let known = target.programs.iter().zip(owners.iter());
        let same = |(program, other): (&Program, &Option<usize>)| *program == compiled.program && *other == owner;
        if let Some(known) = known.map(same).position(|same| same) {
            return known;
        }
        owners.push(owner);
        target.programs.push(compiled.program);
        target.sites.push(Vec::new());
        let program = target.programs.len() - 1;
        self.calls[planned].tied |= ties.outside;
        for (found, given) in compiled.sites.into_iter().zip(given) {
            self.tasks.push_back(Task {
                found,
                from: Some((planned, program)),
                names: steps(&self.nodes[node].field).map(str::to_owned).collect(),
                variants: self.nodes[node].variants.clone(),
                parent: Some(node),
                level: task.level + 1,
                exposed,
                way: task.way.iter().copied().chain([way]).collect(),
                given,
            });
        }
        program
    }
}
