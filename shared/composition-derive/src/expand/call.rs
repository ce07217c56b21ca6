//! A call as data.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Type};

use crate::ast::{Batch, Cache, Call, Called, Entry, Fan, How, Json, Place, Time};
use crate::expand::input::place;
use crate::expand::{function, json_of, option, spanned, string};
use crate::reference::{Piece, Reference, Root, Template};

/// The calls of a struct, one entry for each field.
pub(crate) fn data_of_all(of: Called<'_>) -> Vec<Option<TokenStream>> {
    let each = of.calls.iter().zip(&of.view.fields);
    each.map(|(call, field)| call.as_ref().map(|call| data(of, call, &field.ty))).collect()
}

/// One call as data.
fn data(of: Called<'_>, call: &Call, ty: &Type) -> TokenStream {
    let backend = &call.backend;
    let name = quote_spanned!(spanned(backend)=> <#backend as ::trefoil::__private::declare::Backend>::NAME);
    let name = string(name);
    let method = method(&call.method);
    let path = template(&call.path.1);
    let query = call.query.iter().map(|Entry { name, value, .. }| {
        let (name, value) = (string(name), template(value));
        quote!((#name, #value))
    });
    let headers = call.headers.iter().map(|Entry { name, value, .. }| {
        let (name, value) = (name.to_ascii_lowercase(), template(value));
        quote!((::trefoil::__private::HeaderName::from_static(#name), #value))
    });
    let body = option(call.body.as_ref().map(|(_, body)| json(body)));
    let at = call.at.iter().flatten().map(string);
    let within = option(
        call.within.as_ref().map(|Time { millis, .. }| quote!(::trefoil::__private::Duration::from_millis(#millis))),
    );
    let absent = call.absent.iter().flat_map(|statuses| &statuses.list).map(|(_, status)| status);
    let pass = call.pass.iter().flat_map(|statuses| &statuses.list).map(|(_, status)| status);
    let or = option(call.or.as_ref().map(|(_, value)| json_of(ty, value)));
    let fan = fan(call.fan.as_ref());
    let cache = option(call.cache.as_ref().map(cache));
    let retry = option(call.retry.as_ref().map(|retry| retry.attempts).map(|attempts| quote!(#attempts)));
    let hedge = call.hedge.is_some();
    let when = option(call.when.as_ref().map(|(_, when)| function::condition(of, when)));
    quote! {
        ::trefoil::__private::declare::Call {
            backend: #name,
            method: #method,
            path: #path,
            query: ::std::vec![#(#query),*],
            headers: ::std::vec![#(#headers),*],
            body: #body,
            at: ::std::vec![#(#at),*],
            within: #within,
            absent: ::std::vec![#(#absent),*],
            pass: ::std::vec![#(#pass),*],
            or: #or,
            fan: #fan,
            cache: #cache,
            retry: #retry,
            hedge: #hedge,
            when: #when,
        }
    }
}

fn cache(cache: &Cache) -> TokenStream {
    let seconds = |seconds: u64| quote!(::trefoil::__private::Duration::from_secs(#seconds));
    let ttl = option(cache.ttl.map(seconds));
    let shared = cache.shared.is_some();
    let stale_while_revalidate = seconds(cache.stale_while_revalidate.unwrap_or(0));
    let stale_if_error = seconds(cache.stale_if_error.unwrap_or(0));
    let tags = cache.tags.iter().map(|(_, tag)| template(tag));
    quote! {
        ::trefoil::__private::declare::Cache {
            ttl: #ttl,
            shared: #shared,
            stale_while_revalidate: #stale_while_revalidate,
            stale_if_error: #stale_if_error,
            tags: ::std::vec![#(#tags),*],
        }
    }
}

/// The library's word for a method.
pub(crate) fn method(word: &Ident) -> TokenStream {
    let name = Ident::new(&word.to_string().to_ascii_uppercase(), Span::call_site());
    quote!(::trefoil::__private::Method::#name)
}

fn fan(fan: Option<&Fan>) -> TokenStream {
    match fan.and_then(|fan| fan.how.as_ref()) {
        None => quote!(::trefoil::__private::declare::Fan::One),
        Some(How::Each(at_once)) => quote!(::trefoil::__private::declare::Fan::Each { at_once: #at_once }),
        Some(How::Batch(Batch { parameter, key, by, most, .. })) => {
            let (key, parameter) = (reference(key), string(parameter));
            let by = by.names.iter().map(|name| string(&name.text));
            quote! {
                ::trefoil::__private::declare::Fan::Batch {
                    key: #key,
                    parameter: #parameter,
                    by: ::std::vec![#(#by),*],
                    most: #most,
                }
            }
        }
    }
}

fn json(of: &Json) -> TokenStream {
    match of {
        Json::Literal(text) => {
            let text = string(text);
            quote!(::trefoil::__private::declare::Json::Literal(#text))
        }
        Json::Value(referred) => {
            let referred = reference(referred);
            quote!(::trefoil::__private::declare::Json::Value(#referred))
        }
        Json::Text(text) => {
            let text = template(text);
            quote!(::trefoil::__private::declare::Json::Text(#text))
        }
        Json::Object(members) => {
            let members = members.iter().map(|member| {
                let (name, value) = (string(&member.name), json(&member.value));
                quote!((#name, #value))
            });
            quote!(::trefoil::__private::declare::Json::Object(::std::vec![#(#members),*]))
        }
    }
}

/// Text with references in it.
pub(crate) fn template(template: &Template) -> TokenStream {
    let pieces = template.0.iter().map(|piece| match piece {
        Piece::Literal(text) => {
            let text = string(text);
            quote!(::trefoil::__private::declare::Piece::Literal(#text))
        }
        Piece::Reference(referred) => {
            let referred = reference(referred);
            quote!(::trefoil::__private::declare::Piece::Reference(#referred))
        }
    });
    quote!(::trefoil::__private::declare::Template(::std::vec![#(#pieces),*]))
}

pub(crate) fn reference(reference: &Reference) -> TokenStream {
    let (root, skipped) = match reference.root() {
        Root::Field => (quote!(Field), 0),
        Root::Caller => (quote!(Caller), 1),
        Root::Needs => (quote!(Needs), 1),
        request => {
            let place = request_place(request).map(place);
            (quote!(Request(#place)), 1)
        }
    };
    let path = reference.names.iter().skip(skipped).map(|name| string(&name.text));
    quote! {
        ::trefoil::__private::declare::Reference {
            root: ::trefoil::__private::declare::Root::#root,
            path: ::std::vec![#(#path),*],
        }
    }
}

/// Where in a request the value of a reference stands, if it is of the request.
pub(crate) fn request_place(root: Root) -> Option<Place> {
    match root {
        Root::Path => Some(Place::Path),
        Root::Query => Some(Place::Query),
        Root::Header => Some(Place::Header),
        Root::Body => Some(Place::Body),
        Root::Caller | Root::Needs | Root::Field => None,
    }
}
