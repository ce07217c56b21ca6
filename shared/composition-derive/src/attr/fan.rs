//! `batch(ids = product_id, by = id, most = 50)` and `each(at_once = 8)`: how often the call of a view is made.

use std::ops::RangeInclusive;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Lit, LitInt, LitStr, Token};

use crate::ast::{Batch, Fan, How};
use crate::attr::{end_of_entry, entries, equals, expected, once, parentheses, skip_entry};
use crate::errors::Errors;
use crate::reference::Reference;
use crate::words::did_you_mean;

const BATCH: &str = "batch(ids = product_id, by = id)";
const EACH: &str = "each(at_once = 8)";
const MOST: RangeInclusive<usize> = 1..=1_000;
const AT_ONCE: RangeInclusive<usize> = 1..=64;
/// How many keys a call has at most where the declaration does not say.
const DEFAULT_MOST: usize = 50;

/// Reads what follows `batch` or `each`.
pub(crate) fn read(
    slot: &mut Option<Fan>,
    word: &Ident,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let is_batch = word == "batch";
    let content = parentheses(word, input, if is_batch { BATCH } else { EACH });
    let how = content.as_ref().ok().and_then(|content| {
        if is_batch { batch(word, content, errors).map(How::Batch) } else { each(word, content, errors).map(How::Each) }
    });
    match slot {
        Some(before) if before.word != *word => {
            errors.at(
                word,
                "`batch` is one call for many objects, `each` is one call for each of them: keep one of the two",
            );
        }
        _ => once(slot, Fan { word: word.clone(), how }, word, errors),
    }
    content.map(|_| ())
}

fn each(word: &Ident, content: ParseStream<'_>, errors: &mut Errors) -> Option<usize> {
    let (mut at_once, mut said) = (None, false);
    entries(content, errors, |option, input, errors| {
        said = true;
        if option != "at_once" {
            let near = did_you_mean(&option.to_string(), ["at_once"]);
            return Err(syn::Error::new(
                option.span(),
                format!("`each` has no option `{option}`{near} (there is `at_once`)"),
            ));
        }
        once(&mut at_once, number(option, input, AT_ONCE, EACH)?, option, errors);
        Ok(())
    });
    if !said {
        errors.at(word, format!("how many of its calls may be under way at a time? Write `{EACH}`"));
    }
    at_once
}

/// What has been read of a batch so far.
#[derive(Default)]
struct Read {
    keys: Option<(String, Span, Reference)>,
    by: Option<Reference>,
    most: Option<usize>,
    /// Whether something is wrong: then nothing is said to be missing.
    wrong: bool,
}

fn batch(word: &Ident, content: ParseStream<'_>, errors: &mut Errors) -> Option<Batch> {
    let mut read = Read::default();
    while !content.is_empty() {
        if let Err(error) = option_of_a_batch(&mut read, content, errors).and_then(|()| end_of_entry(content)) {
            read.wrong = true;
            errors.push(error);
            skip_entry(content);
        }
        // It is there, or the content is at its end.
        let _ = content.parse::<Option<Token![,]>>();
    }
    if read.keys.is_none() && !read.wrong {
        errors.at(word, format!("which query parameter carries the keys, and what is a key? Write `{BATCH}`: a parameter `ids` with the `product_id` of each object"));
    } else if read.by.is_none() && !read.wrong {
        errors.at(word, "by which value of an element of the answer is it matched with its key? Add `by = id`");
    }
    let (parameter, parameter_span, key) = read.keys?;
    Some(Batch { parameter, parameter_span, key, by: read.by?, most: read.most.unwrap_or(DEFAULT_MOST) })
}

fn option_of_a_batch(read: &mut Read, content: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
    let span = content.span();
    let name = if content.peek(LitStr) {
        content.parse::<LitStr>()?.value()
    } else if content.peek(Ident::peek_any) {
        let option = Ident::parse_any(content)?;
        if option == "most" {
            once(&mut read.most, number(&option, content, MOST, "most = 50")?, &option, errors);
            return Ok(());
        }
        if option == "by" {
            equals(&option, content, "by = id")?;
            let by = names(content, span, "a value of an element of the answer, as in `by = id`")?;
            once(&mut read.by, by, &option, errors);
            return Ok(());
        }
        option.unraw().to_string()
    } else {
        return Err(content.error(format!("the name of a query parameter is expected here: `{BATCH}`")));
    };
    if content.parse::<Option<Token![=]>>()?.is_none() {
        return Err(syn::Error::new(span, format!("`{name}` has no value: write `{BATCH}`")));
    }
    let key = names(content, span, "a field of the view, as in `ids = product_id`")?;
    if let Some((before, ..)) = &read.keys {
        read.wrong = true;
        errors.at_span(span, format!(
            "the keys already stand in `{before}`, and a batch has one query parameter for them (beside it there are `by` and `most`): for another parameter write `query({name} = …)`"
        ));
    } else {
        read.keys = Some((name, span, key));
    }
    Ok(())
}

/// Reads names with dots between them.
fn names(content: ParseStream<'_>, span: Span, what: &str) -> syn::Result<Reference> {
    if content.peek(Ident::peek_any) && !content.peek(Lit) {
        let names = Reference::from_tokens(content)?;
        if end_of_entry(content).is_err() {
            return Err(content.error(format!("this cannot be computed here: name {what}")));
        }
        return Ok(names);
    }
    let span = if content.is_empty() { span } else { content.span() };
    Err(syn::Error::new(span, format!("name {what}")))
}

/// Reads `= 8` after `word`. A number out of range is the least, once that has been said.
fn number(word: &Ident, input: ParseStream<'_>, range: RangeInclusive<usize>, form: &str) -> syn::Result<usize> {
    equals(word, input, form)?;
    if !input.peek(LitInt) {
        return Err(expected(word, input, form));
    }
    let literal: LitInt = input.parse()?;
    let number = literal.base10_parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        syn::Error::new(literal.span(), format!("`{word}` is from {least} to {most}"))
    })
}
