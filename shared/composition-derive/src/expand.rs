//! Expansion: what was written becomes trait implementations. One file below for each macro; the shared parts are here.
//!
//! Generated code names nothing but `::trefoil::__private` and core's and std's full paths, keeps its companions inside
//! `const _`, where they meet no name of the person's, and has no warnings in the strictest crate.

pub(crate) mod backend;
pub(crate) mod call;
pub(crate) mod caller;
pub(crate) mod choice;
pub(crate) mod composition;
pub(crate) mod function;
pub(crate) mod head;
pub(crate) mod input;
pub(crate) mod needs;
pub(crate) mod parts;
pub(crate) mod references;
pub(crate) mod shape;
pub(crate) mod view;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Path, Token, Type};

use crate::ast::Bounds;

/// The attributes of a struct that nobody but the compiler reads. It is called `Parts_of_Profile`: rustc shows the name where
/// a part is unknown, and no name of the person's is like it.
pub(crate) fn quiet() -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(
            missing_docs, missing_debug_implementations, missing_copy_implementations, unreachable_pub, dead_code, non_camel_case_types,
            private_interfaces, private_bounds, clippy::all, clippy::pedantic, clippy::nursery
        )]
    }
}

/// The derives to add: all of `wanted`, save those that the person lists.
pub(crate) fn derives(attributes: &[Attribute], wanted: &[(&str, TokenStream)]) -> TokenStream {
    let mut listed = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let read = attribute.parse_args_with(syn::punctuated::Punctuated::<Path, Token![,]>::parse_terminated);
        // A malformed list is rustc's to refuse.
        listed.extend(
            read.into_iter().flatten().filter_map(|path| path.segments.last().map(|last| last.ident.to_string())),
        );
    }
    let added = wanted.iter().filter(|(name, _)| !listed.iter().any(|listed| listed == name)).map(|(_, path)| path);
    let added: Vec<_> = added.collect();
    if added.is_empty() { TokenStream::new() } else { quote!(#[derive(#(#added),*)]) }
}

/// `Debug` and `Clone`.
pub(crate) fn plain_derives(attributes: &[Attribute]) -> TokenStream {
    derives(attributes, &[("Debug", quote!(::core::fmt::Debug)), ("Clone", quote!(::core::clone::Clone))])
}

/// `Debug`, `Clone` and serde's two, with serde's own path.
pub(crate) fn data_derives(attributes: &[Attribute]) -> TokenStream {
    let derives = derives(
        attributes,
        &[
            ("Debug", quote!(::core::fmt::Debug)),
            ("Clone", quote!(::core::clone::Clone)),
            ("Serialize", quote!(::trefoil::__private::serde::Serialize)),
            ("Deserialize", quote!(::trefoil::__private::serde::Deserialize)),
        ],
    );
    quote! {
        #derives
        #[serde(crate = "::trefoil::__private::serde")]
    }
}

/// A `String` from tokens that are a `&'static str`.
pub(crate) fn string(text: impl quote::ToTokens) -> TokenStream {
    quote!(::std::string::String::from(#text))
}

/// `Some(…)` or `None`.
pub(crate) fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// `<T as Shaped>::shape(shapes)`, underlining the type where it has none.
pub(crate) fn shape_of(ty: &Type, shapes: &Ident) -> TokenStream {
    let span = spanned(ty);
    quote_spanned!(span=> <#ty as ::trefoil::__private::shape::Shaped>::shape(#shapes))
}

/// An expression of type `ty`, serialised once. A string literal also fits a `String`.
pub(crate) fn json_of(ty: &Type, value: &Expr) -> TokenStream {
    let fitted = match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            quote_spanned!(text.span()=> ::trefoil::__private::declare::FromText::from_text(#text))
        }
        other => quote!(#other),
    };
    let local = Ident::new("value", Span::mixed_site());
    quote!({
        let #local: #ty = #fitted;
        ::trefoil::__private::serde_json::to_string(&#local).unwrap_or_default()
    })
}

/// Bounds as data.
pub(crate) fn bounds(bounds: &Bounds) -> TokenStream {
    let min = option(bounds.min.map(|(number, _)| quote!(#number)));
    let max = option(bounds.max.map(|(number, _)| quote!(#number)));
    let [min_length, max_length, min_items, max_items] =
        [bounds.min_length, bounds.max_length, bounds.min_items, bounds.max_items]
            .map(|bound| option(bound.map(|(number, _)| quote!(#number))));
    quote! {
        ::trefoil::__private::declare::Bounds {
            min: #min,
            max: #max,
            min_length: #min_length,
            max_length: #max_length,
            min_items: #min_items,
            max_items: #max_items,
        }
    }
}

/// Statements that the compiler refuses where a bound does not fit the type, underlining the bound.
pub(crate) fn bounds_fit(ty: &Type, bounds: &Bounds) -> TokenStream {
    let of_a_number = [bounds.min, bounds.max].map(|bound| bound.map(|(_, span)| ("bounds_a_number", span)));
    let of_a_text = [bounds.min_length, bounds.max_length].map(|bound| bound.map(|(_, span)| ("bounds_a_text", span)));
    let of_a_list = [bounds.min_items, bounds.max_items].map(|bound| bound.map(|(_, span)| ("bounds_a_list", span)));
    let checks = of_a_number.into_iter().chain(of_a_text).chain(of_a_list).flatten().map(|(check, span)| {
        let check = Ident::new(check, span);
        let ty = located(quote!(#ty), span);
        quote_spanned!(span=> ::trefoil::__private::refer::#check::<#ty>();)
    });
    quote!(#(#checks)*)
}

/// The same tokens, underlined elsewhere.
fn located(tokens: TokenStream, at: Span) -> TokenStream {
    let moved = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), located(group.stream(), at)).into();
        }
        token.set_span(token.span().located_at(at));
        token
    };
    tokens.into_iter().map(moved).collect()
}

/// What to underline for a whole type: its first token's place, in the macro's own context.
pub(crate) fn spanned(tokens: impl quote::ToTokens) -> Span {
    let first = tokens.into_token_stream().into_iter().next().map(|token| token.span());
    first.unwrap_or_else(Span::call_site)
}
