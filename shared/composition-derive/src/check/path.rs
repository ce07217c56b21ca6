//! What a path looks like: the endpoint's, and a call's at its backend.

use proc_macro2::Span;
use syn::LitStr;

use crate::errors::Errors;
use crate::reference::{Piece, Template, is_name};

/// The names in `{…}`, in order; only whole segments count.
pub(crate) fn parameters(path: &str) -> Vec<String> {
    path.split('/').filter_map(parameter).map(str::to_owned).collect()
}

fn parameter(segment: &str) -> Option<&str> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    let name = name.strip_prefix("r#").unwrap_or(name);
    is_name(name).then_some(name)
}

/// An endpoint's path is canonical, so that it has one spelling, and its parameters are whole segments.
pub(crate) fn endpoint(path: &LitStr, errors: &mut Errors) {
    let text = path.value();
    if !common(&text, path.span(), errors) {
        return;
    }
    if text == "/" {
        errors.at(path, "an endpoint has a path below its BFF's: name it, as in `/home`");
        return;
    }
    if let Some(without) = text.strip_suffix('/') {
        errors.at(path, format!("a path has no slash at its end, so that it has one spelling: write `{without}`"));
    }
    let mut names: Vec<&str> = Vec::new();
    for segment in text.split('/').skip(1) {
        match parameter(segment) {
            Some(name) if names.contains(&name) => {
                errors.at(path, format!("`{{{name}}}` stands in the path twice: a parameter has one place"));
            }
            Some(name) => names.push(name),
            None if segment.contains(['{', '}']) => errors.at(path, format!(
                "`{segment}` is not a parameter: a parameter is a whole segment with the Rust name of a `#[path]` field, as in `/orders/{{id}}`"
            )),
            None => unfit(segment, path.span(), errors),
        }
    }
}

/// A call's path is canonical up to its references.
pub(crate) fn call(path: &LitStr, template: &Template, errors: &mut Errors) {
    if !matches!(template.0.first(), Some(Piece::Literal(text)) if text.starts_with('/')) {
        errors.at(path, "a path begins with `/`; where the backend is, is for the config to say");
        return;
    }
    // References stand for values that are encoded; a value in a segment of its own is never a dot segment's like.
    let plain: String = template
        .0
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Reference(_) => "x",
        })
        .collect();
    if common(&plain, path.span(), errors) {
        for piece in &template.0 {
            if let Piece::Literal(text) = piece {
                unfit(text, path.span(), errors);
            }
        }
    }
}

/// Every path begins with a slash, is no more than a path, and has no empty and no dot segments.
fn common(text: &str, span: Span, errors: &mut Errors) -> bool {
    if !text.starts_with('/') {
        errors.at_span(span, format!("a path begins with `/`: write `/{text}`"));
        return false;
    }
    if text.contains('?') {
        errors.at_span(
            span,
            "a path has no query in it: write `query(name = value)` in a call, and `#[query]` fields in an input",
        );
        return false;
    }
    if text.contains('#') {
        errors.at_span(span, "a path has no fragment: no server ever sees what follows a `#`");
        return false;
    }
    if text.contains("//") {
        errors.at_span(span, "a path has no empty segments: write one `/` for `//`");
        return false;
    }
    if let Some(dots) = text.split('/').find(|segment| matches!(*segment, "." | "..")) {
        errors.at_span(span, format!("a path has no `{dots}` segments: write the path that is meant"));
        return false;
    }
    true
}

/// RFC 3986 section 3.3: what may stand in a path as it is.
fn unfit(text: &str, span: Span, errors: &mut Errors) {
    let fits = |letter: &char| letter.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@%".contains(*letter);
    if let Some(letter) = text.chars().find(|letter| !fits(letter)) {
        errors.at_span(span, format!("{letter:?} cannot stand in a path as it is: percent-encode it"));
    }
}
