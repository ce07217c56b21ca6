//! `#[view]` on an enum of views: a value that is one of them, told apart by a member beside theirs.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use crate::ast::Choice;
use crate::expand::{data_derives, needs, spanned};

pub(crate) fn expand(choice: &Choice) -> TokenStream {
    let of = &choice.of;
    let mut item = of.item.clone();
    let ident = &of.item.ident;
    let name = syn::ext::IdentExt::unraw(ident).to_string();
    let (doc, tag) = (&of.doc.0, &choice.tag);
    for (variant, source) in of.variants.iter().zip(&mut item.variants) {
        let serde: syn::Result<Vec<syn::Attribute>> =
            syn::parse::Parser::parse2(syn::Attribute::parse_outer, variant.names.to_serde());
        source.attrs.extend(serde.into_iter().flatten());
    }
    let attributes = std::mem::take(&mut item.attrs);
    let derives = data_derives(&attributes);
    let serde = of.names.to_serde();
    let shapes = Ident::new("shapes", Span::mixed_site());
    let variants = of.variants.iter().zip(&choice.views).map(|(variant, view)| {
        let (wire, doc) = (of.wire_name(variant), &variant.doc.0);
        quote_spanned!(spanned(view)=> #shapes.variant::<#view>(#wire, #doc))
    });
    let (companion, needed) = needs::companion(ident, &item.vis, &choice.needs);
    let checks = needs::expand_choice(choice);
    let shaped = quote! {
        #[automatically_derived]
        impl ::trefoil::__private::shape::Shaped for #ident {
            type Null = ::trefoil::__private::refer::Sure;
            type Needs = #needed;
            fn shape(#shapes: &mut ::trefoil::__private::shape::Shapes) -> ::trefoil::__private::shape::Shape {
                #shapes.choice::<Self>(#name, #doc, #tag, |#shapes| ::std::vec![#(#variants),*])
            }
        }
    };
    let shaped = if choice.needs.is_empty() { shaped } else { quote!(const _: () = { #companion #shaped };) };
    quote! {
        #shaped

        #(#attributes)*
        #derives
        #serde
        #item

        #checks
    }
}
