//! `#[composition(get = "/orders/{id}", deadline = "300ms", input = OrderInput, scopes("orders:read"))]`.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token};

use crate::ast::{EndpointOptions, Time};
use crate::attr::{end_of_entry, entries_of, equals, expected, once, parentheses, text};
use crate::errors::Errors;
use crate::words::{did_you_mean, list};

const UNDERSTOOD: [&str; 5] = ["get", "deadline", "input", "scopes", "public"];

/// Reads the options of an endpoint.
pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> EndpointOptions {
    let mut options = EndpointOptions::default();
    entries_of(tokens, errors, |word, input, errors| {
        match word.to_string().as_str() {
            "get" => once(&mut options.path, text(word, input, "get = \"/path/{parameter}\"")?, word, errors),
            "deadline" => {
                if let Some(time) = time(word, input, errors)? {
                    once(&mut options.deadline, time, word, errors);
                }
            }
            "input" => {
                equals(word, input, "input = OrderInput")?;
                once(&mut options.input, input.parse()?, word, errors);
            }
            "public" => once(&mut options.public, word.clone(), word, errors),
            "scopes" => once(&mut options.scopes, (word.clone(), scopes(word, input)?), word, errors),
            method @ ("post" | "put" | "patch" | "delete") => return Err(no_method_yet(word, method)),
            other => {
                let near = did_you_mean(other, UNDERSTOOD);
                let message = format!("an endpoint has no option `{other}`{near} (there are {})", list(UNDERSTOOD));
                return Err(syn::Error::new(word.span(), message));
            }
        }
        Ok(())
    });
    options
}

/// What to say to a method that is still to come.
pub(crate) fn no_method_yet(word: &Ident, method: &str) -> syn::Error {
    let message = format!("`{method}` is not there yet: an endpoint and its calls can `get = \"/…\"`");
    syn::Error::new(word.span(), message)
}

/// Reads `= "300ms"` after `word`.
pub(crate) fn time(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<Time>> {
    let literal = text(word, input, &format!("{word} = \"300ms\""))?;
    let written = literal.value();
    let (number, unit) =
        written.split_at(written.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(written.len()));
    let factor = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        _ => None,
    };
    let millis = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    match millis {
        Some(millis @ 1..=60_000) => return Ok(Some(Time { literal, millis })),
        Some(_) => errors.at(&literal, format!("`{word}` is from 1ms to 60s")),
        None => errors.at(
            &literal,
            format!(
                "a time is a whole number and its unit, `ms` or `s`: write `{word} = \"300ms\"` or `{word} = \"2s\"`"
            ),
        ),
    }
    Ok(None)
}

fn scopes(word: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let form = "scopes(\"orders:read\", \"…\")";
    let content = parentheses(word, input, form)?;
    let mut scopes = Vec::new();
    while !content.is_empty() {
        if !content.peek(LitStr) {
            return Err(expected(word, &content, form));
        }
        scopes.push(content.parse()?);
        end_of_entry(&content)?;
        // It is there, or the content is at its end.
        let _ = content.parse::<Option<Token![,]>>();
    }
    Ok(scopes)
}
