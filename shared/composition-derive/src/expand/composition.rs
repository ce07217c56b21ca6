//! `#[composition]`: an endpoint, its calls, and the checks that the compiler makes of its references.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Type};

use crate::ast::{Call, Composition, Entry, Place, Time};
use crate::check::path::parameters;
use crate::expand::input::place;
use crate::expand::{json_of, option, parts, shape, spanned, string};
use crate::reference::{Piece, Reference, Root, Template, ident};
use crate::words::list;

/// How long an answer may take where the declaration does not say.
pub(crate) const DEFAULT_DEADLINE: u64 = 1_000;

pub(crate) fn expand(of: &Composition) -> TokenStream {
    let item = of.view.item();
    let parts = parts::expand(&of.view);
    let calls: Vec<_> = of
        .calls
        .iter()
        .zip(&of.view.fields)
        .map(|(call, field)| call.as_ref().map(|written| call_data(written, &field.ty)))
        .collect();
    let shape = shape::expand(&of.view, &calls);
    let endpoint = endpoint(of);
    let same_names = same_names(of);
    let references = references(of);
    // The shape first: where a type has none, rustc says so before it says what derives miss.
    quote!(#shape #item #parts #endpoint #same_names #references)
}

fn endpoint(of: &Composition) -> TokenStream {
    let ident = &of.view.item.ident;
    let name = string(syn::ext::IdentExt::unraw(ident).to_string());
    let doc = string(&of.view.doc.0);
    let path = string(of.options.path.as_ref().map(syn::LitStr::value).unwrap_or_default());
    let deadline = of.options.deadline.as_ref().map_or(DEFAULT_DEADLINE, |time| time.millis);
    let access = if of.options.public.is_some() {
        quote!(::trefoil::__private::declare::Access::Public)
    } else {
        let scopes = of.options.scopes.iter().flat_map(|(_, scopes)| scopes).map(string);
        quote!(::trefoil::__private::declare::Access::Token { scopes: ::std::vec![#(#scopes),*] })
    };
    let shapes = Ident::new("shapes", Span::mixed_site());
    let params = match &of.options.input {
        Some(input) => {
            let span = spanned(input);
            quote_spanned!(span=> <#input as ::trefoil::__private::declare::Input>::declare(#shapes))
        }
        None => quote!(::std::vec::Vec::new()),
    };
    quote! {
        #[automatically_derived]
        impl ::trefoil::__private::declare::Endpoint for #ident {
            fn declare(#shapes: &mut ::trefoil::__private::shape::Shapes) -> ::trefoil::__private::declare::Declaration {
                ::trefoil::__private::declare::Declaration {
                    type_name: #name,
                    doc: #doc,
                    method: ::trefoil::__private::Method::GET,
                    path: #path,
                    deadline: ::trefoil::__private::Duration::from_millis(#deadline),
                    access: #access,
                    params: #params,
                    answer: <Self as ::trefoil::__private::shape::Shaped>::shape(#shapes),
                }
            }
        }
    }
}

/// One call as data.
fn call_data(call: &Call, ty: &Type) -> TokenStream {
    let backend = &call.backend;
    let name = quote_spanned!(spanned(backend)=> <#backend as ::trefoil::__private::declare::Backend>::NAME);
    let name = string(name);
    let path = template(&call.path.1);
    let query = call.query.iter().map(|Entry { name, value, .. }| {
        let (name, value) = (string(name), template(value));
        quote!((#name, #value))
    });
    let headers = call.headers.iter().map(|Entry { name, value, .. }| {
        let (name, value) = (name.to_ascii_lowercase(), template(value));
        quote!((::trefoil::__private::HeaderName::from_static(#name), #value))
    });
    let within = option(
        call.within.as_ref().map(|Time { millis, .. }| quote!(::trefoil::__private::Duration::from_millis(#millis))),
    );
    let absent = call.absent.iter().flat_map(|statuses| &statuses.list).map(|(_, status)| status);
    let pass = call.pass.iter().flat_map(|statuses| &statuses.list).map(|(_, status)| status);
    let or = option(call.or.as_ref().map(|(_, value)| json_of(ty, value)));
    quote! {
        ::trefoil::__private::declare::Call {
            backend: #name,
            method: ::trefoil::__private::Method::GET,
            path: #path,
            query: ::std::vec![#(#query),*],
            headers: ::std::vec![#(#headers),*],
            within: #within,
            absent: ::std::vec![#(#absent),*],
            pass: ::std::vec![#(#pass),*],
            or: #or,
        }
    }
}

fn template(template: &Template) -> TokenStream {
    let pieces = template.0.iter().map(|piece| match piece {
        Piece::Literal(text) => {
            let text = string(text);
            quote!(::trefoil::__private::declare::Piece::Literal(#text))
        }
        Piece::Reference(reference) => {
            let (root, skipped) = match reference.root() {
                Root::Field => (quote!(Field), 0),
                Root::Caller => (quote!(Caller), 1),
                request => {
                    let place = request_place(request).map(place);
                    (quote!(Request(#place)), 1)
                }
            };
            let path = reference.names.iter().skip(skipped).map(|name| string(&name.text));
            quote! {
                ::trefoil::__private::declare::Piece::Reference(::trefoil::__private::declare::Reference {
                    root: ::trefoil::__private::declare::Root::#root,
                    path: ::std::vec![#(#path),*],
                })
            }
        }
    });
    quote!(::trefoil::__private::declare::Template(::std::vec![#(#pieces),*]))
}

fn request_place(root: Root) -> Option<Place> {
    match root {
        Root::Path => Some(Place::Path),
        Root::Query => Some(Place::Query),
        Root::Header => Some(Place::Header),
        Root::Body | Root::Caller | Root::Field => None,
    }
}

/// The path's parameters are the input's path parameters. Only the compiler sees both.
pub(crate) fn same_names(of: &Composition) -> TokenStream {
    let (Some(path), Some(input)) = (&of.options.path, &of.options.input) else { return TokenStream::new() };
    let names: Vec<String> = parameters(&path.value());
    let (text, shown) = (path.value(), quote!(#input).to_string());
    let message = if names.is_empty() {
        format!(
            "the path `{text}` has no parameters, but `{shown}` has a `#[path]` field: write each into the path as `{{name}}`, or make it a `#[query]`"
        )
    } else {
        let names = list(names.iter().map(String::as_str));
        format!("the path `{text}` has {names}: `{shown}` must have just these as `#[path]` fields")
    };
    let span = path.span();
    quote_spanned! {span=>
        const _: () = ::core::assert!(
            ::trefoil::__private::declare::same_names(&[#(#names),*], <#input as ::trefoil::__private::declare::Input>::PATH),
            "{}",
            #message
        );
    }
}

/// A function that is never called: it exists so that the compiler checks every reference.
pub(crate) fn references(of: &Composition) -> TokenStream {
    let mut checks = Vec::new();
    let (mut asks_input, mut asks_caller) = (false, None);
    for (field, call) in of.view.fields.iter().zip(&of.calls) {
        let Some(call) = call else { continue };
        let ty = &field.ty;
        // A call with a default may be skipped: the default stands in.
        let null = match &call.or {
            Some(_) => quote!(::trefoil::__private::refer::Maybe),
            None => quote!(<#ty as ::trefoil::__private::shape::Shaped>::Null),
        };
        let in_path = call.path.1.references().map(|reference| (reference, true));
        let beside = call.query.iter().chain(&call.headers).flat_map(|entry| entry.value.references());
        for (reference, in_path) in in_path.chain(beside.map(|reference| (reference, false))) {
            if !of.resolves(reference) {
                continue;
            }
            if reference.root() == Root::Caller {
                asks_caller.get_or_insert(reference.names[0].span);
            }
            asks_input |= request_place(reference.root()).is_some();
            let part = part(reference);
            let span = reference.names[0].span;
            checks.push(if in_path || request_place(reference.root()).is_none() {
                quote_spanned!(span=> ::trefoil::__private::refer::feeds::<#null, _, _>(#part);)
            } else {
                quote_spanned!(span=> ::trefoil::__private::refer::fits(#part);)
            });
        }
        // Both at once have been refused.
        if call.absent.is_some() && call.pass.is_some() {
            continue;
        }
        if let Some(absent) = &call.absent {
            checks.push(
                quote_spanned!(absent.word.span()=> ::trefoil::__private::refer::absent_needs_an_option::<#ty>();),
            );
        }
        for word in call.pass.iter().map(|pass| &pass.word).chain(call.or.iter().map(|(word, _)| word)) {
            checks.push(quote_spanned!(word.span()=> ::trefoil::__private::refer::needs_a_required_field::<<#ty as ::trefoil::__private::shape::Shaped>::Null>();));
        }
    }
    if checks.is_empty() {
        return TokenStream::new();
    }
    let ident = &of.view.item.ident;
    // Functions, not variables: a name in a `macro_rules` of the person's does not see a variable of ours.
    let input = of.options.input.iter().filter(|_| asks_input).map(|input| {
        let span = spanned(input);
        quote_spanned! {span=>
            fn input() -> <#input as ::trefoil::__private::declare::Input>::Parts {
                <#input as ::trefoil::__private::declare::Input>::parts()
            }
        }
    });
    let caller = asks_caller.map(|span| {
        // In the macro's own context: at the crate's root, a lint would call the `crate::` needless.
        let span = Span::call_site().located_at(span);
        let known = quote_spanned!(span=> crate::Caller);
        quote! {
            type Caller_of_the_crate = #known;
            fn caller() -> <Caller_of_the_crate as ::trefoil::__private::declare::CallerType>::Parts {
                <Caller_of_the_crate as ::trefoil::__private::declare::CallerType>::parts()
            }
        }
    });
    quote! {
        #[automatically_derived]
        const _: () = {
            #[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic, clippy::nursery)]
            fn references() {
                fn of() -> <#ident as ::trefoil::__private::refer::HasParts>::Parts<::trefoil::__private::refer::Sure> {
                    <#ident as ::trefoil::__private::refer::HasParts>::parts()
                }
                #(#input)*
                #caller
                #(#checks)*
            }
            let _ = references;
        };
    }
}

/// `refer::open(of().profile).segment` for `profile.segment`.
fn part(reference: &Reference) -> TokenStream {
    let first = &reference.names[0];
    let (base, rest) = match reference.root() {
        Root::Field => (quote_spanned!(first.span=> of()), &reference.names[..]),
        Root::Caller => (quote_spanned!(first.span=> caller()), &reference.names[1..]),
        _ => {
            let place = ident(&first.text, first.span);
            (quote_spanned!(first.span=> input().#place), &reference.names[1..])
        }
    };
    let mut part = base;
    for (index, name) in rest.iter().enumerate() {
        let member = name.ident();
        part = if index == 0 {
            quote_spanned!(first.span=> #part.#member)
        } else {
            quote_spanned!(first.span=> ::trefoil::__private::refer::open(#part).#member)
        };
    }
    part
}
