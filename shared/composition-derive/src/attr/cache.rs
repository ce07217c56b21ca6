//! `cache("60s", shared, stale_while_revalidate = "30s", stale_if_error = "5m", tags("catalog", "product-{path.id}"))`, or
//! `cache(backend)`: how the answers of a call are kept.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token};

use crate::ast::Cache;
use crate::attr::{end_of_entry, entries, list_of, once, parentheses, skip_entry, text};
use crate::errors::Errors;
use crate::reference::Template;
use crate::words::{self, did_you_mean};

const FORM: &str = "cache(\"60s\")";
const OPTIONS: [&str; 4] = ["shared", "stale_while_revalidate", "stale_if_error", "tags"];
const TIME: &str = "a time here is a whole number and its unit, `s`, `m` or `h`, from 1s to 24h";
const LONGEST: u64 = 24 * 60 * 60;

/// Reads what follows `cache`. `None` if there is no telling how long, which has been said.
pub(crate) fn read(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<Cache>> {
    let content = parentheses(word, input, FORM)?;
    let how_long = how_long(word, &content, errors);
    // It is there, or the content is at its end.
    let _ = content.parse::<Option<Token![,]>>();
    let (mut shared, mut stale_while_revalidate, mut stale_if_error, mut tags) = (None, None, None, None);
    entries(&content, errors, |option, input, errors| {
        match option.to_string().as_str() {
            "shared" => once(&mut shared, option.clone(), option, errors),
            "stale_while_revalidate" => once(&mut stale_while_revalidate, named_time(option, input)?, option, errors),
            "stale_if_error" => once(&mut stale_if_error, named_time(option, input)?, option, errors),
            "tags" => {
                let list = parentheses(option, input, "tags(\"catalog\")")?;
                let one = |item: ParseStream<'_>| {
                    let literal: LitStr = item.parse().map_err(|error| {
                        syn::Error::new(error.span(), "a tag is a string: `tags(\"catalog\", \"product-{path.id}\")`")
                    })?;
                    let template = Template::from_string(&literal)?;
                    Ok((literal, template))
                };
                once(&mut tags, list_of(&list, one)?, option, errors);
            }
            // That this comes first has been said.
            "backend" | "ttl" if how_long.is_none() => skip_entry(input),
            "backend" | "ttl" => {
                let message = format!(
                    "how long an answer is fresh comes first: `{FORM}`, or `cache(backend)` for what the backend says"
                );
                return Err(syn::Error::new(option.span(), message));
            }
            other => {
                let near = did_you_mean(other, OPTIONS);
                let message = format!("`cache` has no option `{other}`{near} (there are {})", words::list(OPTIONS));
                return Err(syn::Error::new(option.span(), message));
            }
        }
        Ok(())
    });
    let tags = tags.unwrap_or_default();
    Ok(how_long.map(|ttl| Cache { word: word.clone(), ttl, shared, stale_while_revalidate, stale_if_error, tags }))
}

/// The first entry: a time, or `backend`.
fn how_long(word: &Ident, content: ParseStream<'_>, errors: &mut Errors) -> Option<Option<u64>> {
    let read = if content.peek(LitStr) {
        content.parse::<LitStr>().and_then(|literal| seconds(&literal)).map(Some)
    } else if content.peek(Ident::peek_any) && content.fork().parse::<Ident>().is_ok_and(|first| first == "backend") {
        content.parse::<Ident>().map(|_| None)
    } else {
        let span = if content.is_empty() { word.span() } else { content.span() };
        errors.at_span(span, format!(
            "how long is an answer fresh? That comes first: `{FORM}`, or `cache(backend)` for what the backend's `Cache-Control` says"
        ));
        // What is no word of another option is a time in no form that there is: of it enough is said.
        if !content.peek(Ident::peek_any) {
            skip_entry(content);
        }
        return None;
    };
    let read = read.and_then(|read| end_of_entry(content).map(|()| read));
    if read.is_err() {
        skip_entry(content);
    }
    errors.keep(read)
}

fn named_time(word: &Ident, input: ParseStream<'_>) -> syn::Result<u64> {
    seconds(&text(word, input, &format!("{word} = \"5m\""))?)
}

fn seconds(literal: &LitStr) -> syn::Result<u64> {
    let written = literal.value();
    let (number, unit) =
        written.split_at(written.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(written.len()));
    let factor = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(60 * 60),
        _ => None,
    };
    let seconds = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    seconds.filter(|seconds| (1..=LONGEST).contains(seconds)).ok_or_else(|| syn::Error::new(literal.span(), TIME))
}
