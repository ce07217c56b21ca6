//! References: their roots are known, and they go round in no circle.

use std::collections::BTreeSet;

use syn::LitStr;

use crate::ast::{Batch, Call, Called, Derived, Field, How, Json, Supply};
use crate::check::needs;
use crate::errors::Errors;
use crate::reference::{RESERVED, Reference, Root};
use crate::words::{did_you_mean, list};

/// Every reference leads to a value.
pub(crate) fn references(of: Called<'_>, errors: &mut Errors) {
    for (field, call) in of.view.fields.iter().zip(of.calls) {
        if let Some(call) = call {
            for reference in call.templates().chain(call.condition()) {
                root(of, reference, errors);
            }
            batch(of, call, errors);
        }
        match &field.derived {
            Some(Derived::Header { of: source, name }) => head(of, source, name, errors),
            Some(Derived::Computed(application)) => {
                application.arguments.iter().for_each(|reference| root(of, reference, errors));
            }
            None => {}
        }
    }
    unused(of, errors);
    for reference in of.head() {
        root(of, reference, errors);
    }
    for reference in of.view.supply.iter().filter_map(Supply::reference) {
        root(of, reference, errors);
    }
    cycles(of, errors);
}

/// A head comes with a call of the same struct.
fn head(of: Called<'_>, source: &Reference, name: &LitStr, errors: &mut Errors) {
    super::header::answered(&name.value(), name.span(), errors);
    let first = &source.names[0];
    let field = of.view.fields.iter().find(|field| field.name == first.text);
    let called = |field: &Field| field.ours.iter().any(|attribute| attribute.path().is_ident("call"));
    if source.root() != Root::Field {
        let what = &first.text;
        errors.at_span(
            first.span,
            format!("`{what}` is no field: a header comes with the answer to a call, so name the field that it fills"),
        );
        return;
    }
    root(of, source, errors);
    if field.is_some_and(|field| !called(field)) {
        errors.at_span(
            first.span,
            format!("no call fills `{}`, so no header comes with it: name a field with `#[call(…)]`", first.text),
        );
    }
}

/// A hidden field feeds others, or is a call whose failure matters.
fn unused(of: Called<'_>, errors: &mut Errors) {
    for (field, call) in of.view.fields.iter().zip(of.calls) {
        let guards = call.is_some() || field.ours.iter().any(|attribute| attribute.path().is_ident("call"));
        let Some(hidden) = field.hidden.as_ref().filter(|_| !guards) else { continue };
        let supplied = of.view.supply.iter().filter_map(Supply::reference);
        let filling = (0..of.view.fields.len()).flat_map(|field| of.references(field));
        let mut references = filling.chain(of.head()).chain(supplied);
        if !references.any(|other| other.root() == Root::Field && other.names[0].text == field.name) {
            errors.at(hidden, format!(
                "nothing refers to `{0}`, so hidden it is of no use: refer to it, as in `{{{0}}}`, or drop the field: what a view does not name never leaves",
                field.name
            ));
        }
    }
}

/// The first name is reserved, or a field of the same struct; what is reserved has what it refers to.
fn root(of: Called<'_>, reference: &Reference, errors: &mut Errors) {
    let first = &reference.names[0];
    let written = reference.written();
    let alone = reference.names.len() == 1;
    match reference.root() {
        Root::Path | Root::Query | Root::Header | Root::Body if of.endpoint.is_none() => of_a_request(of, reference, errors),
        Root::Body if !of.has_input() => errors.at_span(first.span, format!(
            "`{written}`: the endpoint has no input: add `input = …Input` to `#[composition(…)]`, with a `#[body]` field"
        )),
        // Alone it is the whole body.
        Root::Body => {}
        Root::Caller if of.is_public() => errors.at_span(first.span, format!(
            "`{written}`: the endpoint is `public`, so there may be no caller: drop `public`, or do not refer to `caller`"
        )),
        Root::Caller if alone => errors.at_span(first.span, format!("`{written}` names no part: write `caller.id`, or the name of a claim")),
        Root::Caller => {}
        Root::Needs => needs::reference(of, reference, errors),
        Root::Path | Root::Query | Root::Header => {
            let place = &first.text;
            let name = reference.names.get(1).map_or("name", |name| name.text.as_str());
            if !of.has_input() {
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
                // What is a request's is not for a view.
                let of_a_view = |word: &str| word == "caller" || word == "needs";
                let reserved = || RESERVED.into_iter().filter(|word| if of.endpoint.is_some() { *word != "needs" } else { of_a_view(word) });
                let near = did_you_mean(&first.text, fields().chain(reserved()));
                let part = if reference.in_string { format!("`{}` in `{written}`", first.text) } else { format!("`{}`", first.text) };
                errors.at_span(first.span, format!("{part} is not a field of `{}`{near} (its fields are {}; {} {})",
                    of.view.item.ident,
                    list(fields()),
                    "reserved are",
                    list(reserved())
                ));
            }
        }
    }
}

/// A view is not an endpoint's own, so its calls know no request.
fn of_a_request(of: Called<'_>, reference: &Reference, errors: &mut Errors) {
    let first = &reference.names[0];
    let (written, word) = (reference.written(), &first.text);
    let mend = if of.view.fields.iter().any(|field| field.name == *word) {
        format!(
            "to refer to the field `{word}`, give it another name, and `#[serde(rename = \"{word}\")]`, since the word is reserved"
        )
    } else {
        let name = reference.names.get(1).map_or("name", |name| name.text.as_str());
        format!(
            "say that the view needs it, `#[view(needs({name}: …))]`, and refer to `needs.{name}`, which each endpoint then supplies; or refer to the view's own fields or to `caller`"
        )
    };
    errors.at_span(
        first.span,
        format!("`{written}`: any endpoint may use a view, so its calls cannot refer to a request: {mend}"),
    );
}

/// What the key of a batch is, and what the rest of its call refers to, which is the same for all objects.
fn batch(of: Called<'_>, call: &Call, errors: &mut Errors) {
    let Some(Batch { key, .. }) = call.batch() else { return };
    root(of, key, errors);
    if matches!(key.root(), Root::Caller | Root::Needs) {
        errors.at_span(
            key.names[0].span,
            format!(
                "`{}` is the same for every object: the key of a batch is a value of the object, a field of `{}`",
                key.written(),
                of.view.item.ident
            ),
        );
    }
    for reference in call.templates().filter(|reference| reference.root() == Root::Field) {
        errors.at_span(reference.names[0].span, format!(
            "`{}`: a batch is one call for many objects, so beside its key it can refer to `caller` and `needs` only: write `each(at_once = 8)` for a call for each",
            reference.written()
        ));
    }
}

/// A call starts when what it refers to is there, so no field may wait for itself.
fn cycles(of: Called<'_>, errors: &mut Errors) {
    let index = |name: &str| of.view.fields.iter().position(|field| field.name == name);
    let edges: Vec<Vec<(usize, &Reference)>> = (0..of.calls.len())
        .map(|field| {
            let of_fields = of.references(field).filter(|reference| reference.root() == Root::Field);
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
    of: Called<'_>,
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

impl<'a> Called<'a> {
    /// Every reference by which a field is filled.
    pub(crate) fn references(self, field: usize) -> impl Iterator<Item = &'a Reference> {
        let derived = self.view.fields[field].derived.iter().flat_map(Derived::references);
        self.calls[field].iter().flat_map(Call::references).chain(derived)
    }
}

impl Called<'_> {
    fn is_public(self) -> bool {
        self.endpoint.is_some_and(|endpoint| endpoint.public.is_some())
    }

    /// The references in the answer's own head.
    pub(crate) fn head(&self) -> impl Iterator<Item = &Reference> {
        self.endpoint.into_iter().flat_map(|endpoint| &endpoint.head).flat_map(|line| line.value.references())
    }

    fn has_input(self) -> bool {
        self.endpoint.is_some_and(|endpoint| endpoint.input.is_some())
    }

    /// Whether rustc can say more about the reference: its root is known and right.
    pub(crate) fn resolves(self, reference: &Reference) -> bool {
        let has_part = reference.names.len() > 1;
        match reference.root() {
            Root::Body => self.has_input(),
            Root::Caller => has_part && !self.is_public(),
            Root::Needs => {
                self.endpoint.is_none()
                    && reference
                        .names
                        .get(1)
                        .is_some_and(|name| self.view.needs.iter().any(|need| need.name == name.text))
            }
            Root::Path | Root::Query | Root::Header => has_part && self.has_input(),
            Root::Field => self.view.fields.iter().any(|field| field.name == reference.names[0].text),
        }
    }
}

impl Call {
    /// The references in its path, its query, its headers, its tags and its body, in order.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Reference> {
        let body = self.body.iter().flat_map(|(_, json)| json.references()).map(|(reference, _)| reference);
        self.path.1.references().chain(self.beside()).chain(body)
    }

    /// The references beside the path, those of the body not among them.
    pub(crate) fn beside(&self) -> impl Iterator<Item = &Reference> {
        let tags = self.cache.iter().flat_map(|cache| &cache.tags).flat_map(|(_, tag)| tag.references());
        self.query.iter().chain(&self.headers).flat_map(|entry| entry.value.references()).chain(tags)
    }

    /// Every reference of the call, in order; the key of a batch is the last.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.templates().chain(self.condition()).chain(self.batch().map(|batch| &batch.key))
    }

    /// The references of its condition, in order.
    pub(crate) fn condition(&self) -> impl Iterator<Item = &Reference> {
        self.when.iter().flat_map(|(_, when)| when.references())
    }

    /// The batch that it is, if it is one.
    pub(crate) fn batch(&self) -> Option<&Batch> {
        match self.fan.as_ref()?.how.as_ref()? {
            How::Batch(batch) => Some(batch),
            How::Each(_) => None,
        }
    }
}

impl Json {
    /// Every reference in it, in order, each with whether it is written as text.
    pub(crate) fn references(&self) -> Vec<(&Reference, bool)> {
        match self {
            Json::Literal(_) => Vec::new(),
            Json::Value(reference) => vec![(reference, false)],
            Json::Text(template) => template.references().map(|reference| (reference, true)).collect(),
            Json::Object(members) => members.iter().flat_map(|member| member.value.references()).collect(),
        }
    }
}
