//! `idempotency(required, keep = "24h", finish = "30s")`.

use syn::Ident;
use syn::parse::ParseStream;

use crate::ast::Idempotency;
use crate::attr::composition::time;
use crate::attr::{entries, once, parentheses, text};
use crate::errors::Errors;
use crate::words::{did_you_mean, list};

const UNDERSTOOD: [&str; 4] = ["required", "optional", "keep", "finish"];

/// The longest that a write's answer is kept, in milliseconds: seven days.
const LONGEST_KEEP: u64 = 7 * 24 * 3_600_000;

/// Reads what stands after `word`.
pub(crate) fn read(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Idempotency> {
    let content = parentheses(word, input, "idempotency(required)")?;
    let mut read = Idempotency { word: word.clone(), required: None, keep: None, finish: None };
    let before = errors.is_empty();
    entries(&content, errors, |word, input, errors| {
        match word.to_string().as_str() {
            "required" | "optional" if read.required.is_some() => {
                errors.at(word, "a key is either required or optional: keep one word");
            }
            "required" => read.required = Some(true),
            "optional" => read.required = Some(false),
            "keep" => once(&mut read.keep, keep(word, input, errors)?, word, errors),
            "finish" => {
                let time = time(word, input, errors)?;
                if (1..1_000).contains(&time.millis) {
                    errors.at(
                        &time.literal,
                        "`finish` is from 1s to 60s: a write that is cut off may have happened all the same",
                    );
                }
                once(&mut read.finish, time, word, errors);
            }
            other => {
                let near = did_you_mean(other, UNDERSTOOD);
                let message = format!("`idempotency` has no option `{other}`{near} (there are {})", list(UNDERSTOOD));
                return Err(syn::Error::new(word.span(), message));
            }
        }
        Ok(())
    });
    if read.required.is_none() && before && errors.is_empty() {
        errors.at(word, "must a request have a key? Write `idempotency(required)` or `idempotency(optional)`");
    }
    Ok(read)
}

/// Reads `= "24h"` after `word`.
fn keep(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<u64> {
    let literal = text(word, input, "keep = \"24h\"")?;
    let written = literal.value();
    let (number, unit) =
        written.split_at(written.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(written.len()));
    let factor = match unit {
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(24 * 3_600_000),
        _ => None,
    };
    let millis = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    let fit = millis.filter(|millis| (60_000..=LONGEST_KEEP).contains(millis));
    if fit.is_none() {
        let message = if millis.is_some() {
            "`keep` is from 1m to 7d"
        } else {
            "answers are kept for whole minutes, hours or days: write `keep = \"24h\"`, or `30m`, or `7d`"
        };
        errors.at(&literal, message);
    }
    Ok(fit.unwrap_or_default())
}
