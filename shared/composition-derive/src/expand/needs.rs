//! What a view needs, as a companion whose parts references name, and the checks that the compiler makes of what is supplied.
//!
//! A macro does not see what the types of its fields need. So for each name that a struct can give, it calls the function of that
//! name on the companion of each field's type: where the type needs it, that checks the value's type; where it does not, a function
//! of a trait stands in.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Type, Visibility};

use crate::ast::{Called, Choice, Literal, LiteralKind, Need, Supplied, Supply};
use crate::expand::call::reference;
use crate::expand::references::{part, scope};
use crate::expand::{quiet, spanned, string};
use crate::reference::{Name, Reference, ident};

/// The companion, if there are needs, and the name of its type.
pub(crate) fn companion(of: &Ident, vis: &Visibility, needs: &[Need]) -> (TokenStream, TokenStream) {
    if needs.is_empty() {
        return (TokenStream::new(), quote!(::trefoil::__private::refer::NeedsNothing));
    }
    let companion = format_ident!("Needs_of_{of}");
    let quiet = quiet();
    let idents: Vec<Ident> = needs.iter().map(|need| ident(&need.name, need.ident.span())).collect();
    let types: Vec<&Type> = needs.iter().map(|need| &need.ty).collect();
    let list = needs.iter().map(|Need { name, ty, .. }| {
        let written = quote!(#ty).to_string().replace(' ', "");
        quote_spanned! {spanned(ty)=>
            ::trefoil::__private::refer::Needed {
                name: #name,
                ty: #written,
                optional: <<#ty as ::trefoil::__private::shape::Shaped>::Null as ::trefoil::__private::refer::Nullness>::OPTION,
                literal: <#ty as ::trefoil::__private::shape::Shaped>::LITERAL,
            }
        }
    });
    let declared = quote! {
        #quiet
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #vis struct #companion {
            #(#vis #idents: ::trefoil::__private::refer::Part<#types, ::trefoil::__private::refer::Sure>,)*
        }
        #[automatically_derived]
        impl ::trefoil::__private::refer::NeedsOf for #companion {
            const LIST: &'static [::trefoil::__private::refer::Needed] = &[#(#list),*];
            const NEW: #companion = #companion { #(#idents: ::trefoil::__private::refer::Part::NEW,)* };
        }
        #[automatically_derived]
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery)]
        impl #companion {
            #(
                #vis fn #idents<
                    __T: ::trefoil::__private::refer::SuppliedAs<#types>,
                    __N: ::trefoil::__private::refer::MaySupply<<#types as ::trefoil::__private::shape::Shaped>::Null>,
                >(self, _: ::trefoil::__private::refer::Part<__T, __N>) {}
            )*
        }
    };
    (declared, quote!(#companion))
}

/// What a struct supplies, as data.
pub(crate) fn data(supply: &[Supply]) -> TokenStream {
    let each = supply.iter().map(|Supply { name, value, .. }| {
        let name = string(name);
        let value = match value {
            Supplied::Reference(of) => reference(of),
            Supplied::Literal(Literal { written, kind, .. }) => {
                let json = match kind {
                    LiteralKind::Text(text) => {
                        quote!(::trefoil::__private::serde_json::to_string(#text).unwrap_or_default())
                    }
                    _ => string(written),
                };
                quote! {
                    ::trefoil::__private::declare::Reference {
                        root: ::trefoil::__private::declare::Root::Literal,
                        path: ::std::vec![#json],
                    }
                }
            }
        };
        quote!(::trefoil::__private::declare::Supply { need: #name, value: #value })
    });
    quote!(&[#(#each),*])
}

/// All checks of a struct's fields.
pub(crate) fn expand(of: Called<'_>) -> TokenStream {
    let types: Vec<&Type> = of.view.fields.iter().map(|field| &field.ty).collect();
    let mend = if of.endpoint.is_some() {
        "add `supply(… = …)` to `#[composition(…)]`, with an input, the caller's, or a part of another field"
    } else {
        "say `#[view(needs(…: …))]` to pass on what it is given itself, or `#[view(supply(… = …))]` with a field of its own"
    };
    let user = syn::ext::IdentExt::unraw(&of.view.item.ident).to_string();
    let supply = &of.view.supply;
    let supplied = |name: &str| supply.iter().any(|supply| supply.name == name);
    let passed: Vec<&Need> = of.view.needs.iter().filter(|need| !supplied(&need.name)).collect();
    let lists = lists(&types);
    let given = supply.iter().map(|supply| supply.name.as_str()).chain(passed.iter().map(|need| need.name.as_str()));
    let unsupplied = unsupplied(&types, &lists, &given.collect::<Vec<_>>(), &user, mend);
    let useless = supply.iter().map(|Supply { name, ident, .. }| {
        let message = format!(
            "nothing that `{user}` leads to needs `{name}`: drop this, or say `#[view(needs({name}: …))]` on the view that is to have it, and on those between"
        );
        used(name, ident.span(), &message, &lists)
    });
    let unused = of.view.needs.iter().filter(|need| !of.uses_need(&need.name)).map(|need| {
        let lists = if supplied(&need.name) { &[][..] } else { &lists };
        used(&need.name, need.ident.span(), &unused(&user, &need.name), lists)
    });
    let passed = passed.into_iter().map(passed_on);
    let supplied = supply.iter().filter(|supply| supply.reference().is_some_and(|reference| of.resolves(reference)));
    let all: Vec<Supply> = supplied.cloned().chain(passed).collect();
    let scope = scope(of, all.iter().filter_map(Supply::reference));
    let fitting = fitting(&scope, &all, &types);
    let written = supply.iter().filter_map(|supply| written(supply, &lists));
    quote!(#unsupplied #(#useless)* #(#unused)* #(#written)* #fitting)
}

/// The same of an enum's views: it passes on what it is given.
pub(crate) fn expand_choice(choice: &Choice) -> TokenStream {
    let ident = &choice.of.item.ident;
    let types: Vec<&Type> = choice.views.iter().collect();
    let user = syn::ext::IdentExt::unraw(ident).to_string();
    let lists = lists(&types);
    let given: Vec<&str> = choice.needs.iter().map(|need| need.name.as_str()).collect();
    let mend = "say `#[view(needs(…: …))]` on the enum, which passes it on";
    let unsupplied = unsupplied(&types, &lists, &given, &user, mend);
    let unused =
        choice.needs.iter().map(|need| used(&need.name, need.ident.span(), &unused(&user, &need.name), &lists));
    let all: Vec<Supply> = choice.needs.iter().map(passed_on).collect();
    let fitting = fitting(&given_to(ident), &all, &types);
    quote!(#unsupplied #(#unused)* #fitting)
}

/// The function `needs()`: the companion of what a type is given.
pub(crate) fn given_to(ident: &Ident) -> TokenStream {
    quote! {
        fn needs() -> <#ident as ::trefoil::__private::shape::Shaped>::Needs {
            <<#ident as ::trefoil::__private::shape::Shaped>::Needs as ::trefoil::__private::refer::NeedsOf>::NEW
        }
    }
}

fn unused(user: &str, name: &str) -> String {
    format!(
        "`{user}` does not use its need `{name}`: no call refers to it and no view in it needs it; write `{{needs.{name}}}` where it belongs, or drop it"
    )
}

/// A need as what is supplied to those inside.
fn passed_on(need: &Need) -> Supply {
    let name = |text: &str| Name { text: text.to_owned(), span: need.ident.span() };
    let value = Reference { names: vec![name("needs"), name(&need.name)], in_string: false };
    Supply { ident: need.ident.clone(), name: need.name.clone(), value: Supplied::Reference(value) }
}

fn lists(types: &[&Type]) -> Vec<TokenStream> {
    let list = |ty: &&Type| {
        quote_spanned! {spanned(ty)=>
            <<#ty as ::trefoil::__private::shape::Shaped>::Needs as ::trefoil::__private::refer::NeedsOf>::LIST
        }
    };
    types.iter().map(list).collect()
}

/// Each type is given what it needs.
fn unsupplied(types: &[&Type], lists: &[TokenStream], given: &[&str], user: &str, mend: &str) -> TokenStream {
    let each = types.iter().zip(lists).map(|(ty, list)| {
        quote_spanned! {spanned(ty)=>
            const _: () = {
                const MESSAGE: ::trefoil::__private::refer::Message =
                    ::trefoil::__private::refer::unsupplied(#list, &[#(#given),*], #user, #mend);
                ::core::assert!(MESSAGE.is_empty(), "{}", MESSAGE.text());
            };
        }
    });
    each.collect()
}

/// One of the types needs it.
fn used(name: &str, span: Span, message: &str, lists: &[TokenStream]) -> TokenStream {
    quote_spanned! {span=>
        const _: () = ::core::assert!(::trefoil::__private::refer::some_need(&[#(#lists),*], #name), "{}", #message);
    }
}

/// What is written there can be a value of the type that is needed.
fn written(supply: &Supply, lists: &[TokenStream]) -> Option<TokenStream> {
    let Supplied::Literal(Literal { span, written, kind, .. }) = &supply.value else { return None };
    let name = &supply.name;
    let kind = match kind {
        LiteralKind::Text(_) => quote!(Text),
        LiteralKind::Whole(value) => quote!(Whole(#value, #value)),
        LiteralKind::Number => quote!(Number),
        LiteralKind::Flag => quote!(Flag),
    };
    Some(quote_spanned! {*span=>
        const _: () = {
            const MESSAGE: ::trefoil::__private::refer::Message = ::trefoil::__private::refer::unfit(
                &[#(#lists),*],
                #name,
                #written,
                ::trefoil::__private::refer::Literal::#kind,
            );
            ::core::assert!(MESSAGE.is_empty(), "{}", MESSAGE.text());
        };
    })
}

/// Each value is of the type that is needed, wherever it is.
fn fitting(scope: &TokenStream, all: &[Supply], types: &[&Type]) -> TokenStream {
    if all.is_empty() {
        return TokenStream::new();
    }
    let names = all.iter().map(|supply| ident(&supply.name, supply.ident.span()));
    let referred = all.iter().filter_map(|supply| Some((supply, supply.reference()?)));
    let checks = referred.flat_map(|(supply, reference)| {
        let span = reference.names[0].span;
        let (function, part) = (ident(&supply.name, span), part(reference));
        types
            .iter()
            .map(move |ty| quote_spanned!(span=> ::trefoil::__private::refer::needs_of::<#ty>().#function(#part);))
    });
    quote! {
        #[automatically_derived]
        const _: () = {
            #[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic, clippy::nursery)]
            fn supplies() {
                // Of a type that does not need it, nothing is asked.
                trait Otherwise {
                    #(fn #names<__T, __N>(&self, _: ::trefoil::__private::refer::Part<__T, __N>) {})*
                }
                impl<__T> Otherwise for __T {}
                #scope
                #(#checks)*
            }
            let _ = supplies;
        };
    }
}
