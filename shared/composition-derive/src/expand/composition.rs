//! `#[composition]`: an endpoint.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use crate::ast::Composition;
use crate::check::path::parameters;
use crate::expand::{call, function, head, needs, parts, references, shape, spanned, string};
use crate::words::list;

/// How long an answer may take where the declaration does not say.
pub(crate) const DEFAULT_DEADLINE: u64 = 1_000;

/// How long a write's answer is kept where the declaration does not say, in milliseconds: a day.
const DEFAULT_KEEP: u64 = 24 * 3_600_000;

/// How long a write under a key may take where the declaration does not say, in milliseconds.
const DEFAULT_FINISH: u64 = 30_000;

pub(crate) fn expand(of: &Composition) -> TokenStream {
    let item = of.view.item();
    let parts = parts::expand(&of.view);
    let shape = shape::expand(&of.view, &call::data_of_all(of.called()), &function::data_of_all(of.called()));
    let endpoint = endpoint(of);
    let same_names = same_names(of);
    let no_body = no_body(of);
    let references = references::expand(of.called());
    let needs = needs::expand(of.called());
    // The shape first: where a type has none, rustc says so before it says what derives miss.
    quote!(#shape #item #parts #endpoint #same_names #no_body #references #needs)
}

fn endpoint(of: &Composition) -> TokenStream {
    let ident = &of.view.item.ident;
    let name = string(syn::ext::IdentExt::unraw(ident).to_string());
    let doc = string(&of.view.doc.0);
    let path = string(of.options.path().map(syn::LitStr::value).unwrap_or_default());
    let method = of
        .options
        .route
        .as_ref()
        .map_or_else(|| quote!(::trefoil::__private::Method::GET), |(word, _)| call::method(word));
    let deadline = of.options.deadline.as_ref().map_or(DEFAULT_DEADLINE, |time| time.millis);
    let access = if of.options.public.is_some() {
        quote!(::trefoil::__private::declare::Access::Public)
    } else {
        let scopes = of.options.scopes.iter().flat_map(|(_, scopes)| scopes).map(string);
        quote!(::trefoil::__private::declare::Access::Token { scopes: ::std::vec![#(#scopes),*] })
    };
    let root = of.root;
    let idempotency = match &of.options.idempotency {
        Some(declared) => {
            let required = declared.required.unwrap_or(true);
            let keep = declared.keep.unwrap_or(DEFAULT_KEEP);
            let finish = declared.finish.as_ref().map_or(DEFAULT_FINISH, |time| time.millis);
            quote!(::std::option::Option::Some(::trefoil::__private::declare::Idempotency {
                required: #required,
                keep: ::trefoil::__private::Duration::from_millis(#keep),
                finish: ::trefoil::__private::Duration::from_millis(#finish),
            }))
        }
        None => quote!(::std::option::Option::None),
    };
    let (status, head) = (head::status(&of.options), head::lines(&of.options));
    let shapes = Ident::new("shapes", Span::mixed_site());
    let params = match &of.options.input {
        Some(input) => {
            let span = spanned(input);
            quote_spanned!(span=> <#input as ::trefoil::__private::declare::Input>::declare(#shapes))
        }
        None => quote!(::std::vec::Vec::new()),
    };
    quote! {
        #[automatically_derived]
        impl ::trefoil::__private::declare::Endpoint for #ident {
            fn declare(#shapes: &mut ::trefoil::__private::shape::Shapes) -> ::trefoil::__private::declare::Declaration {
                ::trefoil::__private::declare::Declaration {
                    type_name: #name,
                    doc: #doc,
                    method: #method,
                    path: #path,
                    deadline: ::trefoil::__private::Duration::from_millis(#deadline),
                    access: #access,
                    params: #params,
                    idempotency: #idempotency,
                    status: #status,
                    head: #head,
                    answer: <Self as ::trefoil::__private::shape::Shaped>::shape(#shapes),
                    root: #root,
                }
            }
        }
    }
}

/// The path's parameters are the input's path parameters. Only the compiler sees both.
fn same_names(of: &Composition) -> TokenStream {
    let (Some(path), Some(input)) = (of.options.path(), &of.options.input) else { return TokenStream::new() };
    let names: Vec<String> = parameters(&path.value());
    let (text, shown) = (path.value(), quote!(#input).to_string());
    let message = if names.is_empty() {
        format!(
            "the path `{text}` has no parameters, but `{shown}` has a `#[path]` field: write each into the path as `{{name}}`, or make it a `#[query]`"
        )
    } else {
        let names = list(names.iter().map(String::as_str));
        format!("the path `{text}` has {names}: `{shown}` must have just these as `#[path]` fields")
    };
    let span = path.span();
    quote_spanned! {span=>
        const _: () = ::core::assert!(
            ::trefoil::__private::declare::same_names(&[#(#names),*], <#input as ::trefoil::__private::declare::Input>::PATH),
            "{}",
            #message
        );
    }
}

/// What a GET or a DELETE carries has no meaning (RFC 9110 section 9.3), and only the compiler sees whether the input has a body.
fn no_body(of: &Composition) -> TokenStream {
    let (Some((method, _)), Some(input)) = (&of.options.route, &of.options.input) else { return TokenStream::new() };
    if method != "get" && method != "delete" {
        return TokenStream::new();
    }
    let message = format!(
        "a `{method}` has no body that servers heed, and `{}` has a `#[body]`: make the endpoint a `post`, `put` or `patch`, or drop the field",
        quote!(#input)
    );
    let span = method.span();
    quote_spanned! {span=>
        const _: () = ::core::assert!(!<#input as ::trefoil::__private::declare::Input>::HAS_BODY, "{}", #message);
    }
}
