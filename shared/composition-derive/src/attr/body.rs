//! `body = body.address` and `body(user_id = caller.id, address(city = body.city))`: what a call sends.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Lit, LitStr, Token};

use crate::ast::{Json, Member};
use crate::attr::{end_of_entry, equals, expected, parentheses, skip_entry};
use crate::errors::Errors;
use crate::reference::{Reference, Template};

const FORM: &str = "body = body` or `body(id = path.id, lines = body.lines)";
const VALUE: &str = "a value here is a literal (`5`, `1.5`, `\"text\"`, `true`), a reference (`body.lines`, `caller.id`, `profile.segment`), a string with references in it (`\"{profile.segment}-x\"`), or an object: `address(city = body.city)`";

/// Reads what follows `body`.
pub(crate) fn read(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Json> {
    if input.peek(syn::token::Paren) {
        let content = parentheses(word, input, FORM)?;
        return Ok(Json::Object(members(&content, errors)));
    }
    equals(word, input, FORM)?;
    if input.is_empty() {
        return Err(expected(word, input, FORM));
    }
    value(input)
}

/// A mistake in one member does not hide those in the next.
fn members(content: ParseStream<'_>, errors: &mut Errors) -> Vec<Member> {
    let mut read = Vec::new();
    while !content.is_empty() {
        match member(content, errors) {
            Ok(member) => read.push(member),
            Err(error) => {
                errors.push(error);
                skip_entry(content);
            }
        }
        // It is there, or the content is at its end.
        let _ = content.parse::<Option<Token![,]>>();
    }
    read
}

fn member(content: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Member> {
    let name_span = content.span();
    let name = if content.peek(LitStr) {
        content.parse::<LitStr>()?.value()
    } else if content.peek(Ident::peek_any) {
        Ident::parse_any(content)?.unraw().to_string()
    } else {
        return Err(content.error("a member's name is expected here: `body(id = path.id, lines = body.lines)`"));
    };
    let value = if content.peek(syn::token::Paren) {
        let inside;
        syn::parenthesized!(inside in content);
        Json::Object(members(&inside, errors))
    } else if content.parse::<Option<Token![=]>>()?.is_some() && !content.is_empty() {
        value(content)?
    } else {
        return Err(syn::Error::new(name_span, format!("`{name}` has no value: {VALUE}")));
    };
    if end_of_entry(content).is_err() {
        return Err(content.error(format!("this cannot be computed here: {VALUE}")));
    }
    Ok(Member { name, name_span, value })
}

fn value(content: ParseStream<'_>) -> syn::Result<Json> {
    if content.peek(LitStr) {
        Template::from_string(&content.parse()?).map(Json::Text)
    } else if content.peek(Lit) || content.peek(Token![-]) {
        literal(content).map(Json::Literal)
    } else if content.peek(Ident::peek_any) {
        Reference::from_tokens(content).map(Json::Value)
    } else {
        Err(content.error(VALUE))
    }
}

fn literal(content: ParseStream<'_>) -> syn::Result<String> {
    let minus = content.parse::<Option<Token![-]>>()?;
    let sign = if minus.is_some() { "-" } else { "" };
    match content.parse::<Lit>()? {
        Lit::Int(number) => Ok(format!("{sign}{}", number.base10_digits())),
        // `1.` is a number in Rust, and none in JSON.
        Lit::Float(number) if !number.base10_digits().ends_with('.') => Ok(format!("{sign}{}", number.base10_digits())),
        Lit::Bool(word) if minus.is_none() => Ok(word.value.to_string()),
        other => Err(syn::Error::new(other.span(), VALUE)),
    }
}
