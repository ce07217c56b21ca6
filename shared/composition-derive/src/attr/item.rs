//! The item under an attribute: its doc comments, its fields, and the attributes on them that are ours.

use quote::quote;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Ident, ItemEnum, ItemStruct, Lit, Meta};

use crate::ast::{Doc, Enumeration, Field, Variant, View};
use crate::attr::serde::{self, On};
use crate::attr::{bounds, derived};
use crate::errors::Errors;

/// Every attribute of ours that may stand on a field.
pub(crate) const OURS: [&str; 11] =
    ["call", "from", "computed", "hidden", "root", "path", "query", "header", "body", "claim", "bounds"];

/// The text of a doc comment: lines joined, one leading blank of each removed.
pub(crate) fn doc(attributes: &[Attribute]) -> Doc {
    let mut pieces: Vec<Result<String, &Expr>> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Meta::NameValue(pair) = &attribute.meta else { continue };
        pieces.push(match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                let text = text.value();
                Ok(text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n"))
            }
            included => Err(included),
        });
    }
    if pieces.iter().all(Result::is_ok) {
        let lines: Vec<String> = pieces.into_iter().filter_map(Result::ok).collect();
        let text = lines.join("\n").trim().to_owned();
        return Doc(quote!(#text));
    }
    let pieces = pieces.iter().map(|piece| match piece {
        Ok(text) => quote!(#text),
        Err(included) => quote!(#included),
    });
    Doc(quote!(::core::concat!(#(#pieces, "\n"),*)))
}

/// Takes out the attributes for which `wanted` holds.
pub(crate) fn take(attributes: &mut Vec<Attribute>, wanted: impl Fn(&Attribute) -> bool) -> Vec<Attribute> {
    attributes.extract_if(.., |attribute| wanted(attribute)).collect()
}

/// Whether the attribute is one of ours, for a field.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    OURS.iter().any(|name| attribute.path().is_ident(name))
}

/// Takes a struct with named fields apart; serde's attributes are read as far as `container` and `field` allow.
pub(crate) fn view(mut item: ItemStruct, container: On, field: On, errors: &mut Errors) -> View {
    let names =
        serde::container(&take(&mut item.attrs, |attribute| attribute.path().is_ident("serde")), container, errors);
    let mut fields = Vec::new();
    for source in &mut item.fields {
        // The one field of a tuple struct is the answer as a whole, and nobody sees its name.
        let ident = source.ident.clone().unwrap_or_else(|| Ident::new("value", source.ty.span()));
        refuse_cfg(&source.attrs, errors);
        let serde = take(&mut source.attrs, |attribute| attribute.path().is_ident("serde"));
        let bounded = take(&mut source.attrs, |attribute| attribute.path().is_ident("bounds"));
        if let (On::Composition, Some(attribute)) = (container, bounded.first()) {
            errors.at(attribute, "bounds are for what a request says, and this is an answer: put them on a field of the `#[view]` that the body is");
        }
        let called =
            source.attrs.iter().any(|attribute| attribute.path().is_ident("call") || derived::is_derived(attribute));
        let field = if called { On::CallField } else { field };
        let hidden = mark(&mut source.attrs, "hidden", "the field feeds others and is in no answer", errors);
        let root = mark(&mut source.attrs, "root", "the field is the whole answer", errors);
        if let Some(root) = root.as_ref().filter(|_| container != On::Composition) {
            errors.at(root, "only an endpoint has an answer: `#[root]` belongs on a field of a `#[composition]`");
        }
        let ours = take(&mut source.attrs, is_ours);
        fields.push(Field {
            name: syn::ext::IdentExt::unraw(&ident).to_string(),
            ident,
            ty: source.ty.clone(),
            doc: doc(&source.attrs),
            names: serde::field(&serde, field, errors),
            hidden,
            root,
            derived: derived::read(&ours, errors),
            bounds: bounds::attributes(&bounded, errors),
            ours,
        });
    }
    View { doc: doc(&item.attrs), item, names, fields, needs: Vec::new(), supply: Vec::new() }
}

/// Takes `#[hidden]` or `#[root]` out, each of which stands alone.
fn mark(attributes: &mut Vec<Attribute>, word: &str, means: &str, errors: &mut Errors) -> Option<Attribute> {
    let mut found = take(attributes, |attribute| attribute.path().is_ident(word)).into_iter();
    let first = found.next()?;
    if !matches!(first.meta, Meta::Path(_)) {
        errors.at(&first, format!("`#[{word}]` takes no options: {means}"));
    }
    if let Some(second) = found.next() {
        errors.at(second, format!("`{word}` stands here twice: keep one"));
    }
    Some(first)
}

/// Takes an enum apart.
pub(crate) fn enumeration(mut item: ItemEnum, on: On, errors: &mut Errors) -> Enumeration {
    let names = serde::container(&take(&mut item.attrs, |attribute| attribute.path().is_ident("serde")), on, errors);
    let mut variants = Vec::new();
    for source in &mut item.variants {
        refuse_cfg(&source.attrs, errors);
        let serde = take(&mut source.attrs, |attribute| attribute.path().is_ident("serde"));
        variants.push(Variant {
            ident: source.ident.clone(),
            doc: doc(&source.attrs),
            names: serde::field(&serde, On::Variant, errors),
        });
    }
    Enumeration { doc: doc(&item.attrs), item, names, variants }
}

/// What an endpoint answers is a contract: it must not differ from build to build.
pub(crate) fn refuse_cfg(attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
        errors.at(
            attribute,
            "`cfg` cannot stand here: clients see one contract, whatever was built; put it on the whole type",
        );
    }
}
