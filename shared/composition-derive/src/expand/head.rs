//! The answer's own head as data.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::{Cookie, EndpointOptions, HeadPlace};
use crate::expand::call::template;
use crate::expand::{option, string};

/// `Declaration::status`.
pub(crate) fn status(of: &EndpointOptions) -> TokenStream {
    option(of.status.as_ref().map(|(_, status)| quote!(#status)))
}

/// `Declaration::head`.
pub(crate) fn lines(of: &EndpointOptions) -> TokenStream {
    let lines = of.head.iter().map(|line| {
        let (name, value) = (string(&line.name), template(&line.value));
        let place = match &line.place {
            HeadPlace::Location => quote!(Location),
            HeadPlace::Link => quote!(Link { rel: #name }),
            HeadPlace::Cookie(cookie) => {
                let attributes = string(cookie.written());
                quote!(Cookie { name: #name, attributes: #attributes })
            }
            HeadPlace::Header => {
                let name = line.name.to_ascii_lowercase();
                quote!(Header(::trefoil::__private::HeaderName::from_static(#name)))
            }
        };
        quote!(::trefoil::__private::declare::HeadLine {
            place: ::trefoil::__private::declare::HeadPlace::#place,
            value: #value,
        })
    });
    quote!(::std::vec![#(#lines),*])
}

impl Cookie {
    /// All that follows the value. A cookie is for the server alone, by TLS alone, and not for other sites, unless it says more.
    fn written(&self) -> String {
        let mut text = String::new();
        let mut add = |name: &str, value: &str| text.extend(["; ", name, "=", value]);
        if let Some(path) = &self.path {
            add("Path", &path.value());
        }
        if let Some(domain) = &self.domain {
            add("Domain", &domain.value());
        }
        if let Some(seconds) = self.max_age {
            add("Max-Age", &seconds.to_string());
        }
        add("SameSite", self.same_site.map_or("Lax", |(value, _)| value));
        if self.secure.as_ref().is_none_or(|secure| secure.value) {
            text.push_str("; Secure");
        }
        if self.http_only.as_ref().is_none_or(|http_only| http_only.value) {
            text.push_str("; HttpOnly");
        }
        text
    }
}
