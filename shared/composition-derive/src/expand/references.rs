//! The checks that the compiler makes of the references in calls.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use crate::ast::{Batch, Called};
use crate::expand::call::request_place;
use crate::expand::spanned;
use crate::reference::{Name, Reference, Root, ident};

/// A function that is never called: it exists so that the compiler checks every reference.
pub(crate) fn expand(of: Called<'_>) -> TokenStream {
    let mut checks = Vec::new();
    let (mut asks_input, mut asks_caller) = (false, None);
    for (field, call) in of.view.fields.iter().zip(of.calls) {
        let Some(call) = call else { continue };
        let ty = &field.ty;
        // A call with a default may be skipped: the default stands in.
        let null = match &call.or {
            Some(_) => quote!(::trefoil::__private::refer::Maybe),
            None => quote!(<#ty as ::trefoil::__private::shape::Shaped>::Null),
        };
        let in_path = call.path.1.references().map(|reference| (reference, true));
        for (reference, in_path) in in_path.chain(call.beside().map(|reference| (reference, false))) {
            if !of.resolves(reference) {
                continue;
            }
            if reference.root() == Root::Caller {
                asks_caller.get_or_insert(reference.names[0].span);
            }
            asks_input |= request_place(reference.root()).is_some();
            let part = part(reference);
            let span = reference.names[0].span;
            checks.push(if in_path || request_place(reference.root()).is_none() {
                quote_spanned!(span=> ::trefoil::__private::refer::feeds::<#null, _, _>(#part);)
            } else {
                quote_spanned!(span=> ::trefoil::__private::refer::fits(#part);)
            });
        }
        if let Some(batch) = call.batch() {
            checks.push(batch_checks(of, batch, ty, &null));
        }
        if call.is_write() {
            checks.push(quote_spanned!(spanned(ty)=> ::trefoil::__private::refer::a_write_is_required::<<#ty as ::trefoil::__private::shape::Shaped>::Null>();));
        }
        // Both at once have been refused.
        if call.absent.is_some() && call.pass.is_some() {
            continue;
        }
        if let Some(absent) = &call.absent {
            checks.push(
                quote_spanned!(absent.word.span()=> ::trefoil::__private::refer::absent_needs_an_option::<#ty>();),
            );
        }
        for word in call.pass.iter().map(|pass| &pass.word).chain(call.or.iter().map(|(word, _)| word)) {
            checks.push(quote_spanned!(word.span()=> ::trefoil::__private::refer::needs_a_required_field::<<#ty as ::trefoil::__private::shape::Shaped>::Null>();));
        }
    }
    if checks.is_empty() {
        return TokenStream::new();
    }
    let ident = &of.view.item.ident;
    // Functions, not variables: a name in a `macro_rules` of the person's does not see a variable of ours.
    let input =
        of.endpoint.and_then(|endpoint| endpoint.input.as_ref()).into_iter().filter(|_| asks_input).map(|input| {
            let span = spanned(input);
            quote_spanned! {span=>
                fn input() -> <#input as ::trefoil::__private::declare::Input>::Parts {
                    <#input as ::trefoil::__private::declare::Input>::parts()
                }
            }
        });
    let caller = asks_caller.map(|span| {
        // In the macro's own context: at the crate's root, a lint would call the `crate::` needless.
        let span = Span::call_site().located_at(span);
        let known = quote_spanned!(span=> crate::Caller);
        quote! {
            type Caller_of_the_crate = #known;
            fn caller() -> <Caller_of_the_crate as ::trefoil::__private::declare::CallerType>::Parts {
                <Caller_of_the_crate as ::trefoil::__private::declare::CallerType>::parts()
            }
        }
    });
    quote! {
        #[automatically_derived]
        const _: () = {
            #[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic, clippy::nursery)]
            fn references() {
                fn of() -> <#ident as ::trefoil::__private::refer::HasParts>::Parts<::trefoil::__private::refer::Sure> {
                    <#ident as ::trefoil::__private::refer::HasParts>::parts()
                }
                #(#input)*
                #caller
                #(#checks)*
            }
            let _ = references;
        };
    }
}

/// A batch's key fits a URL and is there when it must be; the value that it is matched by is in every element.
fn batch_checks(of: Called<'_>, batch: &Batch, ty: &Type, null: &TokenStream) -> TokenStream {
    let by_span = batch.by.names[0].span;
    let by = steps(quote_spanned!(by_span=> element()), &batch.by.names, by_span);
    let matches = quote_spanned!(by_span=> ::trefoil::__private::refer::matches_key(#by););
    // A function, so that what is wrong with `by` does not underline the type.
    let span = spanned(ty);
    let mut checks = quote_spanned! {span=> {
        fn element() -> ::trefoil::__private::refer::ElementOf<#ty> {
            ::trefoil::__private::refer::element_of_a_batch::<#ty>()
        }
        #matches
    }};
    if of.resolves(&batch.key) && batch.key.root() == Root::Field {
        let key = part(&batch.key);
        let key_span = batch.key.names[0].span;
        checks.extend(quote_spanned!(key_span=> ::trefoil::__private::refer::feeds_a_batch::<#null, _, _>(#key);));
    }
    checks
}

/// `refer::open(of().profile).segment` for `profile.segment`.
fn part(reference: &Reference) -> TokenStream {
    let first = &reference.names[0];
    let (base, rest) = match reference.root() {
        Root::Field => (quote_spanned!(first.span=> of()), &reference.names[..]),
        Root::Caller => (quote_spanned!(first.span=> caller()), &reference.names[1..]),
        _ => {
            let place = ident(&first.text, first.span);
            (quote_spanned!(first.span=> input().#place), &reference.names[1..])
        }
    };
    steps(base, rest, first.span)
}

/// From a companion on by these names: into the first, and into the part of each further one.
fn steps(base: TokenStream, names: &[Name], span: Span) -> TokenStream {
    let mut part = base;
    for (index, name) in names.iter().enumerate() {
        let member = name.ident();
        part = if index == 0 {
            quote_spanned!(span=> #part.#member)
        } else {
            quote_spanned!(span=> ::trefoil::__private::refer::open(#part).#member)
        };
    }
    part
}
