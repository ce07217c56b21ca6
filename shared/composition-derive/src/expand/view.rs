//! `#[view]`: a struct or an enum that can stand in an answer.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::{Enumeration, ViewWithCalls};
use crate::expand::{call, data_derives, function, needs, parts, references, shape, string};

/// A struct.
pub(crate) fn expand(of: &ViewWithCalls) -> TokenStream {
    let item = of.view.item();
    let parts = parts::expand(&of.view);
    let shape = shape::expand(&of.view, &call::data_of_all(of.called()), &function::data_of_all(of.called()));
    let references = references::expand(of.called());
    let needs = needs::expand(of.called());
    // The shape first: where a type has none, rustc says so before it says what derives miss.
    quote!(#shape #item #parts #references #needs)
}

/// An enum of unit variants.
pub(crate) fn expand_enum(of: &Enumeration) -> TokenStream {
    let mut item = of.item.clone();
    let ident = &of.item.ident;
    let name = syn::ext::IdentExt::unraw(ident).to_string();
    let doc = &of.doc.0;
    for (variant, source) in of.variants.iter().zip(&mut item.variants) {
        let serde: syn::Result<Vec<syn::Attribute>> =
            syn::parse::Parser::parse2(syn::Attribute::parse_outer, variant.names.to_serde());
        source.attrs.extend(serde.into_iter().flatten());
    }
    let attributes = std::mem::take(&mut item.attrs);
    let derives = data_derives(&attributes);
    let serde = of.names.to_serde();
    let variants = of.variants.iter().map(|variant| {
        let (wire, doc) = (string(of.wire_name(variant)), string(&variant.doc.0));
        quote!(::trefoil::__private::shape::VariantShape { wire: #wire, doc: #doc })
    });
    quote! {
        #(#attributes)*
        #derives
        #serde
        #item

        #[automatically_derived]
        impl ::trefoil::__private::shape::Shaped for #ident {
            type Null = ::trefoil::__private::refer::Sure;
            type Needs = ::trefoil::__private::refer::NeedsNothing;
            fn shape(shapes: &mut ::trefoil::__private::shape::Shapes) -> ::trefoil::__private::shape::Shape {
                shapes.enumeration::<Self>(#name, #doc, ::std::vec![#(#variants),*])
            }
        }

        #[automatically_derived]
        impl ::trefoil::__private::refer::InUrl for #ident {
            type Null<__N> = __N;
        }

        #[automatically_derived]
        impl ::trefoil::__private::refer::BatchKey for #ident {}
    }
}

impl Enumeration {
    /// The string that stands for the variant in JSON.
    pub(crate) fn wire_name(&self, variant: &crate::ast::Variant) -> String {
        let rust = syn::ext::IdentExt::unraw(&variant.ident).to_string();
        match (&variant.names.rename, &self.names.rename_all) {
            (Some(name), _) => name.value(),
            (None, Some((_, case))) => case.variant(&rust),
            (None, None) => rust,
        }
    }
}
