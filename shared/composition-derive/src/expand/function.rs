//! A person's function, made callable with JSON, as data.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

use crate::ast::{Application, Called, Condition, Derived};
use crate::expand::call::reference;
use crate::expand::references::{part, scope};

/// What fills each field besides calls, one entry for each field.
pub(crate) fn data_of_all(of: Called<'_>) -> Vec<Option<TokenStream>> {
    of.view.fields.iter().map(|field| field.derived.as_ref().map(|derived| data(of, derived, &field.ty))).collect()
}

fn data(of: Called<'_>, derived: &Derived, ty: &Type) -> TokenStream {
    match derived {
        Derived::Header { of, name } => {
            let (of, name) = (reference(of), name.value().to_ascii_lowercase());
            quote! {
                ::trefoil::__private::declare::Derived::Header {
                    of: #of,
                    name: ::trefoil::__private::HeaderName::from_static(#name),
                }
            }
        }
        Derived::Computed(called) => {
            let called = application(of, called, &quote!(#ty));
            quote!(::trefoil::__private::declare::Derived::Computed(#called))
        }
    }
}

/// A condition as data.
pub(crate) fn condition(of: Called<'_>, condition: &Condition) -> TokenStream {
    match condition {
        Condition::Function(called) => application(of, called, &quote!(bool)),
        Condition::Value(value) => {
            let function = quote!(::trefoil::__private::declare::Function::THE_VALUE);
            // Without a value it is false, but a call that failed is no answer.
            let argument = argument(of, value, Some(false));
            quote!(::trefoil::__private::declare::Application { function: #function, arguments: ::std::vec![#argument] })
        }
    }
}

/// A function with its arguments; its result is a `ty`.
fn application(of: Called<'_>, called: &Application, ty: &TokenStream) -> TokenStream {
    let function = &called.function;
    let name: Vec<String> = function.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let name = name.join("::");
    let scope = scope(of, called.arguments.iter());
    let values: Vec<Ident> = (0..called.arguments.len())
        .map(|number| format_ident!("argument_{number}", span = Span::mixed_site()))
        .collect();
    let read = called.arguments.iter().enumerate().map(|(number, argument)| {
        let part = part(argument);
        quote!(::trefoil::__private::refer::argument(#part, values, #number)?)
    });
    let given = values.iter().zip(&called.arguments).map(|(value, argument)| {
        let value = Ident::new(&value.to_string(), Span::mixed_site().located_at(argument.names[0].span));
        quote_spanned!(argument.names[0].span=> &#value)
    });
    let result = Ident::new("result", Span::mixed_site());
    let call = quote_spanned! {function.span()=>
        let #result: #ty = ::trefoil::__private::refer::Made::<#ty>::made(#function(#(#given),*));
    };
    let arguments = called.arguments.iter().map(|value| argument(of, value, None));
    quote! {
        ::trefoil::__private::declare::Application {
            function: {
                #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
                fn __trefoil_function(
                    values: &[::core::option::Option<::trefoil::__private::Bytes>],
                ) -> ::core::result::Result<::std::string::String, ::std::string::String> {
                    // A block of its own, so that the person's function is not looked for in it.
                    let (#(#values,)*) = {
                        #scope
                        (#(#read,)*)
                    };
                    #call
                    ::trefoil::__private::refer::result(&#result)
                }
                ::trefoil::__private::declare::Function { name: #name, run: __trefoil_function }
            },
            arguments: ::std::vec![#(#arguments),*],
        }
    }
}

/// One argument; whether it is an `Option` is for rustc to say, unless it is said here.
fn argument(of: Called<'_>, value: &crate::reference::Reference, optional: Option<bool>) -> TokenStream {
    let referred = reference(value);
    let optional = match optional {
        Some(optional) => quote!(#optional),
        None => {
            let (scope, part) = (scope(of, std::iter::once(value)), part(value));
            quote!({ #scope ::trefoil::__private::refer::is_option(#part) })
        }
    };
    quote!(::trefoil::__private::declare::Argument { reference: #referred, optional: #optional })
}
