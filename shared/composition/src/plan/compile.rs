//! From a declaration to a plan: names are decided, references resolved to sources, calls put in an order that can run.

use bytes::Bytes;
use trefoil_context::Place;

use super::{ClaimUse, DeclarationError, Hole, Need, Node, Parameter, Plan, Source, Text, TextPart};
use crate::declare::{Call, Claim, Declaration, Param, Piece, Reference, Root, Template};
use crate::fragment::FragmentBuilder;
use crate::names::{Naming, endpoint_name};
use crate::project::{self, Program, Selected, Selection, What};
use crate::shape::{FieldShape, ObjectShape, Shape, Shapes};

/// Compiles an endpoint as REST shows it: every field, under the BFF's names.
pub fn compile(
    declaration: &Declaration,
    shapes: &Shapes,
    naming: Naming,
    claims: &[Claim],
) -> Result<Plan, Vec<DeclarationError>> {
    let object = answer_object(declaration, shapes)?;
    let all = |(index, field): (usize, &FieldShape)| Selected {
        key: field.client_name(naming),
        what: What::Field { index, of: Selection::default() },
    };
    let shown: Vec<Selected> = object.fields.iter().enumerate().map(all).collect();
    Compiler::new(declaration, shapes, naming, claims, object, false).plan(&shown)
}

/// Compiles the part of an endpoint that a GraphQL selection shows: only the calls that it shows, and those that they wait for.
pub fn narrow(
    declaration: &Declaration,
    shapes: &Shapes,
    naming: Naming,
    claims: &[Claim],
    selection: &Selection,
) -> Result<Plan, Vec<DeclarationError>> {
    let object = answer_object(declaration, shapes)?;
    Compiler::new(declaration, shapes, naming, claims, object, true).plan(&selection.0)
}

fn answer_object<'a>(declaration: &Declaration, shapes: &'a Shapes) -> Result<&'a ObjectShape, Vec<DeclarationError>> {
    match &declaration.answer {
        Shape::Object(id) => Ok(shapes.get(*id)),
        _ => Err(vec![DeclarationError {
            place: declaration.type_name.clone(),
            reason: "the answer must be a struct".to_owned(),
        }]),
    }
}

struct Compiler<'a> {
    declaration: &'a Declaration,
    shapes: &'a Shapes,
    naming: Naming,
    claims: &'a [Claim],
    object: &'a ObjectShape,
    /// Whether call fields show a selection, or all.
    selective: bool,
    /// The index of each field's node, once it has one.
    nodes_of: Vec<Option<usize>>,
    /// For each field, the paths that other calls wait for, in the order of their numbers.
    noted: Vec<Vec<Vec<String>>>,
    claim_uses: Vec<ClaimUse>,
    errors: Vec<DeclarationError>,
}

impl<'a> Compiler<'a> {
    fn new(
        declaration: &'a Declaration,
        shapes: &'a Shapes,
        naming: Naming,
        claims: &'a [Claim],
        object: &'a ObjectShape,
        selective: bool,
    ) -> Compiler<'a> {
        let fields = object.fields.len();
        Compiler {
            declaration,
            shapes,
            naming,
            claims,
            object,
            selective,
            nodes_of: vec![None; fields],
            noted: vec![Vec::new(); fields],
            claim_uses: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn plan(mut self, shown: &[Selected]) -> Result<Plan, Vec<DeclarationError>> {
        // Which fields are called: those shown, and those that they wait for.
        let mut order = Vec::new();
        for selected in shown {
            if let What::Field { index, .. } = selected.what {
                self.visit(index, &mut order, &mut Vec::new());
            }
        }
        for (number, &field) in order.iter().enumerate() {
            self.nodes_of[field] = Some(number);
        }
        for &field in &order {
            self.note_references(field);
        }
        let mut nodes: Vec<Node> = order.iter().filter_map(|&field| self.node(field)).collect();
        let mut frame = FragmentBuilder::default();
        let mut holes = Vec::new();
        for (position, selected) in shown.iter().enumerate() {
            frame.text(if position == 0 { "{" } else { "," });
            frame.text(&project::quoted(&selected.key));
            frame.text(":");
            match &selected.what {
                What::Typename => frame.text(&project::quoted(&self.object.name)),
                What::Field { index, of } => {
                    let Some(node) = self.nodes_of[*index] else { continue };
                    let program =
                        self.program(*index, of, nodes.get(node).map_or(&[], |node| node.programs.as_slice()));
                    if let Some(node) = nodes.get_mut(node) {
                        node.programs.push(program);
                        frame.hole(u32::try_from(holes.len()).unwrap_or(u32::MAX));
                    }
                    holes.push(Hole { node, program: nodes.get(node).map_or(0, |node| node.programs.len() - 1) });
                }
            }
        }
        frame.text(if shown.is_empty() { "{}" } else { "}" });
        for (number, &field) in order.iter().enumerate() {
            self.complete(field, &mut nodes[number]);
        }
        let params = self.params();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let declaration = self.declaration;
        Ok(Plan {
            name: endpoint_name(&declaration.type_name),
            type_name: declaration.type_name.clone(),
            doc: declaration.doc.clone(),
            method: declaration.method.clone(),
            path: declaration.path.clone(),
            deadline: declaration.deadline,
            access: declaration.access.clone(),
            params,
            claims: self.claim_uses,
            answer: declaration.answer.clone(),
            frame: frame.build(),
            holes,
            nodes,
        })
    }

    fn error(&mut self, reason: String) {
        self.errors.push(DeclarationError { place: self.declaration.type_name.clone(), reason });
    }

    /// Enters `field` after everything that it waits for.
    fn visit(&mut self, field: usize, order: &mut Vec<usize>, path: &mut Vec<usize>) {
        if order.contains(&field) {
            return;
        }
        let shape = &self.object.fields[field];
        if path.contains(&field) {
            return self.error(format!("`{}` waits for itself; break the circle", shape.rust));
        }
        let Some(call) = &shape.call else {
            return self.error(format!("no call fills `{}`; give it `#[call(…)]`", shape.rust));
        };
        path.push(field);
        for reference in call.references().filter(|reference| reference.root == Root::Field) {
            match self.field_of(reference) {
                Some(other) => self.visit(other, order, path),
                None => self.error(format!("`{}` refers to `{}`, which is no field", shape.rust, written(reference))),
            }
        }
        path.pop();
        order.push(field);
    }

    fn field_of(&self, reference: &Reference) -> Option<usize> {
        let name = reference.path.first()?;
        self.object.fields.iter().position(|field| field.rust == *name)
    }

    fn note_references(&mut self, field: usize) {
        let Some(call) = &self.object.fields[field].call else { return };
        for reference in call.references().filter(|reference| reference.root == Root::Field) {
            if let Some(other) = self.field_of(reference) {
                let path = reference.path[1..].to_vec();
                if !self.noted[other].contains(&path) {
                    self.noted[other].push(path);
                }
            }
        }
    }

    fn node(&mut self, field: usize) -> Option<Node> {
        let object = self.object;
        let shape = &object.fields[field];
        let call: &Call = shape.call.as_ref()?;
        let mut after: Vec<usize> = call
            .references()
            .filter(|reference| reference.root == Root::Field)
            .filter_map(|reference| self.nodes_of[self.field_of(reference)?])
            .collect();
        after.sort_unstable();
        after.dedup();
        Some(Node {
            field: shape.client_name(self.naming),
            backend: call.backend.clone(),
            method: call.method.clone(),
            path: self.text(&call.path),
            query: call.query.iter().map(|(name, value)| (name.clone(), self.text(value))).collect(),
            headers: call.headers.iter().map(|(name, value)| (name.clone(), self.text(value))).collect(),
            within: call.within,
            absent: call.absent.clone(),
            pass: call.pass.clone(),
            need: if shape.shape.is_nullable() { Need::Optional } else { Need::Required },
            after,
            shape: shape.shape.clone(),
            programs: Vec::new(),
        })
    }

    fn program(&self, field: usize, of: &Selection, earlier: &[Program]) -> Program {
        let notes: &[Vec<String>] = if earlier.is_empty() { &self.noted[field] } else { &[] };
        let selection = self.selective.then_some(of);
        project::compile(self.shapes, self.naming, &self.object.fields[field].shape, selection, notes)
    }

    /// A call that nothing shows still notes what others wait for; a default is projected as a body would be.
    fn complete(&mut self, field: usize, node: &mut Node) {
        if node.programs.is_empty() {
            node.programs.push(self.program(field, &Selection::default(), &[]));
        }
        let Some(json) = self.object.fields[field].call.as_ref().and_then(|call| call.or.as_ref()) else { return };
        let body = Bytes::copy_from_slice(json.as_bytes());
        match node.programs.iter().map(|program| program.run(&body)).collect() {
            Ok(pieces) => node.need = Need::Default(pieces),
            Err(error) => self.error(format!("the default of `{}` does not fit its own type: {error}", node.field)),
        }
    }

    fn text(&mut self, template: &Template) -> Text {
        let part = |piece: &Piece| match piece {
            Piece::Literal(text) => Some(TextPart::Literal(text.clone())),
            Piece::Reference(reference) => {
                let (source, omit) = self.source(reference)?;
                Some(TextPart::Value { source, written: written(reference), omit })
            }
        };
        Text(template.0.iter().filter_map(part).collect())
    }

    fn source(&mut self, reference: &Reference) -> Option<(Source, bool)> {
        let found = match reference.root {
            Root::Request(place) => {
                let is = |param: &Param| param.place == place && reference.path.first() == Some(&param.rust);
                let index = self.declaration.params.iter().position(is);
                index.map(|index| (Source::Param(index), self.declaration.params[index].shape.is_nullable()))
            }
            Root::Caller if reference.path == ["id"] => Some((Source::CallerId, false)),
            Root::Caller => {
                let claim = self.claims.iter().find(|claim| reference.path.first() == Some(&claim.rust));
                claim.map(|claim| (Source::Claim(self.claim_use(claim)), false))
            }
            Root::Field => self.field_of(reference).and_then(|field| {
                let number = self.noted[field].iter().position(|path| *path == reference.path[1..])?;
                Some((Source::Noted { node: self.nodes_of[field]?, number }, false))
            }),
        };
        if found.is_none() {
            self.error(format!("there is no `{}` to refer to", written(reference)));
        }
        found
    }

    fn claim_use(&mut self, claim: &Claim) -> usize {
        let used = ClaimUse { wire: claim.wire.clone(), shape: claim.shape.clone() };
        self.claim_uses.iter().position(|other| *other == used).unwrap_or_else(|| {
            self.claim_uses.push(used);
            self.claim_uses.len() - 1
        })
    }

    fn params(&self) -> Vec<Parameter> {
        let one = |param: &Param| Parameter {
            place: param.place,
            name: param.renamed.clone().unwrap_or_else(|| self.naming.apply(&param.rust)),
            rust: param.rust.clone(),
            doc: param.doc.clone(),
            shape: param.shape.clone(),
            default: param.default.clone(),
            bounds: param.bounds.clone(),
        };
        self.declaration.params.iter().map(one).collect()
    }
}

fn written(reference: &Reference) -> String {
    let root = match reference.root {
        Root::Request(Place::Path) => "path.",
        Root::Request(Place::Query) => "query.",
        Root::Request(Place::Header) => "header.",
        Root::Request(Place::Body) => "body.",
        Root::Caller => "caller.",
        Root::Field => "",
    };
    format!("{root}{}", reference.path.join("."))
}
