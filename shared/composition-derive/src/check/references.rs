//! References: their roots are known, and they go round in no circle.

use std::collections::BTreeSet;

use crate::ast::Composition;
use crate::errors::Errors;
use crate::reference::{RESERVED, Reference, Root};
use crate::words::{did_you_mean, list};

/// Every reference leads to a value.
pub(crate) fn references(of: &Composition, errors: &mut Errors) {
    for reference in of.calls.iter().flatten().flat_map(crate::ast::Call::references) {
        root(of, reference, errors);
    }
    cycles(of, errors);
}

/// The first name is reserved, or a field of the same struct; what is reserved has what it refers to.
fn root(of: &Composition, reference: &Reference, errors: &mut Errors) {
    let first = &reference.names[0];
    let written = reference.written();
    let alone = reference.names.len() == 1;
    match reference.root() {
        Root::Body => errors.at_span(first.span, format!("`{written}`: a request's body is not there yet; an input has `path`, `query` and `header`")),
        Root::Caller if of.options.public.is_some() => errors.at_span(first.span, format!(
            "`{written}`: the endpoint is `public`, so there may be no caller: drop `public`, or do not refer to `caller`"
        )),
        Root::Caller if alone => errors.at_span(first.span, format!("`{written}` names no part: write `caller.id`, or the name of a claim")),
        Root::Caller => {}
        Root::Path | Root::Query | Root::Header => {
            let place = &first.text;
            let name = reference.names.get(1).map_or("name", |name| name.text.as_str());
            if of.options.input.is_none() {
                errors.at_span(first.span, format!(
                    "`{written}`: the endpoint has no input: add `input = …Input` to `#[composition(…)]`, with a `#[{place}]` field `{name}`"
                ));
            } else if alone {
                errors.at_span(first.span, format!("`{written}` names no part: write `{place}.` and the name of a `#[{place}]` field of the input"));
            }
        }
        Root::Field => {
            let fields = || of.view.fields.iter().map(|field| field.name.as_str());
            if !fields().any(|field| field == first.text) {
                let near = did_you_mean(&first.text, fields().chain(RESERVED));
                let part = if reference.in_string { format!("`{}` in `{written}`", first.text) } else { format!("`{}`", first.text) };
                errors.at_span(first.span, format!("{part} is not a field of `{}`{near} (its fields are {}; reserved are {})",
                    of.view.item.ident,
                    list(fields()),
                    list(RESERVED)
                ));
            }
        }
    }
}

/// A call starts when what it refers to is there, so no field may wait for itself.
fn cycles(of: &Composition, errors: &mut Errors) {
    let index = |name: &str| of.view.fields.iter().position(|field| field.name == name);
    let edges: Vec<Vec<(usize, &Reference)>> = of
        .calls
        .iter()
        .map(|call| {
            let references = call.iter().flat_map(crate::ast::Call::references);
            let of_fields = references.filter(|reference| reference.root() == Root::Field);
            of_fields.filter_map(|reference| Some((index(&reference.names[0].text)?, reference))).collect()
        })
        .collect();
    let mut done = BTreeSet::new();
    for start in 0..edges.len() {
        walk(of, &edges, start, &mut Vec::new(), &mut done, errors);
    }
}

/// Goes on from a field; `way` is how it was reached.
fn walk<'a>(
    of: &Composition,
    edges: &[Vec<(usize, &'a Reference)>],
    at: usize,
    way: &mut Vec<(usize, &'a Reference)>,
    done: &mut BTreeSet<usize>,
    errors: &mut Errors,
) {
    if done.contains(&at) {
        return;
    }
    for &(next, reference) in &edges[at] {
        way.push((at, reference));
        if let Some(from) = way.iter().position(|(field, _)| *field == next) {
            let names: Vec<&str> = way[from..].iter().map(|(field, _)| of.view.fields[*field].name.as_str()).collect();
            let written = reference.written();
            let name = names[0];
            let message = if names.len() == 1 {
                format!("`{written}`: `{name}` would wait for itself: a call refers to other fields")
            } else {
                format!(
                    "`{written}` closes a circle, so none of these could ever start: {} → {name}",
                    names.join(" → ")
                )
            };
            errors.at_span(reference.names[0].span, message);
        } else {
            walk(of, edges, next, way, done, errors);
        }
        way.pop();
    }
    done.insert(at);
}

impl Composition {
    /// Whether rustc can say more about the reference: its root is known and right.
    pub(crate) fn resolves(&self, reference: &Reference) -> bool {
        let has_part = reference.names.len() > 1;
        match reference.root() {
            Root::Body => false,
            Root::Caller => has_part && self.options.public.is_none(),
            Root::Path | Root::Query | Root::Header => has_part && self.options.input.is_some(),
            Root::Field => self.view.fields.iter().any(|field| field.name == reference.names[0].text),
        }
    }
}

impl crate::ast::Call {
    /// Every reference of the call, in order.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        let beside = self.query.iter().chain(&self.headers).flat_map(|entry| entry.value.references());
        self.path.1.references().chain(beside)
    }
}
