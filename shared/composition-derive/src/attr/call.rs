//! `#[call(Users, get = "/users/{caller.id}", query(limit = 5), within = "80ms", pass = [404])]`.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, Lit, LitInt, LitStr, Token};

use crate::ast::{Call, Entry, Fan, Statuses};
use crate::attr::composition::time;
use crate::attr::{
    METHODS, body, cache, derived, end_of_entry, entries, equals, expected, fan, inside, list_of, once, one_method,
    parentheses, retry, skip_entry, text,
};
use crate::errors::Errors;
use crate::reference::{Piece, Reference, Template};
use crate::words::{self, did_you_mean};

const IN_A_COMPOSITION: [&str; 17] = [
    "get", "post", "put", "patch", "delete", "query", "header", "body", "at", "within", "absent", "pass", "or", "when",
    "cache", "retry", "hedge",
];
const IN_A_VIEW: [&str; 13] =
    ["get", "query", "header", "at", "within", "absent", "or", "when", "batch", "each", "cache", "retry", "hedge"];
const FORM: &str = "#[call(Backend, get = \"/path\")]";
const VALUE: &str = "a value here is a literal (`5`, `\"text\"`, `true`), a reference (`query.limit`, `caller.id`, `profile.segment`), or a string with references in it (`\"{profile.segment}-x\"`)";

/// What a `#[call(…)]` stands on a field of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum In {
    Composition,
    View,
}

impl In {
    fn understood(self) -> &'static [&'static str] {
        match self {
            In::Composition => &IN_A_COMPOSITION,
            In::View => &IN_A_VIEW,
        }
    }
}

/// Reads a `#[call(…)]`. `None` if there is no telling what is called.
pub(crate) fn read(attribute: &Attribute, place: In, errors: &mut Errors) -> Option<Call> {
    let tokens = errors.keep(inside(attribute))?;
    if tokens.is_empty() {
        errors.at(attribute, format!("what does it call? Write `{FORM}`"));
        return None;
    }
    let mut call = None;
    let read = (|input: ParseStream<'_>| {
        call = options(attribute, place, input, errors);
        Ok(())
    })
    .parse2(tokens);
    errors.keep(read);
    call
}

fn options(attribute: &Attribute, place: In, input: ParseStream<'_>, errors: &mut Errors) -> Option<Call> {
    let mut backend = None;
    if (input.peek(Ident::peek_any) && (input.peek2(Token![=]) || input.peek2(syn::token::Paren))) || input.peek(Lit) {
        errors.at_span(input.span(), format!("the backend comes first: `{FORM}`"));
        if input.peek(Lit) {
            skip_entry(input);
        }
    } else {
        backend = errors.keep(input.parse::<syn::Path>());
        if let Err(error) = end_of_entry(input) {
            errors.push(error);
            skip_entry(input);
        }
    }
    // It is there, or the input is at its end.
    let _ = input.parse::<Option<Token![,]>>();

    let understood = || place.understood().iter().copied();
    let (mut route, mut at, mut within, mut absent, mut pass, mut or) = (None, None, None, None, None, None);
    let (mut cache, mut again, mut hedge) = (None, None, None);
    let mut when = None;
    let mut sent = None;
    let mut how_often: Option<Fan> = None;
    let (mut query, mut headers) = (Vec::new(), Vec::new());
    let mut said = false;
    entries(input, errors, |word, input, errors| {
        match word.to_string().as_str() {
            method if METHODS.contains(&method) => {
                said = true;
                let literal = text(word, input, &format!("{method} = \"/path\""))?;
                let template = Template::from_string(&literal)?;
                one_method(&mut route, (literal, template), word, errors);
            }
            "query" => query.extend(values(word, input, "query(limit = 5)", errors)?),
            "header" => headers.extend(values(word, input, "header(\"accept-language\" = header.language)", errors)?),
            "body" => once(&mut sent, (word.clone(), body::read(word, input, errors)?), word, errors),
            "at" => {
                let literal = text(word, input, "at = \"data.items\"")?;
                let names: Vec<String> = literal.value().split('.').map(str::to_owned).collect();
                if names.iter().any(String::is_empty) {
                    let message =
                        "`at` names the members that lead to the value, with dots between them: `at = \"data.items\"`";
                    return Err(syn::Error::new(literal.span(), message));
                }
                once(&mut at, names, word, errors);
            }
            "within" => {
                once(&mut within, time(word, input, errors)?, word, errors);
            }
            "absent" => once(&mut absent, statuses(word, input)?, word, errors),
            "pass" => once(&mut pass, statuses(word, input)?, word, errors),
            "or" => {
                equals(word, input, "or = Vec::new()")?;
                once(&mut or, (word.clone(), input.parse::<Expr>()?), word, errors);
            }
            "cache" => {
                if let Some(read) = cache::read(word, input, errors)? {
                    once(&mut cache, read, word, errors);
                }
            }
            "when" => {
                equals(word, input, "when = query.with_reviews")?;
                once(&mut when, (word.clone(), derived::condition(input)?), word, errors);
            }
            "batch" | "each" => fan::read(&mut how_often, word, input, errors)?,
            "retry" => {
                if let Some(read) = retry::read(word, input, errors)? {
                    once(&mut again, read, word, errors);
                }
            }
            "hedge" => {
                if end_of_entry(input).is_err() {
                    let message = "`hedge` stands alone: when the second attempt starts is measured, and bounded by the backend's configuration";
                    return Err(syn::Error::new(word.span(), message));
                }
                once(&mut hedge, word.clone(), word, errors);
            }
            other => {
                // What others call it resembles nothing.
                let meant = match other {
                    "timeout" => "within",
                    "retries" | "attempts" => "retry",
                    other => other,
                };
                let near = did_you_mean(meant, understood());
                let message = format!("a call has no option `{other}`{near} (there are {})", words::list(understood()));
                return Err(syn::Error::new(word.span(), message));
            }
        }
        Ok(())
    });
    if !said {
        errors.at(attribute, "what does it ask the backend for? Add `get = \"/path\"`");
    }
    let (method, path) = route?;
    let backend = backend?;
    Some(Call {
        backend,
        method,
        path,
        query,
        headers,
        body: sent,
        at,
        within,
        absent,
        pass,
        or,
        fan: how_often,
        cache,
        retry: again,
        hedge,
        when,
    })
}

/// Reads `(name = value, "name" = value)`.
pub(crate) fn values(word: &Ident, input: ParseStream<'_>, form: &str, errors: &mut Errors) -> syn::Result<Vec<Entry>> {
    let content = parentheses(word, input, form)?;
    let mut read = Vec::new();
    while !content.is_empty() {
        match value(word, &content, form) {
            Ok(entry) => read.push(entry),
            Err(error) => {
                errors.push(error);
                skip_entry(&content);
            }
        }
        // It is there, or the content is at its end.
        let _ = content.parse::<Option<Token![,]>>();
    }
    Ok(read)
}

/// Reads one `name = value`.
pub(crate) fn value(word: &Ident, content: ParseStream<'_>, form: &str) -> syn::Result<Entry> {
    let name_span = content.span();
    let name = if content.peek(LitStr) {
        content.parse::<LitStr>()?.value()
    } else if !content.peek(Ident::peek_any) {
        return Err(content.error(format!("a name is expected here: `{form}`")));
    } else {
        let name = Ident::parse_any(content)?;
        if word == "header" {
            let name = name.to_string().replace('_', "-");
            return Err(syn::Error::new(name_span, format!("a header's name is a string: write `\"{name}\" = …`")));
        }
        name.unraw().to_string()
    };
    if content.parse::<Option<Token![=]>>()?.is_none() {
        return Err(syn::Error::new(name_span, format!("`{name}` has no value: write `{form}`")));
    }
    let value = if content.peek(LitStr) {
        Template::from_string(&content.parse()?)?
    } else if content.peek(Lit) || content.peek(Token![-]) {
        Template(vec![Piece::Literal(literal(content)?)])
    } else if content.peek(Ident::peek_any) {
        Template(vec![Piece::Reference(Reference::from_tokens(content)?)])
    } else {
        let span = if content.is_empty() { name_span } else { content.span() };
        return Err(syn::Error::new(span, VALUE));
    };
    if end_of_entry(content).is_err() {
        return Err(content.error(format!("this cannot be computed here: {VALUE}")));
    }
    Ok(Entry { name, name_span, value })
}

fn literal(content: ParseStream<'_>) -> syn::Result<String> {
    let minus = content.parse::<Option<Token![-]>>()?;
    let sign = if minus.is_some() { "-" } else { "" };
    match content.parse::<Lit>()? {
        Lit::Int(number) => Ok(format!("{sign}{}", number.base10_digits())),
        Lit::Bool(word) if minus.is_none() => Ok(word.value.to_string()),
        Lit::Float(number) => {
            let message = format!("write the number as it is to be sent, as a string: `\"{sign}{number}\"`");
            Err(syn::Error::new(number.span(), message))
        }
        other => Err(syn::Error::new(other.span(), VALUE)),
    }
}

/// Reads `= [404, 410]` after `word`.
fn statuses(word: &Ident, input: ParseStream<'_>) -> syn::Result<Statuses> {
    let form = format!("{word} = [404]");
    equals(word, input, &form)?;
    if !input.peek(syn::token::Bracket) {
        return Err(expected(word, input, &form));
    }
    let content;
    let bracket = syn::bracketed!(content in input);
    let list = list_of(&content, |item| {
        let number = |error: syn::Error| syn::Error::new(error.span(), format!("a status is a number: `{form}`"));
        let literal: LitInt = item.parse().map_err(number)?;
        // What does not fit is no status: `check` says so.
        let status = literal.base10_parse().unwrap_or(0);
        Ok((literal, status))
    })?;
    if list.is_empty() {
        return Err(syn::Error::new(
            bracket.span.join(),
            format!("`{word}` names no status: write `{form}`, or drop it"),
        ));
    }
    Ok(Statuses { word: word.clone(), list })
}
