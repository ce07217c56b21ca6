//! `#[from(orders, header = "x-total-count")]` and `#[computed(full_name(profile.first, profile.last))]`.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, Path, Token};

use crate::ast::{Application, Derived};
use crate::attr::{end_of_entry, expected, inside, list_of, text};
use crate::errors::Errors;
use crate::reference::Reference;

const FROM: &str = "#[from(orders, header = \"x-total-count\")]";
const COMPUTED: &str = "#[computed(full_name(profile.first, profile.last))]";

/// Whether an attribute says what fills a field that no call fills.
pub(crate) fn is_derived(attribute: &Attribute) -> bool {
    attribute.path().is_ident("from") || attribute.path().is_ident("computed")
}

/// Reads what fills a field, if these attributes say so.
pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Option<Derived> {
    let mut said = attributes.iter().filter(|attribute| is_derived(attribute));
    let first = said.next()?;
    let other = said.next().or_else(|| attributes.iter().find(|attribute| attribute.path().is_ident("call")));
    if let Some(other) = other {
        errors.at(other, "one thing fills a field, a call, a header or a function: give the second a field of its own");
    }
    let tokens = errors.keep(inside(first))?;
    let computed = first.path().is_ident("computed");
    if tokens.is_empty() {
        errors.at(first, format!("what fills it? Write `{}`", if computed { COMPUTED } else { FROM }));
        return None;
    }
    let read = if computed {
        (|input: ParseStream<'_>| application(input, COMPUTED)).parse2(tokens).map(Derived::Computed)
    } else {
        from.parse2(tokens)
    };
    errors.keep(read)
}

fn from(input: ParseStream<'_>) -> syn::Result<Derived> {
    let of = Reference::from_tokens(input)?;
    let form = |span| syn::Error::new(span, format!("write `{FROM}`"));
    if input.is_empty() {
        return Err(form(of.names[0].span));
    }
    if let [_, part, ..] = of.names.as_slice() {
        return Err(syn::Error::new(
            part.span,
            format!("a head belongs to a call as a whole: name the field of the call, `{FROM}`"),
        ));
    }
    input.parse::<Token![,]>().map_err(|error| form(error.span()))?;
    let word = input.call(Ident::parse_any).map_err(|error| form(error.span()))?;
    if word != "header" {
        return Err(form(word.span()));
    }
    let name = text(&word, input, "header = \"x-total-count\"")?;
    // A comma at the end is no mistake.
    let _ = input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(form(input.span()));
    }
    Ok(Derived::Header { of, name })
}

/// Reads `full_name(profile.first, profile.last)`; `form` shows how it is meant.
pub(crate) fn application(input: ParseStream<'_>, form: &str) -> syn::Result<Application> {
    let function = input.call(Path::parse_mod_style)?;
    let word = function
        .segments
        .last()
        .map_or_else(|| Ident::new("function", proc_macro2::Span::call_site()), |segment| segment.ident.clone());
    if !input.peek(syn::token::Paren) {
        return Err(expected(&word, input, form));
    }
    let content;
    syn::parenthesized!(content in input);
    let arguments = list_of(&content, |item| {
        if item.peek(Ident::peek_any) {
            return Reference::from_tokens(item);
        }
        Err(item.error("an argument is a reference: `profile.first`, `query.limit`, `caller.id`; a value that is fixed belongs in the function"))
    })?;
    end_of_entry(input)?;
    Ok(Application { function, arguments })
}

/// Reads what stands after `when =`: a value, or a function of values.
pub(crate) fn condition(input: ParseStream<'_>) -> syn::Result<crate::ast::Condition> {
    let ahead = input.fork();
    if ahead.call(Path::parse_mod_style).is_ok() && ahead.peek(syn::token::Paren) {
        return application(input, "when = is_premium(profile.tier)").map(crate::ast::Condition::Function);
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error("a condition is a value (`when = query.with_reviews`) or a function of values (`when = is_premium(profile.tier)`)"));
    }
    Reference::from_tokens(input).map(crate::ast::Condition::Value)
}
