//! `#[input]`: what an endpoint takes from the request.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use crate::ast::{Input, Param, Place};
use crate::expand::{bounds, bounds_fit, json_of, option, plain_derives, quiet, shape_of, spanned, string};

pub(crate) fn expand(input: &Input) -> TokenStream {
    let item = &input.item;
    let (ident, vis) = (&item.ident, &item.vis);
    let derives = plain_derives(&item.attrs);
    let quiet = quiet();
    let parts = format_ident!("Parts_of_{ident}");
    let places = [Place::Path, Place::Query, Place::Header].map(|place| {
        let name = format_ident!("{}_of_{ident}", ["Path", "Query", "Header"][place as usize]);
        let of: Vec<_> = input.params.iter().filter(|param| param.place == place).collect();
        (name, of)
    });
    let companions = places.iter().map(|(name, params)| {
        let idents = params.iter().map(|param| &param.ident);
        let types = params.iter().map(|param| &param.ty);
        quote! {
            #quiet
            #vis struct #name {
                #(#vis #idents: ::trefoil::__private::refer::Part<#types, ::trefoil::__private::refer::Sure>,)*
            }
        }
    });
    let [path, query, header] = places.each_ref().map(|(name, _)| name);
    let [path_value, query_value, header_value] = places.each_ref().map(|(name, params)| {
        let idents = params.iter().map(|param| &param.ident);
        quote!(#name { #(#idents: ::trefoil::__private::refer::Part::NEW,)* })
    });
    let body_value = input
        .params
        .iter()
        .filter(|param| param.place == Place::Body)
        .take(1)
        .map(|_| quote!(body: ::trefoil::__private::refer::Part::NEW,));
    let path_names = places[0].1.iter().map(|param| &param.name);
    // Two have been refused.
    let body: Vec<_> =
        input.params.iter().filter(|param| param.place == Place::Body).take(1).map(|param| &param.ty).collect();
    let has_body = !body.is_empty();
    let checks = input.params.iter().filter(|param| param.place != Place::Body).map(check);
    let shapes = Ident::new("shapes", Span::mixed_site());
    let params = input.params.iter().map(|param| declared(param, &shapes));
    quote! {
        #derives
        #[allow(dead_code, missing_copy_implementations)]
        #item

        #[automatically_derived]
        const _: () = {
            #quiet
            #vis struct #parts {
                #vis path: #path,
                #vis query: #query,
                #vis header: #header,
                #(#vis body: ::trefoil::__private::refer::Part<#body, ::trefoil::__private::refer::Sure>,)*
            }
            #(#companions)*
            #[automatically_derived]
            impl ::trefoil::__private::declare::Input for #ident {
                type Parts = #parts;
                const PATH: &'static [&'static str] = &[#(#path_names),*];
                const HAS_BODY: bool = #has_body;
                fn parts() -> #parts {
                    #parts { path: #path_value, query: #query_value, header: #header_value, #(#body_value)* }
                }
                fn declare(
                    #shapes: &mut ::trefoil::__private::shape::Shapes,
                ) -> ::std::vec::Vec<::trefoil::__private::declare::Param> {
                    ::std::vec![#(#params),*]
                }
            }
            // Never called: it exists so that the compiler checks every type.
            fn types() {
                #(#checks)*
            }
            let _ = types;
        };
    }
}

/// A parameter stands in a URL or a header, and one of the path is always there.
fn check(param: &Param) -> TokenStream {
    let ty = &param.ty;
    let span = spanned(ty);
    let fits = quote_spanned!(span=> ::trefoil::__private::refer::fits::<#ty, ::trefoil::__private::refer::Sure>(::trefoil::__private::refer::Part::NEW););
    let required = (param.place == Place::Path).then(|| {
        quote_spanned!(span=> ::trefoil::__private::refer::always_in_the_path::<<#ty as ::trefoil::__private::shape::Shaped>::Null>();)
    });
    let bounded = bounds_fit(ty, &param.bounds);
    quote!(#fits #required #bounded)
}

fn declared(param: &Param, shapes: &Ident) -> TokenStream {
    let place = place(param.place);
    let (rust, doc, shape) = (string(&param.name), string(&param.doc.0), shape_of(&param.ty, shapes));
    let renamed = option(param.renamed.as_ref().map(|name| {
        let name = name.value();
        string(if param.place == Place::Header { name.to_ascii_lowercase() } else { name })
    }));
    let default = option(param.default.as_ref().map(|(_, value)| json_of(&param.ty, value)));
    let bounds = bounds(&param.bounds);
    quote! {
        ::trefoil::__private::declare::Param {
            place: #place,
            rust: #rust,
            renamed: #renamed,
            doc: #doc,
            shape: #shape,
            default: #default,
            bounds: #bounds,
        }
    }
}

/// The library's word for a place.
pub(crate) fn place(place: Place) -> TokenStream {
    match place {
        Place::Path => quote!(::trefoil::__private::Place::Path),
        Place::Query => quote!(::trefoil::__private::Place::Query),
        Place::Header => quote!(::trefoil::__private::Place::Header),
        Place::Body => quote!(::trefoil::__private::Place::Body),
    }
}
