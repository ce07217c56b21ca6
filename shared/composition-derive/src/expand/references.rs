//! The checks that the compiler makes of the references in calls.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use crate::ast::{Batch, Called, Condition, Derived};
use crate::expand::call::request_place;
use crate::expand::needs::given_to;
use crate::expand::spanned;
use crate::reference::{Name, Reference, Root, ident};

/// A function that is never called: it exists so that the compiler checks every reference.
pub(crate) fn expand(of: Called<'_>) -> TokenStream {
    let mut checks = Vec::new();
    let mut referred = Vec::new();
    for (field, call) in of.view.fields.iter().zip(of.calls) {
        let ty = &field.ty;
        if let Some(derived) = &field.derived {
            referred.extend(derived.references().iter().filter(|reference| of.resolves(reference)));
            checks.extend(derived_checks(of, derived, ty));
        }
        let Some(call) = call else { continue };
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
            referred.push(reference);
            let part = part(reference);
            let span = reference.names[0].span;
            checks.push(if in_path || request_place(reference.root()).is_none() {
                quote_spanned!(span=> ::trefoil::__private::refer::feeds::<#null, _, _>(#part);)
            } else {
                quote_spanned!(span=> ::trefoil::__private::refer::fits(#part);)
            });
        }
        let sent = call.body.iter().flat_map(|(_, json)| json.references());
        for (reference, as_text) in sent.filter(|(reference, _)| of.resolves(reference)) {
            referred.push(reference);
            let of_request = request_place(reference.root()).is_some();
            let part = part(reference);
            let span = reference.names[0].span;
            checks.push(match (of_request, as_text) {
                (true, true) => quote_spanned!(span=> ::trefoil::__private::refer::fits(#part);),
                (true, false) => quote_spanned!(span=> ::trefoil::__private::refer::is_there(#part);),
                (false, true) => quote_spanned!(span=> ::trefoil::__private::refer::feeds::<#null, _, _>(#part);),
                (false, false) => {
                    quote_spanned!(span=> ::trefoil::__private::refer::feeds_a_body::<#null, _, _>(#part);)
                }
            });
        }
        if let Some((word, when)) = &call.when {
            referred.extend(when.references().iter().filter(|reference| of.resolves(reference)));
            checks.extend(condition_checks(of, word, when, call.or.is_none().then_some(ty)));
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
    // What has no body has no shown field with a value.
    let status = of.endpoint.and_then(|endpoint| endpoint.status.as_ref());
    if status.is_some_and(|(_, status)| matches!(status, 204 | 205)) {
        for ty in of.view.fields.iter().filter(|field| field.hidden.is_none()).map(|field| &field.ty) {
            checks.push(quote_spanned!(spanned(ty)=> ::trefoil::__private::refer::in_no_body::<#ty>();));
        }
    }
    // A value of the head may be null: then its line is left out.
    for reference in of.head().filter(|reference| of.resolves(reference)) {
        referred.push(reference);
        let part = part(reference);
        checks.push(quote_spanned!(reference.names[0].span=> ::trefoil::__private::refer::fits(#part);));
    }
    if checks.is_empty() {
        return TokenStream::new();
    }
    let scope = scope(of, referred.into_iter());
    quote! {
        #[automatically_derived]
        const _: () = {
            #[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic, clippy::nursery)]
            fn references() {
                #scope
                #(#checks)*
            }
            let _ = references;
        };
    }
}

/// The companions that these references step into: `of()`, and `input()` and `caller()` where they are asked for.
pub(crate) fn scope<'a>(of: Called<'_>, references: impl Iterator<Item = &'a Reference>) -> TokenStream {
    let (mut asks_input, mut asks_needs, mut asks_caller) = (false, false, None);
    for reference in references {
        if reference.root() == Root::Caller {
            asks_caller.get_or_insert(reference.names[0].span);
        }
        asks_needs |= reference.root() == Root::Needs;
        asks_input |= request_place(reference.root()).is_some();
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
            #[allow(non_camel_case_types)]
            type Caller_of_the_crate = #known;
            fn caller() -> <Caller_of_the_crate as ::trefoil::__private::declare::CallerType>::Parts {
                <Caller_of_the_crate as ::trefoil::__private::declare::CallerType>::parts()
            }
        }
    });
    let needs = asks_needs.then(|| given_to(ident));
    quote! {
        #[allow(dead_code)]
        fn of() -> <#ident as ::trefoil::__private::refer::HasParts>::Parts<::trefoil::__private::refer::Sure> {
            <#ident as ::trefoil::__private::refer::HasParts>::parts()
        }
        #(#input)*
        #caller
        #needs
    }
}

/// What a field is made of is there when it must be; a header's value is one that a header can carry.
fn derived_checks(of: Called<'_>, derived: &Derived, ty: &Type) -> Vec<TokenStream> {
    let resolved = derived.references().iter().filter(|reference| of.resolves(reference));
    let check = |reference: &Reference| {
        let (part, span) = (part(reference), reference.names[0].span);
        match derived {
            Derived::Header { .. } => quote_spanned!(span=> ::trefoil::__private::refer::heads::<#ty, _, _>(#part);),
            Derived::Computed(_) => {
                let null = quote!(<#ty as ::trefoil::__private::shape::Shaped>::Null);
                quote_spanned!(span=> ::trefoil::__private::refer::makes::<#null, _, _>(#part);)
            }
        }
    };
    resolved.map(check).collect()
}

/// A call with a condition can be done without: it has a default, or its field's type, `required`, is an `Option`. A value that is one by itself is true or false.
fn condition_checks(of: Called<'_>, word: &syn::Ident, when: &Condition, required: Option<&Type>) -> Vec<TokenStream> {
    let skipped = required.map(|ty| {
        quote_spanned!(word.span()=> ::trefoil::__private::refer::may_be_skipped::<<#ty as ::trefoil::__private::shape::Shaped>::Null>();)
    });
    let mut checks: Vec<TokenStream> = skipped.into_iter().collect();
    for reference in when.references().iter().filter(|reference| of.resolves(reference)) {
        let (part, span) = (part(reference), reference.names[0].span);
        checks.push(match when {
            Condition::Value(_) => quote_spanned!(span=> ::trefoil::__private::refer::decides(#part);),
            Condition::Function(_) => {
                quote_spanned!(span=> ::trefoil::__private::refer::makes::<::trefoil::__private::refer::Maybe, _, _>(#part);)
            }
        });
    }
    checks
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
pub(crate) fn part(reference: &Reference) -> TokenStream {
    let first = &reference.names[0];
    let (base, rest) = match reference.root() {
        Root::Field => (quote_spanned!(first.span=> of()), &reference.names[..]),
        Root::Caller => (quote_spanned!(first.span=> caller()), &reference.names[1..]),
        Root::Needs => (quote_spanned!(first.span=> needs()), &reference.names[1..]),
        Root::Body if reference.names.len() == 1 => return quote_spanned!(first.span=> input().body),
        Root::Body => {
            let body = quote_spanned!(first.span=> ::trefoil::__private::refer::open(input().body));
            (body, &reference.names[1..])
        }
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
