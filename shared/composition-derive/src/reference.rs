//! Templates and the references in them: `"/users/{caller.id}"`, or `query.limit` as tokens.
//!
//! Only the spelling is read here; whether what a reference names exists is for `check` and for rustc.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token};

/// Text with references in it.
#[derive(Clone, Default)]
pub(crate) struct Template(pub(crate) Vec<Piece>);

/// A piece of a template.
#[derive(Clone)]
pub(crate) enum Piece {
    Literal(String),
    Reference(Reference),
}

/// A reference: at least one name.
#[derive(Clone)]
pub(crate) struct Reference {
    pub(crate) names: Vec<Name>,
    /// Whether it stands in a string, whose parts cannot be underlined one by one.
    pub(crate) in_string: bool,
}

/// One name of a reference, without `r#`, and what to underline for it.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// The first names that do not mean a field.
pub(crate) const RESERVED: [&str; 6] = ["path", "query", "header", "body", "caller", "needs"];

/// Where the value of a reference comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Path,
    Query,
    Header,
    Body,
    Caller,
    Needs,
    Field,
}

impl Template {
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference),
            Piece::Literal(_) => None,
        })
    }

    /// Reads `{a.b}` references out of a string; `{{` and `}}` stand for the braces themselves.
    pub(crate) fn from_string(literal: &LitStr) -> syn::Result<Template> {
        let error = |message: String| syn::Error::new(literal.span(), message);
        let text = literal.value();
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from_brace) = rest.split_at(at);
            plain.push_str(before);
            if from_brace.starts_with("{{") || from_brace.starts_with("}}") {
                plain.push_str(&from_brace[..1]);
                rest = &from_brace[2..];
            } else if let Some(inside) = from_brace.strip_prefix('{') {
                let Some(end) = inside.find('}') else {
                    return Err(error(format!(
                        "the `{{` before `{inside}` is never closed: add `}}`, or write `{{{{` for a brace"
                    )));
                };
                if !plain.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut plain)));
                }
                let reference = Reference::from_text(&inside[..end], literal.span()).map_err(error)?;
                pieces.push(Piece::Reference(reference));
                rest = &inside[end + 1..];
            } else {
                let before = if before.is_empty() { "at the start".to_owned() } else { format!("after `{before}`") };
                return Err(error(format!("the `}}` {before} closes nothing: write `}}}}` for a brace")));
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Literal(plain));
        }
        Ok(Template(pieces))
    }
}

impl Reference {
    fn from_text(text: &str, span: Span) -> Result<Reference, String> {
        if text.is_empty() {
            return Err("`{}` refers to nothing: name a value, as in `{caller.id}`, or write `{{}}` for braces".into());
        }
        let mut names = Vec::new();
        for part in text.split('.') {
            let name = part.strip_prefix("r#").unwrap_or(part);
            if !is_name(name) {
                return Err(format!(
                    "`{{{text}}}` is not a reference: it is names with dots between them and no blanks, as in `{{profile.segment}}`; write `{{{{` and `}}}}` for braces"
                ));
            }
            names.push(Name { text: name.to_owned(), span });
        }
        Ok(Reference { names, in_string: true })
    }

    /// Reads `profile.segment` as tokens.
    pub(crate) fn from_tokens(input: ParseStream<'_>) -> syn::Result<Reference> {
        let mut names = Vec::new();
        loop {
            let ident = Ident::parse_any(input)?;
            names.push(Name { text: ident.unraw().to_string(), span: ident.span() });
            if input.parse::<Option<Token![.]>>()?.is_none() {
                return Ok(Reference { names, in_string: false });
            }
            if !input.peek(Ident::peek_any) {
                return Err(input.error("a name is missing after the dot: a reference is names with dots between them, as in `profile.segment`; an item of a list cannot be named"));
            }
        }
    }

    pub(crate) fn root(&self) -> Root {
        match self.names[0].text.as_str() {
            "path" => Root::Path,
            "query" => Root::Query,
            "header" => Root::Header,
            "body" => Root::Body,
            "caller" => Root::Caller,
            "needs" => Root::Needs,
            _ => Root::Field,
        }
    }

    /// As it is written: `{a.b}` in a string, `a.b` as tokens.
    pub(crate) fn written(&self) -> String {
        let names = self.names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        if self.in_string { format!("{{{names}}}") } else { names }
    }
}

impl Name {
    /// The name as a Rust identifier at its own place.
    pub(crate) fn ident(&self) -> Ident {
        ident(&self.text, self.span)
    }
}

/// An identifier, raw where the name is a keyword.
pub(crate) fn ident(name: &str, span: Span) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(_) => Ident::new(name, span),
        Err(_) => Ident::new_raw(name, span),
    }
}

/// Whether the text can be a Rust name (a keyword counts, since it can be written raw).
pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
        && !matches!(text, "_" | "self" | "Self" | "super" | "crate")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let template =
            Template::from_string(&LitStr::new(text, Span::call_site())).map_err(|error| error.to_string())?;
        let pieces = template.0.iter().map(|piece| match piece {
            Piece::Literal(text) => format!("'{text}'"),
            Piece::Reference(reference) => reference.written(),
        });
        Ok(pieces.collect())
    }

    #[test]
    fn text_and_references_are_told_apart() {
        assert_eq!(read("/users/{caller.id}/x").unwrap(), ["'/users/'", "{caller.id}", "'/x'"]);
        assert_eq!(read("{a}{b.c}").unwrap(), ["{a}", "{b.c}"]);
        assert_eq!(read("").unwrap(), [""; 0]);
    }

    #[test]
    fn doubled_braces_are_braces() {
        assert_eq!(read("{{a}} {b}}}").unwrap(), ["'{a} '", "{b}", "'}'"]);
    }

    #[test]
    fn what_is_not_a_reference_is_refused() {
        for text in ["{", "}", "{}", "{a.}", "{ a }", "{a.0}", "{self.x}", "{a-b}"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
