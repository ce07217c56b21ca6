//! What is emitted beside the errors: the item without our attributes, and the traits that others rely on, so that one
//! mistake is not followed by a train of errors that it is not about.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Fields, Ident, Item};

use crate::ast::{Composition, Enumeration, View, ViewWithCalls};
use crate::attr::item::{is_ours, take};
use crate::attr::serde::{ContainerNames, FieldNames};
use crate::expand::{parts, references, shape, view};

/// An endpoint whose calls are not all right: its references are checked as far as they lead somewhere.
pub(crate) fn composition(mut of: Composition) -> TokenStream {
    let references = references::expand(of.called());
    let endpoint = endpoint(&of.view.item.ident);
    let view = fields(&mut of.view);
    quote!(#view #references #endpoint)
}

/// A view whose fields are not all right, checked likewise.
pub(crate) fn view(mut of: ViewWithCalls) -> TokenStream {
    let references = references::expand(of.called());
    let view = fields(&mut of.view);
    quote!(#view #references)
}

fn fields(of: &mut View) -> TokenStream {
    // Names that meet would have serde complain as well.
    of.names = ContainerNames::default();
    of.fields.iter_mut().for_each(|field| field.names = FieldNames::default());
    let item = of.item();
    let parts = parts::expand(of);
    let shape = shape::expand(of, &vec![None; of.fields.len()], &vec![None; of.fields.len()]);
    quote!(#shape #item #parts)
}

/// An enum whose variants are not all right.
pub(crate) fn enumeration(of: &mut Enumeration) -> TokenStream {
    of.names = ContainerNames::default();
    of.variants.iter_mut().for_each(|variant| variant.names = FieldNames::default());
    view::expand_enum(of)
}

/// What stands for an item that is not of the kind that the macro needs.
#[derive(Clone, Copy)]
pub(crate) enum Stand {
    View,
    Composition,
    Input,
    Caller,
    Backend,
}

/// An item that is not of the kind that the macro needs.
pub(crate) fn item(mut item: Item, stand: Stand) -> TokenStream {
    let stripped =
        |attributes: &mut Vec<Attribute>| drop(take(attributes, |one| is_ours(one) || one.path().is_ident("serde")));
    let strip_fields = |fields: &mut Fields| fields.iter_mut().for_each(|field| stripped(&mut field.attrs));
    let name = match &mut item {
        Item::Struct(item) => {
            stripped(&mut item.attrs);
            strip_fields(&mut item.fields);
            item.generics.params.is_empty().then(|| item.ident.clone())
        }
        Item::Enum(item) => {
            stripped(&mut item.attrs);
            for variant in &mut item.variants {
                stripped(&mut variant.attrs);
                strip_fields(&mut variant.fields);
            }
            item.generics.params.is_empty().then(|| item.ident.clone())
        }
        _ => None,
    };
    let stand = name.map(|name| stand_in(&name, stand));
    quote!(#item #stand)
}

fn stand_in(name: &Ident, stand: Stand) -> TokenStream {
    match stand {
        Stand::View => shaped(name),
        Stand::Composition => {
            let (shaped, endpoint) = (shaped(name), endpoint(name));
            quote!(#shaped #endpoint)
        }
        Stand::Input => quote! {
            impl ::trefoil::__private::declare::Input for #name {
                type Parts = ();
                const PATH: &'static [&'static str] = &[];
                fn parts() {}
                fn declare(_: &mut ::trefoil::__private::shape::Shapes) -> ::std::vec::Vec<::trefoil::__private::declare::Param> {
                    ::std::vec::Vec::new()
                }
            }
        },
        Stand::Caller => quote! {
            impl ::trefoil::__private::declare::CallerType for #name {
                type Parts = ();
                fn parts() {}
                fn declare(_: &mut ::trefoil::__private::shape::Shapes) -> ::std::vec::Vec<::trefoil::__private::declare::Claim> {
                    ::std::vec::Vec::new()
                }
            }
        },
        Stand::Backend => quote! {
            impl ::trefoil::__private::declare::Backend for #name {
                const NAME: &'static str = "";
                const DOC: &'static str = "";
            }
        },
    }
}

/// Enough of a view for a field to have its type. Serde's traits are there too: whole answers are made of them.
fn shaped(name: &Ident) -> TokenStream {
    quote! {
        impl ::trefoil::__private::shape::Shaped for #name {
            type Null = ::trefoil::__private::refer::Sure;
            type Needs = ::trefoil::__private::refer::NeedsNothing;
            fn shape(_: &mut ::trefoil::__private::shape::Shapes) -> ::trefoil::__private::shape::Shape {
                ::trefoil::__private::shape::Shape::Text
            }
        }
        impl ::trefoil::__private::serde::Serialize for #name {
            fn serialize<S: ::trefoil::__private::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }
        }
        impl<'de> ::trefoil::__private::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::trefoil::__private::serde::Deserializer<'de>>(_: D) -> ::core::result::Result<Self, D::Error> {
                ::core::unreachable!()
            }
        }
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::result::Result::Ok(())
            }
        }
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                ::core::unreachable!()
            }
        }
    }
}

fn endpoint(name: &Ident) -> TokenStream {
    quote! {
        impl ::trefoil::__private::declare::Endpoint for #name {
            fn declare(_: &mut ::trefoil::__private::shape::Shapes) -> ::trefoil::__private::declare::Declaration {
                ::core::unreachable!()
            }
        }
    }
}
