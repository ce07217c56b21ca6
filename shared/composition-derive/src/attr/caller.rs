//! `#[claim("partner_id")]` on the fields of a `#[caller]`, and the options of `#[backend]`.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, LitStr};

use crate::ast::Claim;
use crate::attr::item::doc;
use crate::attr::{entries_of, inside, once, text};
use crate::errors::Errors;

/// Reads one field. `ours` are its attributes of ours.
pub(crate) fn claim(field: &syn::Field, ours: &[Attribute], errors: &mut Errors) -> Option<Claim> {
    let ident = field.ident.clone()?;
    let mut wire = None;
    for (index, attribute) in ours.iter().enumerate() {
        if !attribute.path().is_ident("claim") || index > 0 {
            errors.at(attribute, "only one `#[claim(\"name\")]` can stand on a claim");
            continue;
        }
        let form = "write `#[claim(\"name_in_the_token\")]`, or nothing where the token has the field's name";
        let read = |input: ParseStream<'_>| {
            let name: LitStr = input.parse().map_err(|error| syn::Error::new(error.span(), form))?;
            if input.is_empty() { Ok(name) } else { Err(input.error(form)) }
        };
        wire = match inside(attribute) {
            Ok(tokens) if tokens.is_empty() => {
                errors.at(attribute, form);
                None
            }
            tokens => errors.keep(tokens.and_then(|tokens| read.parse2(tokens))),
        };
    }
    let name = syn::ext::IdentExt::unraw(&ident).to_string();
    Some(Claim { name, doc: doc(&field.attrs), ty: field.ty.clone(), ident, wire })
}

/// Reads `name = "…"`.
pub(crate) fn backend(tokens: TokenStream, errors: &mut Errors) -> Option<LitStr> {
    let mut name = None;
    entries_of(tokens, errors, |word, input, errors| {
        if word != "name" {
            let message = format!("`#[backend]` has no option `{word}` (there is `name`)");
            return Err(syn::Error::new(word.span(), message));
        }
        once(&mut name, text(word, input, "name = \"order-history\"")?, word, errors);
        Ok(())
    });
    name
}
