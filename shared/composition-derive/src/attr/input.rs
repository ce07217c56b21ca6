//! `#[path]`, `#[query(default = 6, min = 1, max = 20)]`, `#[header("accept-language")]` and `#[body]` on the fields of an
//! `#[input]`.

use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, LitStr, Token};

use crate::ast::{Bounds, Param, Place};
use crate::attr::item::doc;
use crate::attr::{bounds, entries, equals, inside, once, text};
use crate::errors::Errors;
use crate::words::{did_you_mean, list};

/// Reads one field. `ours` are its attributes of ours.
pub(crate) fn field(field: &syn::Field, ours: &[Attribute], errors: &mut Errors) -> Option<Param> {
    let ident = field.ident.clone()?;
    let form = "`#[path]`, `#[query]`, `#[header(\"name\")]` or `#[body]`";
    let attribute = match ours {
        [] => {
            errors.at(&ident, format!("where does `{ident}` come from? Put {form} above it"));
            return None;
        }
        [one] => one,
        [one, more @ ..] => {
            for other in more {
                errors.at(other, format!("an input stands in one place: keep one of {form}"));
            }
            one
        }
    };
    let word = attribute.path().get_ident().cloned()?;
    let place = match word.to_string().as_str() {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        "body" => Place::Body,
        other => {
            errors.at(attribute, format!("`#[{other}]` does not belong on an input: put {form} here"));
            return None;
        }
    };
    let mut param = Param {
        name: syn::ext::IdentExt::unraw(&ident).to_string(),
        doc: doc(&field.attrs),
        ty: field.ty.clone(),
        ident,
        place,
        renamed: None,
        default: None,
        bounds: Bounds::default(),
    };
    let tokens = errors.keep(inside(attribute))?;
    let read = (|input: ParseStream<'_>| {
        options(&word, input, &mut param, errors);
        Ok(())
    })
    .parse2(tokens);
    errors.keep(read);
    if param.place == Place::Header && param.renamed.is_none() {
        let name = param.name.replace('_', "-");
        errors.at(attribute, format!("a header needs its name: write `#[header(\"{name}\")]`"));
    }
    Some(param)
}

fn options(attribute: &Ident, input: ParseStream<'_>, param: &mut Param, errors: &mut Errors) {
    if input.peek(LitStr) {
        let name = errors.keep(input.parse::<LitStr>());
        match (param.place, name) {
            (Place::Header, name) => param.renamed = name,
            (_, Some(name)) => {
                let mend = if param.place == Place::Query {
                    format!("write `#[query(name = {:?})]`", name.value())
                } else {
                    "a path parameter has the name that it has in the endpoint's path: the field's".to_owned()
                };
                errors.at(name, mend);
            }
            _ => {}
        }
        // It is there, or the input is at its end, or `entries` says what is wrong.
        let _ = input.parse::<Option<Token![,]>>();
    }
    let understood: Vec<&str> = match param.place {
        Place::Body => Vec::new(),
        Place::Path => bounds::OF_A_VALUE.to_vec(),
        Place::Query => ["default", "name"].into_iter().chain(bounds::OF_A_VALUE).collect(),
        Place::Header => ["default"].into_iter().chain(bounds::OF_A_VALUE).collect(),
    };
    entries(input, errors, |word, input, errors| {
        match word.to_string().as_str() {
            _ if param.place == Place::Body => {
                let message = "`#[body]` takes no options: what a body must be is said by its type, with `#[bounds(…)]` on the fields of its views";
                return Err(syn::Error::new(word.span(), message));
            }
            "default" if param.place == Place::Path => {
                let message = "a path parameter is always there, so a default would never be used: drop it, or make it a `#[query]`";
                return Err(syn::Error::new(word.span(), message));
            }
            "default" => {
                equals(word, input, "default = 20")?;
                once(&mut param.default, (word.clone(), input.parse::<Expr>()?), word, errors);
            }
            "name" if param.place == Place::Query => {
                once(&mut param.renamed, text(word, input, "name = \"page[size]\"")?, word, errors);
            }
            "name" if param.place == Place::Header => {
                let name = text(word, input, "name = \"accept-language\"")?;
                errors.at(word, format!("a header's name stands alone: write `#[header({:?})]`", name.value()));
                param.renamed.get_or_insert(name);
            }
            bound if bounds::OF_A_VALUE.contains(&bound) => bounds::one(&mut param.bounds, word, input, errors)?,
            other => {
                let near = did_you_mean(other, understood.iter().copied());
                let known = list(understood.iter().copied());
                let message = format!("`#[{attribute}(…)]` has no option `{other}`{near} (there are {known})");
                return Err(syn::Error::new(word.span(), message));
            }
        }
        Ok(())
    });
}
