//! `min = 1, max = 20, min_length = 1, max_length = 80, min_items = 1, max_items = 50`: on an input's parameter, and in
//! `#[bounds(…)]` on a field of a view.

use proc_macro2::Span;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, LitInt, Token};

use crate::ast::Bounds;
use crate::attr::{entries, equals, inside, once};
use crate::errors::Errors;
use crate::words::{did_you_mean, list};

/// The bounds of a single value.
pub(crate) const OF_A_VALUE: [&str; 4] = ["min", "max", "min_length", "max_length"];
const OF_A_FIELD: [&str; 6] = ["min", "max", "min_length", "max_length", "min_items", "max_items"];

/// Reads the `#[bounds(…)]` of a field.
pub(crate) fn attributes(attributes: &[Attribute], errors: &mut Errors) -> Bounds {
    let mut bounds = Bounds::default();
    for attribute in attributes {
        let Some(tokens) = errors.keep(inside(attribute)) else { continue };
        if tokens.is_empty() {
            errors.at(attribute, "which bounds? Write `#[bounds(min = 1, max = 20)]`");
        }
        let read = (|input: ParseStream<'_>| {
            entries(input, errors, |word, input, errors| {
                if OF_A_FIELD.contains(&word.to_string().as_str()) {
                    return one(&mut bounds, word, input, errors);
                }
                let near = did_you_mean(&word.to_string(), OF_A_FIELD);
                let message = format!("there is no bound `{word}`{near} (there are {})", list(OF_A_FIELD));
                Err(syn::Error::new(word.span(), message))
            });
            Ok(())
        })
        .parse2(tokens);
        errors.keep(read);
    }
    bounds
}

/// Reads the bound that `word` is.
pub(crate) fn one(bounds: &mut Bounds, word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
    match word.to_string().as_str() {
        "min" => once(&mut bounds.min, number(word, input)?, word, errors),
        "max" => once(&mut bounds.max, number(word, input)?, word, errors),
        "min_length" => once(&mut bounds.min_length, length(word, input)?, word, errors),
        "max_length" => once(&mut bounds.max_length, length(word, input)?, word, errors),
        "min_items" => once(&mut bounds.min_items, length(word, input)?, word, errors),
        _ => once(&mut bounds.max_items, length(word, input)?, word, errors),
    }
    Ok(())
}

fn number(word: &Ident, input: ParseStream<'_>) -> syn::Result<(i128, Span)> {
    let form = format!("{word} = 1");
    equals(word, input, &form)?;
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    let literal: LitInt =
        input.parse().map_err(|error| syn::Error::new(error.span(), format!("a bound is a whole number: `{form}`")))?;
    let number: i128 = literal.base10_parse()?;
    Ok((if negative { -number } else { number }, literal.span()))
}

fn length(word: &Ident, input: ParseStream<'_>) -> syn::Result<(usize, Span)> {
    let (number, span) = number(word, input)?;
    let length = usize::try_from(number).map_err(|_| syn::Error::new(span, "a length is not negative"))?;
    Ok((length, span))
}
