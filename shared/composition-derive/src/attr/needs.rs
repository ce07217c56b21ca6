//! `#[view(needs(currency: String), supply(warehouse = site.warehouse))]`, and the `supply(…)` of an endpoint.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Lit, LitStr, Token};

use crate::ast::{Literal, LiteralKind, Need, Supplied, Supply, ViewOptions};
use crate::attr::{end_of_entry, entries_of, list_of, parentheses};
use crate::errors::Errors;
use crate::reference::{Piece, Reference, Template, is_name};
use crate::words::{did_you_mean, list};

const UNDERSTOOD: [&str; 2] = ["needs", "supply"];

/// How a list of needs, or of what is supplied, is meant.
struct Words {
    form: &'static str,
    /// What to ask when it says nothing.
    nothing: &'static str,
    /// What a name that stands twice is.
    twice: fn(&str) -> String,
}

const NEEDS: Words = Words {
    form: "needs(currency: String)",
    nothing: "what does it need",
    twice: |name| format!("the need `{name}` stands here twice"),
};

const SUPPLY: Words = Words {
    form: "supply(currency = query.currency)",
    nothing: "what does it supply",
    twice: |name| format!("`{name}` is supplied here twice"),
};

/// Reads the options of a view.
pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> ViewOptions {
    let mut options = ViewOptions::default();
    entries_of(tokens, errors, |word, input, errors| {
        match word.to_string().as_str() {
            "needs" => needs(word, input, &mut options.needs, errors)?,
            "supply" => supply(word, input, &mut options.supply, errors)?,
            other => {
                let near = did_you_mean(other, UNDERSTOOD);
                let message = format!(
                    "a view has no option `{other}`{near} (there are {}): what else there is to say stands on the fields",
                    list(UNDERSTOOD)
                );
                return Err(syn::Error::new(word.span(), message));
            }
        }
        Ok(())
    });
    options
}

fn needs(word: &Ident, input: ParseStream<'_>, needs: &mut Vec<Need>, errors: &mut Errors) -> syn::Result<()> {
    let read = named(word, input, &NEEDS, errors, |ident, item| {
        let form = NEEDS.form;
        item.parse::<Token![:]>()
            .map_err(|_| syn::Error::new(ident.span(), format!("of which type is `{ident}`? Write `{form}`")))?;
        item.parse()
    })?;
    needs.extend(read.into_iter().map(|(ident, name, ty)| Need { ident, name, ty }));
    Ok(())
}

/// Reads `(currency = query.currency)`.
pub(crate) fn supply(
    word: &Ident,
    input: ParseStream<'_>,
    supply: &mut Vec<Supply>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let read = named(word, input, &SUPPLY, errors, |ident, item| {
        let (name, form) = (ident.unraw(), SUPPLY.form);
        item.parse::<Token![=]>()
            .map_err(|_| syn::Error::new(ident.span(), format!("what is supplied for `{name}`? Write `{form}`")))?;
        let value = supplied(ident, item)?;
        value.filter(|_| end_of_entry(item).is_ok()).ok_or_else(|| {
            syn::Error::new(ident.span(), format!(
                "what is supplied for `{name}` is a value as it is: a reference, `{name} = query.{name}`, `caller.id`, or a part of a field, `profile.{name}`; or a literal: `\"text\"`, `5`, `1.5`, `true`"
            ))
        })
    })?;
    supply.extend(read.into_iter().map(|(ident, name, value)| Supply { ident, name, value }));
    Ok(())
}

/// Reads `(name …, name …)`, each name once; `each` reads what follows one.
fn named<T>(
    word: &Ident,
    input: ParseStream<'_>,
    words: &Words,
    errors: &mut Errors,
    each: impl Fn(&Ident, ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<(Ident, String, T)>> {
    let form = words.form;
    let content = parentheses(word, input, form)?;
    let read = list_of(&content, |item| {
        let ident = name(item, form)?;
        let value = each(&ident, item)?;
        Ok((ident, value))
    })?;
    if read.is_empty() {
        errors.at(word, format!("{}? Write `{form}`, or drop this", words.nothing));
    }
    let mut kept: Vec<(Ident, String, T)> = Vec::new();
    for (ident, value) in read {
        let name = ident.unraw().to_string();
        if kept.iter().any(|(_, before, _)| *before == name) {
            errors.at(&ident, format!("{}: keep one", (words.twice)(&name)));
        } else {
            kept.push((ident, name, value));
        }
    }
    Ok(kept)
}

/// Reads what is supplied; nothing for what is neither a reference nor a literal.
fn supplied(ident: &Ident, item: ParseStream<'_>) -> syn::Result<Option<Supplied>> {
    if item.peek(LitStr) {
        return text(ident, &item.parse()?).map(Some);
    }
    if item.peek(Lit) || item.peek(Token![-]) {
        return Ok(number_or_flag(item).map(Supplied::Literal));
    }
    let reference = item.peek(Ident::peek_any).then(|| Reference::from_tokens(item).ok());
    Ok(reference.flatten().map(Supplied::Reference))
}

fn text(ident: &Ident, literal: &LitStr) -> syn::Result<Supplied> {
    let Template(pieces) = Template::from_string(literal)?;
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(plain) => text.push_str(&plain),
            Piece::Reference(reference) => {
                let names: Vec<&str> = reference.names.iter().map(|name| name.text.as_str()).collect();
                let (name, written) = (ident.unraw(), names.join("."));
                return Err(syn::Error::new(
                    literal.span(),
                    format!(
                        "what is supplied for `{name}` is a value as it is, and text is not put together here: write `{name} = {written}`, without quotes; or supply its parts, and put them together where they are needed"
                    ),
                ));
            }
        }
    }
    let written = format!("{text:?}");
    Ok(Supplied::Literal(Literal { span: literal.span(), written, kind: LiteralKind::Text(text) }))
}

fn number_or_flag(item: ParseStream<'_>) -> Option<Literal> {
    let minus: Option<Token![-]> = item.parse().ok()?;
    let sign = if minus.is_some() { "-" } else { "" };
    let literal: Lit = item.parse().ok()?;
    let (written, kind) = match &literal {
        Lit::Int(number) => {
            let digits = format!("{sign}{}", number.base10_digits());
            let value = digits.parse().ok()?;
            (digits, LiteralKind::Whole(value))
        }
        // `1.` is a number in Rust, and none in JSON.
        Lit::Float(number) if !number.base10_digits().ends_with('.') => {
            (format!("{sign}{}", number.base10_digits()), LiteralKind::Number)
        }
        Lit::Bool(word) if minus.is_none() => (word.value.to_string(), LiteralKind::Flag),
        _ => return None,
    };
    Some(Literal { span: literal.span(), written, kind })
}

/// Reads the name of a need.
fn name(input: ParseStream<'_>, form: &str) -> syn::Result<Ident> {
    let ident =
        input.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), format!("write `{form}`")))?;
    if is_name(&ident.unraw().to_string()) {
        Ok(ident)
    } else {
        Err(syn::Error::new(ident.span(), format!("write `{form}`")))
    }
}
