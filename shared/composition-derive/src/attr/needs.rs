//! `#[view(needs(currency: String), supply(warehouse = site.warehouse))]`, and the `supply(…)` of an endpoint.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Token};

use crate::ast::{Need, Supply, ViewOptions};
use crate::attr::{end_of_entry, entries_of, list_of, parentheses};
use crate::errors::Errors;
use crate::reference::{Reference, is_name};
use crate::words::{did_you_mean, list};

const UNDERSTOOD: [&str; 2] = ["needs", "supply"];
const NEEDS: &str = "needs(currency: String)";
const SUPPLY: &str = "supply(currency = query.currency)";

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
    let content = parentheses(word, input, NEEDS)?;
    let read = list_of(&content, |item| {
        let ident = name(item, NEEDS)?;
        item.parse::<Token![:]>()
            .map_err(|_| syn::Error::new(ident.span(), format!("of which type is `{ident}`? Write `{NEEDS}`")))?;
        Ok(Need { name: ident.unraw().to_string(), ident, ty: item.parse()? })
    })?;
    if read.is_empty() {
        errors.at(word, format!("what does it need? Write `{NEEDS}`, or drop this"));
    }
    for need in read {
        if needs.iter().any(|before| before.name == need.name) {
            errors.at(&need.ident, format!("the need `{}` stands here twice: keep one", need.name));
        } else {
            needs.push(need);
        }
    }
    Ok(())
}

/// Reads `(currency = query.currency)`.
pub(crate) fn supply(
    word: &Ident,
    input: ParseStream<'_>,
    supply: &mut Vec<Supply>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let content = parentheses(word, input, SUPPLY)?;
    let read = list_of(&content, |item| {
        let ident = name(item, SUPPLY)?;
        let name = ident.unraw().to_string();
        item.parse::<Token![=]>()
            .map_err(|_| syn::Error::new(ident.span(), format!("what is supplied for `{name}`? Write `{SUPPLY}`")))?;
        let value = if item.peek(Ident::peek_any) && !item.peek(syn::Lit) {
            Reference::from_tokens(item)
        } else {
            Err(item.error(""))
        };
        let value = value.ok().filter(|_| end_of_entry(item).is_ok()).ok_or_else(|| {
            syn::Error::new(ident.span(), format!(
                "what is supplied for `{name}` is a value as it is, a reference: `{name} = query.{name}`, `caller.id`, or a part of a field, `profile.{name}`"
            ))
        })?;
        Ok(Supply { name, ident, value })
    })?;
    if read.is_empty() {
        errors.at(word, format!("what does it supply? Write `{SUPPLY}`, or drop this"));
    }
    for one in read {
        if supply.iter().any(|before| before.name == one.name) {
            errors.at(&one.ident, format!("`{}` is supplied here twice: keep one", one.name));
        } else {
            supply.push(one);
        }
    }
    Ok(())
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
