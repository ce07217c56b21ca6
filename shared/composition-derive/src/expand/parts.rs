//! The companion of a view: one marker for each field, by which rustc checks references.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::ast::View;
use crate::expand::quiet;

/// The companion and its trait.
pub(crate) fn expand(view: &View) -> TokenStream {
    let (name, vis) = (&view.item.ident, &view.item.vis);
    let parts = format_ident!("Parts_of_{name}");
    let quiet = quiet();
    let idents: Vec<_> = view.fields.iter().map(|field| &field.ident).collect();
    let types = view.fields.iter().map(|field| &field.ty);
    // A view without fields is refused; its companion must compile all the same.
    let unused = view.fields.is_empty().then(|| format_ident!("nothing")).into_iter().collect::<Vec<_>>();
    quote! {
        #[automatically_derived]
        const _: () = {
            #quiet
            #vis struct #parts<__N> {
                #(#vis #idents: ::trefoil::__private::refer::Part<#types, __N>,)*
                #(#unused: ::core::marker::PhantomData<fn() -> __N>,)*
            }
            #[automatically_derived]
            impl ::trefoil::__private::refer::HasParts for #name {
                type Parts<__N> = #parts<__N>;
                fn parts<__N>() -> #parts<__N> {
                    #parts {
                        #(#idents: ::trefoil::__private::refer::Part::NEW,)*
                        #(#unused: ::core::marker::PhantomData,)*
                    }
                }
            }
            #[automatically_derived]
            impl ::trefoil::__private::refer::OneOfABatch for #name {
                type View = Self;
            }
            #[automatically_derived]
            impl ::trefoil::__private::refer::WholeView for #name {}
        };
    }
}
