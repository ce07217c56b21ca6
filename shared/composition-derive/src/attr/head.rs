//! `status = 201`, `location = "/web/orders/{order.id}"`, `link(next = "…")`, `cookie("session" = "…")` and
//! `header("x-total-count" = total)`: the answer's own head.

use syn::parse::ParseStream;
use syn::{Ident, LitBool, LitInt, LitStr, Token};

use crate::ast::{Cookie, HeadLine, HeadPlace};
use crate::attr::call::{value, values};
use crate::attr::{end_of_entry, entries, equals, expected, once, parentheses, text};
use crate::errors::Errors;
use crate::reference::Template;
use crate::words::{did_you_mean, list};

/// The words that an endpoint's options have for its answer's head, beside `status`.
pub(crate) const WORDS: [&str; 4] = ["location", "link", "cookie", "header"];

const COOKIE: &str = "cookie(\"session\" = \"{login.token}\", path = \"/\", max_age = \"1h\")";
const ATTRIBUTES: [&str; 6] = ["path", "domain", "max_age", "same_site", "secure", "http_only"];

/// Reads `= 201` after `word`.
pub(crate) fn status(word: &Ident, input: ParseStream<'_>) -> syn::Result<(LitInt, u16)> {
    let form = "status = 201";
    equals(word, input, form)?;
    if !input.peek(LitInt) {
        return Err(expected(word, input, form));
    }
    let literal: LitInt = input.parse()?;
    // What does not fit is no status: `check` says so.
    let status = literal.base10_parse().unwrap_or(0);
    Ok((literal, status))
}

/// Reads what follows one of [`WORDS`].
pub(crate) fn read(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<HeadLine>> {
    let line = |name: String, name_span, place, value| HeadLine { name, name_span, place, value };
    match word.to_string().as_str() {
        "location" => {
            let literal = text(word, input, "location = \"/web/orders/{order.id}\"")?;
            let value = Template::from_string(&literal)?;
            Ok(vec![line("location".to_owned(), literal.span(), HeadPlace::Location, value)])
        }
        "cookie" => {
            let content = parentheses(word, input, COOKIE)?;
            let entry = value(word, &content, COOKIE)?;
            content.parse::<Option<Token![,]>>()?;
            let cookie = cookie(&content, errors);
            Ok(vec![line(entry.name, entry.name_span, HeadPlace::Cookie(cookie), entry.value)])
        }
        other => {
            let form = match other {
                "link" => "link(next = \"/web/orders?cursor={next}\")",
                _ => "header(\"x-total-count\" = total)",
            };
            let place = |link: bool| if link { HeadPlace::Link } else { HeadPlace::Header };
            let entries = values(word, input, form, errors)?.into_iter();
            Ok(entries.map(|entry| line(entry.name, entry.name_span, place(other == "link"), entry.value)).collect())
        }
    }
}

/// Reads `path = "/", max_age = "1h", same_site = "lax"`.
fn cookie(content: ParseStream<'_>, errors: &mut Errors) -> Cookie {
    let mut cookie = Cookie::default();
    entries(content, errors, |word, input, errors| {
        match word.to_string().as_str() {
            "path" => once(&mut cookie.path, text(word, input, "path = \"/\"")?, word, errors),
            "domain" => once(&mut cookie.domain, text(word, input, "domain = \"example.com\"")?, word, errors),
            "max_age" => {
                let literal = text(word, input, "max_age = \"1h\"")?;
                let seconds = seconds(&literal)?;
                once(&mut cookie.max_age, seconds, word, errors);
            }
            "same_site" => {
                let literal = text(word, input, "same_site = \"lax\"")?;
                let value = match literal.value().as_str() {
                    "strict" => "Strict",
                    "lax" => "Lax",
                    "none" => "None",
                    _ => {
                        return Err(syn::Error::new(
                            literal.span(),
                            "a cookie's `same_site` is \"strict\", \"lax\" or \"none\"",
                        ));
                    }
                };
                once(&mut cookie.same_site, (value, literal.span()), word, errors);
            }
            "secure" => once(&mut cookie.secure, flag(word, input)?, word, errors),
            "http_only" => once(&mut cookie.http_only, flag(word, input)?, word, errors),
            other => {
                let near = did_you_mean(other, ATTRIBUTES);
                let message = format!("a cookie has no attribute `{other}`{near} (there are {})", list(ATTRIBUTES));
                return Err(syn::Error::new(word.span(), message));
            }
        }
        end_of_entry(input)
    });
    cookie
}

fn flag(word: &Ident, input: ParseStream<'_>) -> syn::Result<LitBool> {
    let form = format!("{word} = false");
    equals(word, input, &form)?;
    if input.peek(LitBool) { input.parse() } else { Err(expected(word, input, &form)) }
}

/// RFC 6265bis section 5.6.2: browsers keep a cookie for 400 days at most.
const LONGEST: u64 = 400 * 86_400;

fn seconds(literal: &LitStr) -> syn::Result<u64> {
    let written = literal.value();
    let (number, unit) =
        written.split_at(written.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(written.len()));
    let factor = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let seconds = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    let message = "a cookie's age is a whole number and its unit, `s`, `m`, `h` or `d`, of 400 days at most: write `max_age = \"1h\"`; \"0s\" ends a cookie";
    seconds.filter(|seconds| *seconds <= LONGEST).ok_or_else(|| syn::Error::new(literal.span(), message))
}
