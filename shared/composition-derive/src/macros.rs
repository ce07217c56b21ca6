//! From tokens to tokens, one function for each macro: parse, check, expand, or fall back.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Fields, Item, ItemStruct};

use crate::ast::{
    Backend, Call, Caller, Choice, Composition, Field, Input, Need, Supply, View, ViewOptions, ViewWithCalls,
};
use crate::attr::call::In;
use crate::attr::serde::On;
use crate::attr::{self, item};
use crate::errors::Errors;
use crate::fallback::{self, Stand};
use crate::{check, expand};

pub(crate) fn composition(options: TokenStream, source: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = attr::composition::read(options, &mut errors);
    let needs = "`#[composition]` goes on a struct with named fields, one for each part of the answer, or on one with a single field without a name, which is the whole answer: `pub struct Orders(#[call(…)] pub Vec<Order>);`";
    let source = match struct_of(source, "composition", needs, Stand::Composition, &mut errors) {
        Ok(source) => source,
        Err(instead) => return with(errors, instead),
    };
    let mut view = item::view(source, On::Composition, On::CallField, &mut errors);
    view.supply = std::mem::take(&mut options.supply);
    let mut calls = Vec::new();
    for field in &view.fields {
        let call = call_of(field, In::Composition, &mut errors);
        if field.ours.is_empty() {
            errors.at_span(
                field.ident.span(),
                format!("which call fills `{}`? Put `#[call(Backend, get = \"/path\")]` above it", field.name),
            );
        }
        calls.push(call);
    }
    let root = root(&view, &mut errors);
    if let Some(name) = view.fields.iter().find_map(|field| field.names.renamed.as_ref()).filter(|_| root) {
        errors.at(name, "the answer as a whole has no name: drop this");
    }
    let of = Composition { options, view, calls, root };
    check::composition(&of, &mut errors);
    if errors.is_empty() { expand::composition::expand(&of) } else { with(errors, fallback::composition(of)) }
}

pub(crate) fn view(options: TokenStream, source: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = attr::needs::read(options, &mut errors);
    let parsed: Item = match syn::parse2(source.clone()) {
        Ok(parsed) => parsed,
        Err(_) => return source,
    };
    if let Item::Enum(source) = parsed {
        return enumeration(source, options, errors);
    }
    let needs = "`#[view]` goes on a struct with named fields, or on an enum: of variants without fields, or of views";
    let source = match struct_of(source, "view", needs, Stand::View, &mut errors) {
        Ok(source) => source,
        Err(instead) => return with(errors, instead),
    };
    let view = item::view(source, On::View, On::Field, &mut errors);
    let view = View { needs: options.needs, supply: options.supply, ..view };
    let calls = view.fields.iter().map(|field| call_of(field, In::View, &mut errors)).collect();
    let of = ViewWithCalls { view, calls };
    check::view(&of, &mut errors);
    if errors.is_empty() { expand::view::expand(&of) } else { with(errors, fallback::view(of)) }
}

/// Whether the answer is the value of one field: of a struct that has no other, or of one whose other fields are hidden.
fn root(view: &View, errors: &mut Errors) -> bool {
    if matches!(view.item.fields, Fields::Unnamed(_)) {
        return true;
    }
    let mut roots = view.fields.iter().filter(|field| field.root.is_some());
    let Some(root) = roots.next() else { return false };
    if let Some(second) = roots.next() {
        errors.at(&second.root, format!("the whole answer is `{}` already: drop one `#[root]`", root.name));
    }
    if root.hidden.is_some() {
        errors.at(&root.root, "what is the whole answer cannot be hidden: drop one of the two");
    }
    let beside = view.fields.iter().filter(|field| field.hidden.is_none() && field.root.is_none());
    for field in beside {
        errors.at(
            &field.ident,
            format!(
                "`{}` is the whole answer, so there is no place for `{}`: make it `#[hidden]`, or drop `#[root]`",
                root.name, field.name
            ),
        );
    }
    true
}

/// The call that fills the field.
fn call_of(field: &Field, place: In, errors: &mut Errors) -> Option<Call> {
    let (mut call, mut said) = (None, false);
    for attribute in field.ours.iter().filter(|attribute| !attr::derived::is_derived(attribute)) {
        if !attribute.path().is_ident("call") {
            let word = attribute.path().to_token_stream();
            errors.at(
                attribute,
                match place {
                    In::Composition => format!("`#[{word}]` belongs on a field of an `#[input]` or a `#[caller]`: an endpoint's inputs are a struct of their own, named by `input = …`"),
                    In::View => "this belongs on a field of an `#[input]` or a `#[caller]`; a view is what an answer shows".to_owned(),
                },
            );
        } else if said {
            errors.at(attribute, "a field is filled by one call: give the second a field of its own");
        } else {
            said = true;
            call = attr::call::read(attribute, place, errors);
        }
    }
    call
}

fn enumeration(source: syn::ItemEnum, options: ViewOptions, mut errors: Errors) -> TokenStream {
    if let Some(Supply { ident, .. }) = options.supply.first() {
        errors.at(ident, "an enum has no fields to supply from: let the view supply it that has the field with the enum, or the variants' views");
    }
    if !source.generics.params.is_empty() {
        errors.at(&source.generics, GENERIC);
        return with(errors, fallback::item(Item::Enum(source), Stand::View));
    }
    if source.variants.iter().any(|variant| !matches!(variant.fields, Fields::Unit)) || says_tag(&source) {
        return choice(source, options.needs, errors);
    }
    if let Some(Need { ident, .. }) = options.needs.first() {
        errors.at(ident, "variants without fields make no calls, so they need nothing: drop this");
    }
    let mut of = item::enumeration(source, On::Enum, &mut errors);
    check::view::enumeration(&of, &mut errors);
    if errors.is_empty() { expand::view::expand_enum(&of) } else { with(errors, fallback::enumeration(&mut of)) }
}

/// An enum of views, told apart by a member beside theirs.
fn choice(source: syn::ItemEnum, needs: Vec<Need>, mut errors: Errors) -> TokenStream {
    let of = item::enumeration(source.clone(), On::Choice, &mut errors);
    let mut views = Vec::new();
    for variant in &source.variants {
        match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => views.push(fields.unnamed[0].ty.clone()),
            _ => errors.at(variant, format!("a variant beside others with fields is a view: write `{0}({0})`, and a struct `{0}` with `#[view]`", variant.ident)),
        }
    }
    check::view::enumeration(&of, &mut errors);
    match of.names.tag.clone() {
        Some(tag) if tag.value().is_empty() => errors.at(tag, "a name cannot be empty"),
        Some(tag) if errors.is_empty() => return expand::choice::expand(&Choice { needs, of, tag, views }),
        None if errors.is_empty() => errors.at(&source.ident, "which member says which variant it is? Write `#[serde(tag = \"type\")]` on the enum, with the member that the backend says it by"),
        Some(_) | None => {}
    }
    with(errors, fallback::item(Item::Enum(source), Stand::View))
}

/// Whether serde is told of a tag.
fn says_tag(source: &syn::ItemEnum) -> bool {
    let tag = |token: proc_macro2::TokenTree| matches!(token, proc_macro2::TokenTree::Ident(word) if word == "tag");
    let serde = source.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
    serde
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| list.tokens.clone().into_iter().any(tag))
}

pub(crate) fn input(options: &TokenStream, source: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !options.is_empty() {
        errors.at(options, "`#[input]` takes no options: what there is to say stands on the fields");
    }
    let needs = "`#[input]` goes on a struct with named fields, one for each parameter";
    let mut source = match struct_of(source, "input", needs, Stand::Input, &mut errors) {
        Ok(source) => source,
        Err(instead) => return with(errors, instead),
    };
    let mut params = Vec::new();
    for field in &mut source.fields {
        item::refuse_cfg(&field.attrs, &mut errors);
        for attribute in item::take(&mut field.attrs, |attribute| attribute.path().is_ident("serde")) {
            errors.at(
                attribute,
                "an input is not read by serde: write `#[query(name = \"…\", default = …)]` or `#[header(\"…\")]`",
            );
        }
        let ours = item::take(&mut field.attrs, item::is_ours);
        params.extend(attr::input::field(field, &ours, &mut errors));
    }
    let of = Input { item: source, params };
    check::input(&of, &mut errors);
    let expanded = expand::input::expand(&of);
    with(errors, expanded)
}

pub(crate) fn caller(options: &TokenStream, source: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !options.is_empty() {
        errors.at(options, "`#[caller]` takes no options: what there is to say stands on the fields");
    }
    let needs = "`#[caller]` goes on a struct with named fields, one for each claim; without claims, write `pub use trefoil::StandardCaller as Caller;`";
    let mut source = match struct_of(source, "caller", needs, Stand::Caller, &mut errors) {
        Ok(source) => source,
        Err(instead) => return with(errors, instead),
    };
    let mut claims = Vec::new();
    for field in &mut source.fields {
        item::refuse_cfg(&field.attrs, &mut errors);
        for attribute in item::take(&mut field.attrs, |attribute| attribute.path().is_ident("serde")) {
            errors.at(attribute, "a claim is not read by serde: write `#[claim(\"name_in_the_token\")]`");
        }
        let ours = item::take(&mut field.attrs, item::is_ours);
        claims.extend(attr::caller::claim(field, &ours, &mut errors));
    }
    let of = Caller { item: source, claims };
    check::caller(&of, &mut errors);
    // A claim called `id` would stand beside the one that every caller has.
    let of = Caller { claims: of.claims.into_iter().filter(|claim| claim.name != "id").collect(), ..of };
    let expanded = expand::caller::expand(&of);
    with(errors, expanded)
}

pub(crate) fn backend(options: TokenStream, source: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let name = attr::caller::backend(options, &mut errors);
    let parsed: Item = match syn::parse2(source.clone()) {
        Ok(parsed) => parsed,
        Err(_) => return source,
    };
    match parsed {
        Item::Struct(item) if matches!(item.fields, Fields::Unit) && item.generics.params.is_empty() => {
            let of = Backend { doc: item::doc(&item.attrs), item, name };
            check::backend(&of, &mut errors);
            let expanded = expand::backend::expand(&of);
            with(errors, expanded)
        }
        other => {
            errors.at(name_of(&other), "`#[backend]` goes on a struct without fields, which stands for the service: `#[backend] pub struct Users;`");
            with(errors, fallback::item(other, Stand::Backend))
        }
    }
}

const GENERIC: &str = "this cannot be generic: clients see one name and one set of fields; write a struct for each";

/// The struct, or what to emit for an item that is none. Its fields have names; an endpoint's may be a single one without.
fn struct_of(
    source: TokenStream,
    word: &str,
    needs: &str,
    stand: Stand,
    errors: &mut Errors,
) -> Result<ItemStruct, TokenStream> {
    let fits = |fields: &Fields| match fields {
        Fields::Named(_) => true,
        Fields::Unnamed(fields) => word == "composition" && fields.unnamed.len() == 1,
        Fields::Unit => false,
    };
    // What is not even an item is rustc's to refuse.
    let parsed: Item = syn::parse2(source.clone()).map_err(|_| source)?;
    match parsed {
        Item::Struct(item) if fits(&item.fields) && item.generics.params.is_empty() => Ok(item),
        other => {
            match &other {
                Item::Struct(item) if fits(&item.fields) => errors.at(&item.generics, GENERIC),
                Item::Struct(item) if word == "view" && matches!(item.fields, Fields::Unnamed(_)) => {
                    errors.at(&item.fields, format!("{needs}: name these fields"));
                }
                other => errors.at(name_of(other), needs),
            }
            Err(fallback::item(other, stand))
        }
    }
}

/// What to underline for an item.
fn name_of(item: &Item) -> TokenStream {
    match item {
        Item::Struct(item) => item.ident.to_token_stream(),
        Item::Enum(item) => item.ident.to_token_stream(),
        Item::Fn(item) => item.sig.ident.to_token_stream(),
        Item::Union(item) => item.ident.to_token_stream(),
        Item::Trait(item) => item.ident.to_token_stream(),
        Item::Type(item) => item.ident.to_token_stream(),
        _ => proc_macro2::TokenTree::from(proc_macro2::Ident::new("item", Span::call_site())).into(),
    }
}

fn with(errors: Errors, expanded: impl ToTokens) -> TokenStream {
    let errors = errors.into_tokens();
    quote!(#errors #expanded)
}
