//! Attribute parsing: the parts that all attributes share. One file below for each attribute.

pub(crate) mod body;
pub(crate) mod bounds;
mod cache;
pub(crate) mod call;
pub(crate) mod caller;
pub(crate) mod composition;
pub(crate) mod derived;
pub(crate) mod fan;
pub(crate) mod head;
pub(crate) mod idempotency;
pub(crate) mod input;
pub(crate) mod item;
pub(crate) mod needs;
mod retry;
pub(crate) mod serde;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, LitStr, Meta, Token};

use crate::errors::Errors;

/// Reads `word …, word …`: `each` reads what follows a word. A mistake in one does not hide those in the next.
pub(crate) fn entries(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut each: impl FnMut(&Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) {
    while !input.is_empty() {
        let read = Ident::parse_any(input)
            .map_err(|error| syn::Error::new(error.span(), "a word is expected here"))
            .and_then(|word| each(&word, input, errors));
        if let Err(error) = read.and_then(|()| end_of_entry(input)) {
            errors.push(error);
            skip_entry(input);
        }
        // It is there, or the input is at its end.
        let _ = input.parse::<Option<Token![,]>>();
    }
}

/// Whether an entry ends here, as it must.
pub(crate) fn end_of_entry(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(input.error("a comma is expected here")) }
}

/// Goes on to the next comma.
pub(crate) fn skip_entry(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}

/// [`entries`] of loose tokens.
pub(crate) fn entries_of(
    tokens: TokenStream,
    errors: &mut Errors,
    each: impl FnMut(&Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) {
    let read = (|input: ParseStream<'_>| {
        entries(input, errors, each);
        Ok(())
    })
    .parse2(tokens);
    errors.keep(read);
}

/// The tokens in an attribute's parentheses; none for a bare attribute.
pub(crate) fn inside(attribute: &Attribute) -> syn::Result<TokenStream> {
    match &attribute.meta {
        Meta::Path(_) => Ok(TokenStream::new()),
        Meta::List(list) => Ok(list.tokens.clone()),
        Meta::NameValue(pair) => {
            let name = pair.path.get_ident().map(ToString::to_string).unwrap_or_default();
            Err(syn::Error::new_spanned(pair.eq_token, format!("write `#[{name}(…)]`")))
        }
    }
}

/// Reads `= "text"` after `word`; `form` shows how it is meant.
pub(crate) fn text(word: &Ident, input: ParseStream<'_>, form: &str) -> syn::Result<LitStr> {
    equals(word, input, form)?;
    if input.peek(LitStr) { input.parse() } else { Err(expected(word, input, form)) }
}

/// Reads `=` after `word`.
pub(crate) fn equals(word: &Ident, input: ParseStream<'_>, form: &str) -> syn::Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_some() {
        Ok(())
    } else {
        Err(syn::Error::new(word.span(), format!("write `{form}`")))
    }
}

/// An error at the next token, or at `word` where there is none.
pub(crate) fn expected(word: &Ident, input: ParseStream<'_>, form: &str) -> syn::Error {
    let span = if input.is_empty() { word.span() } else { input.span() };
    syn::Error::new(span, format!("write `{form}`"))
}

/// Reads the content of the parentheses after `word`.
pub(crate) fn parentheses<'a>(
    word: &Ident,
    input: ParseStream<'a>,
    form: &str,
) -> syn::Result<syn::parse::ParseBuffer<'a>> {
    if !input.peek(syn::token::Paren) {
        return Err(expected(word, input, form));
    }
    let content;
    syn::parenthesized!(content in input);
    Ok(content)
}

/// Reads `item, item`. A mistake in one ends the list.
pub(crate) fn list_of<T>(
    content: ParseStream<'_>,
    item: impl Fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let mut list = Vec::new();
    while !content.is_empty() {
        match item(content).and_then(|item| end_of_entry(content).map(|()| item)) {
            Ok(item) => list.push(item),
            Err(error) => {
                // One mistake is enough of what is left.
                let _ = content.parse::<TokenStream>();
                return Err(error);
            }
        }
        // It is there, or the content is at its end.
        let _ = content.parse::<Option<Token![,]>>();
    }
    Ok(list)
}

/// The words for a method.
pub(crate) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Puts a method where none is yet.
pub(crate) fn one_method<T>(slot: &mut Option<(Ident, T)>, value: T, word: &Ident, errors: &mut Errors) {
    match slot {
        Some((before, _)) if before == word => errors.at(word, format!("`{word}` stands here twice: keep one")),
        Some((before, _)) => errors.at(word, format!("there is one method: keep `{before}` or `{word}`")),
        None => *slot = Some((word.clone(), value)),
    }
}

/// Puts a value where none is yet.
pub(crate) fn once<T>(slot: &mut Option<T>, value: T, word: &Ident, errors: &mut Errors) {
    if slot.is_some() {
        errors.at(word, format!("`{word}` stands here twice: keep one"));
    } else {
        *slot = Some(value);
    }
}
