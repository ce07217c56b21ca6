//! What a view may look like.

use syn::LitStr;

use crate::ast::{Enumeration, Field, View};
use crate::errors::Errors;

/// A view has fields, and each name of the backend's and of the client's means one of them.
pub(crate) fn view(of: &View, errors: &mut Errors) {
    if of.fields.is_empty() {
        errors.at(&of.item.ident, "this has no fields, so there would be nothing to answer: name at least one");
    }
    let mut taken: Vec<(String, &Field)> = Vec::new();
    for (index, field) in of.fields.iter().enumerate() {
        if let Some(flatten) = &field.names.flatten {
            flattened(of, field, flatten, errors);
            continue;
        }
        let written = field.names.rename.iter().chain(&field.names.aliases);
        let own = field.names.rename.is_none().then(|| field.ident.span());
        let spans: Vec<_> = own.into_iter().chain(written.map(LitStr::span)).collect();
        for (name, span) in of.wire_names(field).into_iter().zip(spans) {
            if name.is_empty() {
                errors.at_span(span, "a name cannot be empty");
            } else if let Some((_, before)) = taken.iter().find(|(taken, _)| *taken == name) {
                let message = if field.is_filled() || before.is_filled() {
                    format!(
                        "`{name}` is already the name of the field `{}` in the struct's own JSON: give the field with the call another name (`#[serde(rename(serialize = \"…\"))]` fixes the client's)",
                        before.name
                    )
                } else {
                    format!(
                        "the backend's `{name}` is already read by the field `{}`: a member can fill one field",
                        before.name
                    )
                };
                errors.at_span(span, message);
            } else {
                taken.push((name, field));
            }
        }
        super::bounds(&field.bounds, errors);
        if let Some(client) = &field.names.renamed {
            client_name(client, errors);
            let same =
                |before: &&Field| before.names.renamed.as_ref().is_some_and(|name| name.value() == client.value());
            if let Some(before) = of.fields[..index].iter().find(same) {
                errors.at(
                    client,
                    format!("the client's name `{}` is already the field `{}`", client.value(), before.name),
                );
            }
        }
    }
}

/// What is flattened has no name of its own, and is there as a whole or not at all.
fn flattened(of: &View, field: &Field, flatten: &syn::Ident, errors: &mut Errors) {
    let names = &field.names;
    for name in names.rename.iter().chain(&names.renamed).chain(&names.aliases) {
        errors.at(name, "a flattened field has no name: its members stand in place of it, under their own");
    }
    if names.default.is_some() || of.names.default.is_some() {
        errors.at(
            flatten,
            "`default` does not reach into a flattened field: write it on the fields of the view that is flattened",
        );
    }
}

/// A client's name is the same in REST and GraphQL, so it is a name in GraphQL (October 2021, section 2.1.9), and does
/// not begin with `__`, which is for introspection.
fn client_name(name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    let fits = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !text.starts_with("__");
    if !fits {
        errors.at(name, "a client's name is the same in REST and GraphQL: letters, digits and `_`, first no digit, and not `__` at the start");
    }
}

/// An enum has variants, each with a string of its own.
pub(crate) fn enumeration(of: &Enumeration, errors: &mut Errors) {
    if of.variants.is_empty() {
        errors.at(&of.item.ident, "this has no variants, so it has no values: name at least one");
    }
    let mut taken: Vec<(String, String)> = Vec::new();
    for variant in &of.variants {
        let name = of.wire_name(variant);
        let span = variant.names.rename.as_ref().map_or_else(|| variant.ident.span(), LitStr::span);
        if let Some((_, before)) = taken.iter().find(|(taken, _)| *taken == name) {
            errors.at_span(span, format!("`{name}` already stands for the variant `{before}`"));
        }
        taken.push((name, variant.ident.to_string()));
    }
}
