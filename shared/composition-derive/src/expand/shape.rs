//! The description of a view: its fields in order, with their names, shapes, defaults and calls.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use crate::ast::{Field, View};
use crate::attr::serde::DefaultFrom;
use crate::expand::{bounds, bounds_fit, needs, option, shape_of, string};

/// Implements `Shaped`; `calls` and `derived` have one entry for each field.
pub(crate) fn expand(view: &View, calls: &[Option<TokenStream>], derived: &[Option<TokenStream>]) -> TokenStream {
    let ident = &view.item.ident;
    let name = syn::ext::IdentExt::unraw(ident).to_string();
    let doc = &view.doc.0;
    let shapes = Ident::new("shapes", Span::mixed_site());
    let all = needs::data(&view.supply);
    let (companion, needed) = needs::companion(ident, &view.item.vis, &view.needs);
    let flattens = view.fields.iter().any(|field| field.names.flatten.is_some());
    let fields = view.fields.iter().zip(calls.iter().zip(derived)).map(|(field, (call, derived))| {
        if field.names.flatten.is_some() {
            let (rust, ty) = (&field.name, &field.ty);
            return quote_spanned!(crate::expand::spanned(ty)=> #shapes.flattened::<#ty>(#rust, #all));
        }
        let (rust, doc, ty) = (string(&field.name), string(&field.doc.0), shape_of(&field.ty, &shapes));
        let wire = view.wire_names(field);
        let renamed = option(field.names.renamed.as_ref().map(string));
        let default = option(default(view, field));
        let call = option(call.clone());
        let derived = option(derived.clone());
        let supply = if view.supply.is_empty() {
            quote!(::std::vec::Vec::new())
        } else {
            let ty = &field.ty;
            quote!(::trefoil::__private::shape::supply::<#ty>(#all))
        };
        let hidden = field.hidden.is_some();
        let bounds = bounds(&field.bounds);
        let field = quote! {
            ::trefoil::__private::shape::FieldShape {
                rust: #rust,
                under: ::std::vec::Vec::new(),
                wire: ::std::vec![#(::std::string::String::from(#wire)),*],
                renamed: #renamed,
                doc: #doc,
                shape: #ty,
                default: #default,
                bounds: #bounds,
                call: #call,
                derived: #derived,
                supply: #supply,
                hidden: #hidden,
            }
        };
        if flattens { quote!(::std::vec![#field]) } else { field }
    });
    let fields = quote!(::std::vec![#(#fields),*]);
    // Where there are fields of other views, each stands in a list of its own.
    let fields = if flattens { quote!(#fields.concat()) } else { fields };
    let fields = if view.needs.is_empty() {
        fields
    } else {
        quote!({
            #shapes.needs::<#needed>();
            #fields
        })
    };
    let shaped = quote! {
        #[automatically_derived]
        impl ::trefoil::__private::shape::Shaped for #ident {
            type Null = ::trefoil::__private::refer::Sure;
            type Needs = #needed;
            fn shape(#shapes: &mut ::trefoil::__private::shape::Shapes) -> ::trefoil::__private::shape::Shape {
                #shapes.object::<Self>(#name, #doc, |#shapes| #fields)
            }
        }
    };
    let bounded: TokenStream = view.fields.iter().map(|field| bounds_fit(&field.ty, &field.bounds)).collect();
    let bounded = (!bounded.is_empty()).then(|| {
        quote! {
            // Never called: it exists so that the compiler checks every bound.
            const _: () = {
                fn bounds() {
                    #bounded
                }
                let _ = bounds;
            };
        }
    });
    let shaped = quote!(#shaped #bounded);
    if view.needs.is_empty() { shaped } else { quote!(const _: () = { #companion #shaped };) }
}

/// What stands in for a member that the backend leaves out: the field's own default, else the same field of the
/// container's, as in serde.
fn default(view: &View, field: &Field) -> Option<TokenStream> {
    // What a call or a function fills is no member of the body.
    if field.is_filled() {
        return None;
    }
    let (ident, ty) = (&field.ident, &field.ty);
    let value = match (&field.names.default, &view.names.default) {
        (Some(DefaultFrom::Trait), _) => quote!(<#ty as ::core::default::Default>::default()),
        (Some(DefaultFrom::Function(_, path)), _) => quote!(#path()),
        (None, Some(DefaultFrom::Trait)) => quote!(<Self as ::core::default::Default>::default().#ident),
        (None, Some(DefaultFrom::Function(_, path))) => quote!({ let whole: Self = #path(); whole.#ident }),
        (None, None) => return None,
    };
    let local = Ident::new("value", Span::mixed_site());
    Some(quote!({
        let #local: #ty = #value;
        ::trefoil::__private::serde_json::to_string(&#local).unwrap_or_default()
    }))
}

impl View {
    /// The names under which a backend may send the field: serde's for deserialising, then its aliases.
    pub(crate) fn wire_names(&self, field: &Field) -> Vec<String> {
        let own = match (&field.names.rename, &self.names.rename_all) {
            (Some(name), _) => name.value(),
            (None, Some((_, case))) => case.field(&field.name),
            (None, None) => field.name.clone(),
        };
        std::iter::once(own).chain(field.names.aliases.iter().map(syn::LitStr::value)).collect()
    }

    /// The struct as it is written, without our attributes, with the derives and serde's attributes put in.
    pub(crate) fn item(&self) -> TokenStream {
        let mut item = self.item.clone();
        let attributes = std::mem::take(&mut item.attrs);
        let derives = crate::expand::data_derives(&attributes);
        let serde = self.names.to_serde();
        for (field, source) in self.fields.iter().zip(item.fields.iter_mut()) {
            let serde: syn::Result<Vec<syn::Attribute>> =
                syn::parse::Parser::parse2(syn::Attribute::parse_outer, field.names.to_serde());
            source.attrs.extend(serde.into_iter().flatten());
        }
        quote! {
            #(#attributes)*
            #derives
            #serde
            #item
        }
    }
}
