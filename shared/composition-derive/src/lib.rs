//! The macros: a declaration becomes data.

mod ast;
mod attr;
mod check;
mod errors;
mod expand;
mod fallback;
mod macros;
mod reference;
mod words;

use proc_macro::TokenStream;

/// An endpoint: a struct whose every field says which call fills it.
#[proc_macro_attribute]
pub fn composition(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::composition(options.into(), item.into()).into()
}

/// What can stand in an answer: a struct with named fields, or an enum of unit variants.
#[proc_macro_attribute]
pub fn view(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::view(options.into(), item.into()).into()
}

/// What an endpoint takes from a request: its path, query and header parameters.
#[proc_macro_attribute]
pub fn input(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::input(options.into(), item.into()).into()
}

/// A service that a BFF may call: a unit struct.
#[proc_macro_attribute]
pub fn backend(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::backend(options.into(), item.into()).into()
}

/// What a BFF knows of its callers beside the id: typed claims of their tokens.
#[proc_macro_attribute]
pub fn caller(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::caller(options.into(), item.into()).into()
}
