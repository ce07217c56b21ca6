//! `#[composition(get = "/orders/{id}", deadline = "300ms", input = OrderInput, scopes("orders:read"))]`.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Ident, LitStr};

use crate::ast::{EndpointOptions, Time};
use crate::attr::{
    METHODS, entries_of, equals, expected, head, idempotency, list_of, needs, once, one_method, parentheses, text,
};
use crate::errors::Errors;
use crate::words::{did_you_mean, list};

const UNDERSTOOD: [&str; 16] = [
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "deadline",
    "input",
    "scopes",
    "public",
    "idempotency",
    "supply",
    "status",
    "location",
    "link",
    "cookie",
    "header",
];

/// Reads the options of an endpoint.
pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> EndpointOptions {
    let mut options = EndpointOptions::default();
    entries_of(tokens, errors, |word, input, errors| {
        match word.to_string().as_str() {
            method if METHODS.contains(&method) => {
                let path = text(word, input, &format!("{method} = \"/path/{{parameter}}\""))?;
                one_method(&mut options.route, path, word, errors);
            }
            "deadline" => {
                once(&mut options.deadline, time(word, input, errors)?, word, errors);
            }
            "input" => {
                equals(word, input, "input = OrderInput")?;
                once(&mut options.input, input.parse()?, word, errors);
            }
            "public" => once(&mut options.public, word.clone(), word, errors),
            "scopes" => once(&mut options.scopes, (word.clone(), scopes(word, input)?), word, errors),
            "idempotency" => {
                once(&mut options.idempotency, idempotency::read(word, input, errors)?, word, errors);
            }
            "supply" => needs::supply(word, input, &mut options.supply, errors)?,
            "status" => once(&mut options.status, head::status(word, input)?, word, errors),
            line if head::WORDS.contains(&line) => options.head.extend(head::read(word, input, errors)?),
            other => {
                // What others call it resembles nothing.
                let meant = if other == "timeout" { "deadline" } else { other };
                let near = did_you_mean(meant, UNDERSTOOD);
                let message = format!("an endpoint has no option `{other}`{near} (there are {})", list(UNDERSTOOD));
                return Err(syn::Error::new(word.span(), message));
            }
        }
        Ok(())
    });
    options
}

/// Reads `= "300ms"` after `word`.
pub(crate) fn time(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Time> {
    let literal = text(word, input, &format!("{word} = \"300ms\""))?;
    let written = literal.value();
    let unit_at = written.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(written.len());
    let (number, unit) = written.split_at(unit_at);
    let factor = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        _ => None,
    };
    let millis = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    let fit = millis.filter(|millis| (1..=60_000).contains(millis));
    if fit.is_none() {
        let message = if millis.is_some() {
            format!("`{word}` is from 1ms to 60s")
        } else {
            format!(
                "a time is a whole number and its unit, `ms` or `s`: write `{word} = \"300ms\"` or `{word} = \"2s\"`"
            )
        };
        errors.at(&literal, message);
    }
    Ok(Time { literal, millis: fit.unwrap_or(0) })
}

fn scopes(word: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let form = "scopes(\"orders:read\", \"…\")";
    let content = parentheses(word, input, form)?;
    list_of(&content, |item| item.parse().map_err(|_| expected(word, item, form)))
}
