//! `retry`, `retry(attempts = 3)`: how often a call is attempted.

use std::ops::RangeInclusive;

use syn::parse::ParseStream;
use syn::{Ident, LitInt};

use crate::ast::Retry;
use crate::attr::{entries, equals, once, parentheses};
use crate::errors::Errors;
use crate::words::did_you_mean;

const FORM: &str = "retry(attempts = 3)";
/// One, whatever the backend's configuration says, to the library's `MOST_ATTEMPTS`.
const ATTEMPTS: RangeInclusive<u32> = 1..=10;
/// The first and one more, where the declaration does not say (Envoy's `num_retries` is 1).
const DEFAULT: u32 = 2;

/// Reads what follows `retry`. `None` if it could not be read, which has been said.
pub(crate) fn read(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<Retry>> {
    if !input.peek(syn::token::Paren) && !input.peek(syn::Token![=]) {
        return Ok(Some(Retry { word: word.clone(), attempts: DEFAULT }));
    }
    let content = parentheses(word, input, FORM)?;
    if content.is_empty() {
        errors.at(word, format!("how many attempts are there at the most? Write `{FORM}`, or `retry` for {DEFAULT}"));
    }
    let mut attempts = None;
    entries(&content, errors, |option, input, errors| {
        if option != "attempts" {
            let near = did_you_mean(&option.to_string(), ["attempts"]);
            let message = format!("`retry` has no option `{option}`{near} (there is `attempts`)");
            return Err(syn::Error::new(option.span(), message));
        }
        equals(option, input, FORM)?;
        let form = |span| {
            let (least, most) = (ATTEMPTS.start(), ATTEMPTS.end());
            let message = format!(
                "`attempts` counts the first one too: a whole number from {least} (no retries, whatever the backend's configuration says) to {most}"
            );
            syn::Error::new(span, message)
        };
        let literal: LitInt = input.parse().map_err(|error: syn::Error| form(error.span()))?;
        let number = literal.base10_parse().ok().filter(|number| ATTEMPTS.contains(number));
        once(&mut attempts, number.ok_or_else(|| form(literal.span()))?, option, errors);
        Ok(())
    });
    Ok(attempts.map(|attempts| Retry { word: word.clone(), attempts }))
}
