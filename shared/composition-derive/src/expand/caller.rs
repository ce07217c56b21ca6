//! `#[caller]`: what a BFF knows of a caller beside the id.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use crate::ast::Caller;
use crate::expand::{plain_derives, quiet, shape_of, spanned, string};

pub(crate) fn expand(caller: &Caller) -> TokenStream {
    let item = &caller.item;
    let (ident, vis) = (&item.ident, &item.vis);
    let derives = plain_derives(&item.attrs);
    let parts = format_ident!("Parts_of_{ident}");
    let quiet = quiet();
    let idents: Vec<_> = caller.claims.iter().map(|claim| &claim.ident).collect();
    let types: Vec<_> = caller.claims.iter().map(|claim| &claim.ty).collect();
    let fit = types.iter().map(|ty| {
        quote_spanned!(spanned(ty)=> ::trefoil::__private::refer::fits::<#ty, ::trefoil::__private::refer::Sure>(::trefoil::__private::refer::Part::NEW))
    });
    let shapes = Ident::new("shapes", Span::mixed_site());
    let claims = caller.claims.iter().map(|claim| {
        let (rust, doc, shape) = (string(&claim.name), string(&claim.doc.0), shape_of(&claim.ty, &shapes));
        let wire = claim.wire.as_ref().map_or_else(|| claim.name.clone(), syn::LitStr::value);
        quote!(::trefoil::__private::declare::Claim {
            rust: #rust,
            wire: ::std::string::String::from(#wire),
            doc: #doc,
            shape: #shape,
        })
    });
    quote! {
        #derives
        #[allow(dead_code, missing_copy_implementations)]
        #item

        #[automatically_derived]
        const _: () = {
            #quiet
            #vis struct #parts {
                #vis id: ::trefoil::__private::refer::Part<::std::string::String, ::trefoil::__private::refer::Sure>,
                #(#vis #idents: ::trefoil::__private::refer::Part<#types, ::trefoil::__private::refer::Sure>,)*
            }
            #[automatically_derived]
            impl ::trefoil::__private::declare::CallerType for #ident {
                type Parts = #parts;
                fn parts() -> #parts {
                    #parts {
                        id: ::trefoil::__private::refer::Part::NEW,
                        #(#idents: ::trefoil::__private::refer::Part::NEW,)*
                    }
                }
                fn declare(
                    #shapes: &mut ::trefoil::__private::shape::Shapes,
                ) -> ::std::vec::Vec<::trefoil::__private::declare::Claim> {
                    ::std::vec![#(#claims),*]
                }
            }
            // Never called: it exists so that the compiler checks every type.
            fn types() {
                #(#fit;)*
            }
            let _ = types;
        };
    }
}
