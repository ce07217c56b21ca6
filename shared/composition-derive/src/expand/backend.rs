//! `#[backend]`: a unit struct that stands for a service.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Backend;
use crate::expand::derives;
use crate::words::kebab;

pub(crate) fn expand(backend: &Backend) -> TokenStream {
    let item = &backend.item;
    let ident = &item.ident;
    let derives = derives(&item.attrs, &[("Debug", quote!(::core::fmt::Debug))]);
    let name =
        backend.name.as_ref().map_or_else(|| kebab(&syn::ext::IdentExt::unraw(ident).to_string()), syn::LitStr::value);
    let doc = &backend.doc.0;
    quote! {
        #derives
        #[allow(dead_code, missing_copy_implementations)]
        #item

        #[automatically_derived]
        impl ::trefoil::__private::declare::Backend for #ident {
            const NAME: &'static str = #name;
            const DOC: &'static str = #doc;
        }
    }
}
