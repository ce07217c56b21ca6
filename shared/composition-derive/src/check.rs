//! All rules that a macro can check by itself. What needs types (unknown parts, what may be null, what fits into a URL)
//! is for rustc: see `expand::references`.

mod cache;
pub(crate) mod call;
mod effort;
pub(crate) mod fan;
pub(crate) mod head;
pub(crate) mod header;
mod needs;
pub(crate) mod path;
pub(crate) mod references;
pub(crate) mod view;
pub(crate) mod write;

use syn::LitStr;

use crate::ast::{Backend, Bounds, Caller, Composition, Input, Place, ViewWithCalls};
use crate::errors::Errors;

/// An endpoint says where it is, who may call it and how long it may take, and each field says what fills it.
pub(crate) fn composition(of: &Composition, errors: &mut Errors) {
    match of.options.path() {
        Some(path) => {
            path::endpoint(path, errors);
            // Only the input says of which types the parameters are.
            let names = path::parameters(&path.value());
            if let (Some(first), None) = (names.first(), &of.options.input) {
                errors.at(path, format!(
                    "the path has a parameter `{first}`, and the endpoint has no input: add `input = …Input` with `#[input] struct …Input {{ #[path] {first}: String }}`"
                ));
            }
        }
        None if errors.is_empty() => {
            errors.at_span(
                proc_macro2::Span::call_site(),
                "where is the endpoint? Write `#[composition(get = \"/path\")]`",
            );
        }
        None => {}
    }
    // Without a token there is nobody to have a scope.
    if let (Some(_), Some((scopes, _))) = (&of.options.public, &of.options.scopes) {
        errors
            .at(scopes, "`public` is for anybody, with no token and so no scopes: drop `scopes(…)`, or drop `public`");
    }
    // RFC 6749 section 3.3: a scope is visible ASCII without blanks, quotes and backslashes.
    if let Some((word, scopes)) = &of.options.scopes {
        if scopes.is_empty() {
            errors.at(word, "`scopes()` names none: without it, any valid token will do, so drop it");
        }
        for (index, scope) in scopes.iter().enumerate() {
            let text = scope.value();
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
                errors.at(
                    scope,
                    "a scope is a word of visible ASCII letters without blanks, `\"` and `\\`: one string for each",
                );
            } else if scopes[..index].iter().any(|before| before.value() == text) {
                errors.at(scope, format!("the scope `{text}` stands here twice: keep one"));
            }
        }
    }
    view::view(&of.view, errors);
    for (field, call) in of.view.fields.iter().zip(&of.calls) {
        // The first name of a reference says whether it means a field.
        if crate::reference::RESERVED.contains(&field.name.as_str()) {
            errors.at(&field.ident, format!(
                "a field cannot be called `{0}`: in references `{0}` means the request's, the caller's or what a view needs; for the client's name, keep `#[serde(rename(serialize = \"{0}\"))]` on a field of another name",
                field.name
            ));
        }
        if let Some(call) = call {
            call::call(call, errors);
            call::within(call, of.options.deadline.as_ref(), errors);
            effort::effort(call, of.options.idempotency.is_some(), errors);
            fan::in_a_composition(call, errors);
        }
    }
    write::in_a_composition(of, errors);
    write::idempotency(of, errors);
    head::head(of, errors);
    references::references(of.called(), errors);
}

/// A view's calls can be made wherever the view stands.
pub(crate) fn view(of: &ViewWithCalls, errors: &mut Errors) {
    view::view(&of.view, errors);
    for call in of.calls.iter().flatten() {
        call::call(call, errors);
        effort::effort(call, false, errors);
        fan::in_a_view(call, errors);
        write::in_a_view(call, errors);
    }
    references::references(of.called(), errors);
}

/// An input's bounds leave something, its names are apart, and its headers are not the gateway's own.
pub(crate) fn input(of: &Input, errors: &mut Errors) {
    let mut bodies = of.params.iter().filter(|param| param.place == Place::Body);
    if let Some(first) = bodies.next() {
        for second in bodies {
            errors.at(
                &second.ident,
                format!("a request has one body, and it is `{}`: make both fields of one `#[view]`", first.name),
            );
        }
    }
    for (index, param) in of.params.iter().enumerate() {
        bounds(&param.bounds, errors);
        let Some(name) = &param.renamed else { continue };
        let same = |before: &&crate::ast::Param| {
            before.place == param.place
                && before.renamed.as_ref().is_some_and(|other| other.value().eq_ignore_ascii_case(&name.value()))
        };
        if let Some(before) = of.params[..index].iter().find(same) {
            errors.at(name, format!("`{}` is already the name of `{}`", name.value(), before.name));
        }
        match param.place {
            Place::Header => header::readable(&name.value(), name.span(), errors),
            _ if name.value().is_empty() => errors.at(name, "a parameter needs a name"),
            _ => {}
        }
    }
}

/// The least is not more than the most.
pub(crate) fn bounds(bounds: &Bounds, errors: &mut Errors) {
    if let (Some((min, _)), Some((max, span))) = (bounds.min, bounds.max)
        && min > max
    {
        errors.at_span(span, format!("no number is at least {min} and at most {max}: swap `min` and `max`?"));
    }
    if let (Some((min, _)), Some((max, span))) = (bounds.min_length, bounds.max_length)
        && min > max
    {
        let swap = "swap `min_length` and `max_length`?";
        errors.at_span(span, format!("no text has at least {min} and at most {max} characters: {swap}"));
    }
    if let (Some((min, _)), Some((max, span))) = (bounds.min_items, bounds.max_items)
        && min > max
    {
        let swap = "swap `min_items` and `max_items`?";
        errors.at_span(span, format!("no list has at least {min} and at most {max} elements: {swap}"));
    }
}

/// A caller has an id without saying so, and each claim has one name.
pub(crate) fn caller(of: &Caller, errors: &mut Errors) {
    for (index, claim) in of.claims.iter().enumerate() {
        if claim.name == "id" {
            errors.at(
                &claim.ident,
                "every caller has an `id`, the token's subject: drop this field, or give the claim another name",
            );
        }
        let wire = |claim: &crate::ast::Claim| claim.wire.as_ref().map_or_else(|| claim.name.clone(), LitStr::value);
        let name = wire(claim);
        let place = claim.wire.as_ref().map_or_else(|| claim.ident.span(), LitStr::span);
        if name.is_empty() {
            errors.at_span(place, "a claim needs a name");
        } else if name == "sub" {
            errors.at_span(place, "`sub` is the token's subject, and every caller has it as `id`: drop this field");
        } else if let Some(before) = of.claims[..index].iter().find(|before| wire(before) == name) {
            errors.at_span(place, format!("the claim `{name}` is already `{}`", before.name));
        }
    }
}

/// A backend's name stands in config, metrics and traces.
pub(crate) fn backend(of: &Backend, errors: &mut Errors) {
    let Some(name) = &of.name else { return };
    let text = name.value();
    let letters = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !letters || !text.starts_with(|letter: char| letter.is_ascii_lowercase()) || text.ends_with('-') {
        errors.at(
            name,
            "a backend's name is kebab-case, as it stands in config: small letters, digits and `-`, first a letter",
        );
    }
}
