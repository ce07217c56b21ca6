//! References become sources: where, when a request comes, each value will be found.

use bytes::Bytes;
use http::Method;
use trefoil_context::Place;

use super::Compiler;
use crate::body;
use crate::calls;
use crate::declare::{Access, Claim, Fan, Json, Param, Piece, Reference, Root, Template};
use crate::plan::{ClaimUse, PlannedBody, PlannedJson, Source, Text, TextPart};
use crate::project::{self, Program};
use crate::shape::{ObjectShape, Shape};

impl Compiler<'_> {
    /// Resolves a template of a call of `object`.
    pub(super) fn text(&mut self, object: &ObjectShape, template: &Template) -> Text {
        let part = |piece: &Piece| match piece {
            Piece::Literal(text) => Some(TextPart::Literal(text.clone())),
            Piece::Reference(reference) => {
                let (source, omit) = self.source(object, reference)?;
                Some(TextPart::Value { source, written: self.shown(reference), omit })
            }
        };
        Text(template.0.iter().filter_map(part).collect())
    }

    /// Where the value comes from that a reference in a call of `object` names, and whether it may be left out.
    pub(super) fn source(&mut self, object: &ObjectShape, reference: &Reference) -> Option<(Source, bool)> {
        if !calls::comes_with_its_body(self.shapes, object, reference) {
            let what = written(reference);
            self.error(format!("`{what}` is not there as a whole when what it is in is: calls fill it, or a part of it; refer to parts that none fill"));
            return None;
        }
        let flattened =
            calls::field_of(object, reference).is_some() && calls::shape_of(self.shapes, object, reference).is_none();
        if flattened {
            let what = written(reference);
            self.error(format!("`{what}` has no value of its own: its members stand in what it is flattened into; refer to one of them, or to the whole"));
            return None;
        }
        let found = match reference.root {
            Root::Request(Place::Body) => self.body_part(&reference.path),
            Root::Request(place) => {
                let is = |param: &Param| param.place == place && reference.path.first() == Some(&param.rust);
                let index = self.declaration.params.iter().position(is);
                index.map(|index| (Source::Param(index), self.declaration.params[index].shape.is_nullable()))
            }
            Root::Caller if self.declaration.access == Access::Public => {
                let what = written(reference);
                self.error(format!("a public endpoint has no caller, and a view in it refers to `{what}`; ask for a token, or use another view"));
                return None;
            }
            Root::Caller if reference.path == ["id"] => Some((Source::CallerId, false)),
            Root::Caller => {
                let claim = self.claims.iter().find(|claim| reference.path.first() == Some(&claim.rust));
                claim.map(|claim| (Source::Claim(self.claim_use(claim)), false))
            }
            Root::Needs => return self.need(object, reference).map(|source| (source, false)),
            Root::Literal => Some((self.literal(&reference.path.concat()), false)),
            Root::Field => calls::field_of(object, reference).and_then(|field| {
                if !object.fields[field].is_filled() {
                    let number = calls::own_values(object).iter().position(|path| *path == reference.path)?;
                    return Some((Source::Own(number), false));
                }
                let noted = self.noted(object, field);
                let rest = object.fields[field].rest(&reference.path)?;
                let number = noted.iter().position(|path| path == rest)?;
                // The key by which a batch's answers are matched is noted first.
                let batch = matches!(object.fields[field].call.as_ref().map(|call| &call.fan), Some(Fan::Batch { .. }));
                Some((Source::Noted { field, number: number + usize::from(batch) }, false))
            }),
        };
        if found.is_none() {
            self.error(format!("there is no `{}` to refer to", written(reference)));
        }
        found
    }

    /// Resolves the body of a call of `object`.
    pub(super) fn json(&mut self, object: &ObjectShape, json: &Json) -> PlannedJson {
        match json {
            Json::Literal(text) => PlannedJson::Literal(text.clone()),
            Json::Value(reference) => match self.source(object, reference) {
                Some((source, omit)) => {
                    let sent = self.sent(object, reference).map(Box::new);
                    PlannedJson::Value { source, written: self.shown(reference), omit, sent }
                }
                None => PlannedJson::Literal("null".to_owned()),
            },
            Json::Text(template) => PlannedJson::Text(self.text(object, template)),
            Json::Object(members) => {
                let member = |(name, value): &(String, Json)| (name.clone(), self.json(object, value));
                PlannedJson::Object(members.iter().map(member).collect())
            }
        }
    }

    /// What is sent of a value that is no scalar. What a client sent is in the backend's names already.
    fn sent(&mut self, object: &ObjectShape, reference: &Reference) -> Option<Program> {
        let shape = calls::shape_of(self.shapes, object, reference)?;
        project::compile_sent(self.shapes, shape).unwrap_or_else(|reason| {
            let what = written(reference);
            self.error(format!("`{what}` cannot be sent on: {reason}"));
            None
        })
    }

    /// How the request's body is read, if the endpoint takes one.
    pub(super) fn body(&mut self) -> Option<PlannedBody> {
        let param = self.declaration.params.iter().find(|param| param.place == Place::Body)?;
        if matches!(self.declaration.method, Method::GET | Method::HEAD | Method::DELETE) {
            let method = &self.declaration.method;
            self.error(format!("a {method} has no body that servers on the way heed; drop `{}`", param.rust));
        }
        let parts = std::mem::take(&mut self.body_parts);
        match body::compile(self.shapes, self.naming, &param.shape) {
            Ok(program) => Some(PlannedBody { program, parts }),
            Err(reason) => {
                self.error(reason);
                None
            }
        }
    }

    /// A part of the request's body: its number, and whether it may be missing.
    fn body_part(&mut self, path: &[String]) -> Option<(Source, bool)> {
        let mut shape = &self.declaration.params.iter().find(|param| param.place == Place::Body)?.shape;
        let mut optional = shape.is_nullable();
        let mut names = Vec::with_capacity(path.len());
        let mut rest = path;
        while !rest.is_empty() {
            let Shape::Object(id) = shape.unwrap_nullable().0 else { return None };
            let fields = &self.shapes.get(*id).fields;
            let (field, below) = fields.iter().find_map(|field| Some((field, field.rest(rest)?)))?;
            rest = below;
            names.push(field.wire.first()?.clone());
            shape = &field.shape;
            optional |= shape.is_nullable();
        }
        let number = self.body_parts.iter().position(|known| *known == names).unwrap_or_else(|| {
            self.body_parts.push(names);
            self.body_parts.len() - 1
        });
        Some((Source::Body(number), optional))
    }

    fn literal(&mut self, json: &str) -> Source {
        let known = self.literals.iter().position(|known| *known == json);
        Source::Literal(known.unwrap_or_else(|| {
            self.literals.push(Bytes::copy_from_slice(json.as_bytes()));
            self.literals.len() - 1
        }))
    }

    fn claim_use(&mut self, claim: &Claim) -> usize {
        let used = ClaimUse { wire: claim.wire.clone(), shape: claim.shape.clone() };
        self.claim_uses.iter().position(|other| *other == used).unwrap_or_else(|| {
            self.claim_uses.push(used);
            self.claim_uses.len() - 1
        })
    }
}

/// A reference as it is declared.
pub(super) fn written(reference: &Reference) -> String {
    let root = match reference.root {
        Root::Request(Place::Path) => "path.",
        Root::Request(Place::Query) => "query.",
        Root::Request(Place::Header) => "header.",
        Root::Request(Place::Body) if reference.path.is_empty() => "body",
        Root::Request(Place::Body) => "body.",
        Root::Caller => "caller.",
        Root::Needs => "needs.",
        Root::Literal => "",
        Root::Field => "",
    };
    format!("{root}{}", reference.path.join("."))
}
