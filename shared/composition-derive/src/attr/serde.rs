//! The part of serde's attributes that is understood: `rename`, `rename_all`, `alias`, `default`, `flatten` and
//! `tag`.
//!
//! A name for deserialising is the backend's. A name for serialising is the client's, and is not handed on to serde: the
//! struct's own JSON has the backend's names in both directions.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::ParseStream;
use syn::{Attribute, ExprPath, Ident, LitStr, Token};

use crate::attr::{entries, entries_of, expected, inside, once, parentheses, text};
use crate::errors::Errors;
use crate::words::{Case, did_you_mean, list};

/// What an attribute of serde stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    View,
    Enum,
    Choice,
    Composition,
    Field,
    CallField,
    Variant,
}

/// What serde's attributes say about a struct or an enum.
#[derive(Default)]
pub(crate) struct ContainerNames {
    pub(crate) rename_all: Option<(LitStr, Case)>,
    pub(crate) default: Option<DefaultFrom>,
    /// The member that says which variant of an enum it is.
    pub(crate) tag: Option<LitStr>,
}

/// What serde's attributes say about a field or a variant.
#[derive(Default)]
pub(crate) struct FieldNames {
    /// The backend's name.
    pub(crate) rename: Option<LitStr>,
    /// The client's name.
    pub(crate) renamed: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) default: Option<DefaultFrom>,
    /// The word `flatten`.
    pub(crate) flatten: Option<Ident>,
}

/// Where a default value comes from.
#[derive(Clone)]
pub(crate) enum DefaultFrom {
    Trait,
    Function(LitStr, ExprPath),
}

impl ContainerNames {
    /// The attributes for serde.
    pub(crate) fn to_serde(&self) -> TokenStream {
        let rename_all = self.rename_all.iter().map(|(rule, _)| quote!(#[serde(rename_all = #rule)]));
        let default = self.default.iter().map(DefaultFrom::to_serde);
        let tag = self.tag.iter().map(|tag| quote!(#[serde(tag = #tag)]));
        quote!(#(#rename_all)* #(#default)* #(#tag)*)
    }
}

impl FieldNames {
    /// The attributes for serde.
    pub(crate) fn to_serde(&self) -> TokenStream {
        let rename = self.rename.iter().map(|name| quote!(#[serde(rename = #name)]));
        let aliases = self.aliases.iter().map(|alias| quote!(#[serde(alias = #alias)]));
        let default = self.default.iter().map(DefaultFrom::to_serde);
        let flatten = self.flatten.iter().map(|_| quote!(#[serde(flatten)]));
        quote!(#(#rename)* #(#aliases)* #(#default)* #(#flatten)*)
    }
}

impl DefaultFrom {
    fn to_serde(&self) -> TokenStream {
        match self {
            DefaultFrom::Trait => quote!(#[serde(default)]),
            DefaultFrom::Function(path, _) => quote!(#[serde(default = #path)]),
        }
    }

    fn read(word: &Ident, input: ParseStream<'_>) -> syn::Result<DefaultFrom> {
        if !input.peek(Token![=]) {
            return Ok(DefaultFrom::Trait);
        }
        let path = text(word, input, "default = \"path::to::function\"")?;
        let parsed = path.parse().map_err(|_| {
            syn::Error::new(path.span(), "this is not the path of a function, as in `default = \"path::to::function\"`")
        })?;
        Ok(DefaultFrom::Function(path, parsed))
    }
}

impl On {
    fn understood(self) -> &'static [&'static str] {
        match self {
            On::View => &["rename_all", "default"],
            On::Enum => &["rename_all"],
            On::Choice => &["tag", "rename_all"],
            On::Composition => &[],
            On::Field => &["rename", "alias", "default", "flatten"],
            On::CallField => &["rename(serialize = …)"],
            On::Variant => &["rename"],
        }
    }

    fn place(self) -> &'static str {
        match self {
            On::View => "on a view",
            On::Enum => "on an enum",
            On::Choice => "on an enum of views",
            On::Composition => "on a composition",
            On::Field => "on a view's field",
            On::CallField => "on a field with a call",
            On::Variant => "on a variant",
        }
    }
}

/// Reads serde's attributes of a struct or an enum.
pub(crate) fn container(attributes: &[Attribute], on: On, errors: &mut Errors) -> ContainerNames {
    let mut names = ContainerNames::default();
    each_entry(attributes, errors, |word, input, errors| {
        match (word.to_string().as_str(), on) {
            ("tag", On::Choice) => once(&mut names.tag, text(word, input, "tag = \"type\"")?, word, errors),
            ("rename_all", On::View | On::Enum | On::Choice) => {
                let both = Renames::read(word, input, errors)?;
                if on != On::View {
                    both.refuse_two_names(word, errors);
                } else if let Some(client) = both.serialize {
                    errors.at(
                        client,
                        "the client's names follow one rule per BFF: fix the name of one field by `rename(serialize = \"…\")` on it",
                    );
                }
                if let Some(rule) = both.deserialize {
                    match Case::from_name(&rule.value()) {
                        Some(case) => once(&mut names.rename_all, (rule, case), word, errors),
                        None => {
                            let known = Case::ALL.map(|(name, _)| name);
                            let near = did_you_mean(&rule.value(), known);
                            errors.at(rule, format!("serde has no such rule{near} (its rules are {})", list(known)));
                        }
                    }
                }
            }
            ("default", On::View) => once(&mut names.default, DefaultFrom::read(word, input)?, word, errors),
            _ => return Err(not_understood(word, on)),
        }
        Ok(())
    });
    names
}

/// Reads serde's attributes of a field or a variant.
pub(crate) fn field(attributes: &[Attribute], on: On, errors: &mut Errors) -> FieldNames {
    let mut names = FieldNames::default();
    each_entry(attributes, errors, |word, input, errors| {
        match (word.to_string().as_str(), on) {
            ("rename", On::Field | On::CallField | On::Variant) => {
                let both = Renames::read(word, input, errors)?;
                if on == On::Variant {
                    both.refuse_two_names(word, errors);
                } else if let Some(client) = both.serialize {
                    once(&mut names.renamed, client, word, errors);
                }
                match both.deserialize {
                    Some(name) if on == On::CallField => {
                        let client = name.value();
                        errors.at(name, format!("a field with a call has no name at a backend: for the client's name write `rename(serialize = \"{client}\")`"));
                    }
                    Some(name) => once(&mut names.rename, name, word, errors),
                    None => {}
                }
            }
            ("alias", On::Field) => names.aliases.push(text(word, input, "alias = \"…\"")?),
            ("flatten", On::Field) => once(&mut names.flatten, word.clone(), word, errors),
            ("default", On::Field) => once(&mut names.default, DefaultFrom::read(word, input)?, word, errors),
            _ => return Err(not_understood(word, on)),
        }
        Ok(())
    });
    names
}

/// `rename = "…"` is the backend's name; in `rename(deserialize = "…", serialize = "…")` the second is the client's.
#[derive(Default)]
struct Renames {
    deserialize: Option<LitStr>,
    serialize: Option<LitStr>,
}

impl Renames {
    fn read(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Renames> {
        let form = format!("{word} = \"…\"` or `{word}(serialize = \"…\")");
        let mut both = Renames::default();
        if input.peek(Token![=]) {
            both.deserialize = Some(text(word, input, &form)?);
            return Ok(both);
        }
        let content = parentheses(word, input, &form)?;
        entries(&content, errors, |side, input, errors| {
            let slot = match side.to_string().as_str() {
                "serialize" => &mut both.serialize,
                "deserialize" => &mut both.deserialize,
                _ => {
                    let message =
                        "write `deserialize = \"…\"` for the backend's name or `serialize = \"…\"` for the client's";
                    return Err(syn::Error::new(side.span(), message));
                }
            };
            once(slot, text(side, input, &format!("{side} = \"…\""))?, side, errors);
            Ok(())
        });
        if both.deserialize.is_none() && both.serialize.is_none() && errors.is_empty() {
            return Err(expected(word, input, &form));
        }
        Ok(both)
    }

    fn refuse_two_names(&self, word: &Ident, errors: &mut Errors) {
        let Some(client) = &self.serialize else { return };
        if self.deserialize.as_ref().map(LitStr::value) != Some(client.value()) {
            errors
                .at(client, format!("a variant has one name, the backend's and the client's: write `{word} = \"…\"`"));
        }
    }
}

fn each_entry(
    attributes: &[Attribute],
    errors: &mut Errors,
    mut each: impl FnMut(&Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) {
    for attribute in attributes {
        if let Some(tokens) = errors.keep(inside(attribute)) {
            entries_of(tokens, errors, &mut each);
        }
    }
}

/// What is wrong with a word of serde's, and what to do instead.
fn not_understood(word: &Ident, on: On) -> syn::Error {
    let instead = match word.to_string().as_str() {
        "skip" | "skip_serializing" | "skip_deserializing" => {
            "leave the field out of the struct: what a view does not name never leaves"
        }
        "skip_serializing_if" => "a field is always written: `null` where there is no value",
        "deny_unknown_fields" => "what a view does not name is dropped, so that a backend may add to its answers",
        "with" | "serialize_with" | "deserialize_with" | "from" | "try_from" | "into" | "remote" | "getter" => {
            "values are passed on as the backend wrote them: give the field the type that is sent"
        }
        "flatten" if on == On::CallField => "a call fills the one field it stands on",
        "flatten" => "it belongs on a view's field whose type is a view",
        "tag" => "it belongs on an enum whose variants are views",
        "content" => {
            "the members of a variant stand beside the tag; where a backend puts them below a member of their own, write a view with the tag and that member"
        }
        "untagged" => "nothing would say which variant it is: write `tag = \"type\"`, the member that says it",
        "other" => "a tag that no variant has is a failure of its call, as any value that the type does not say",
        "rename_all_fields" => "each variant is a view: write `rename_all` on it",
        "variant_identifier" | "field_identifier" => "it is for reading by hand",
        "crate" | "bound" | "borrow" | "transparent" | "expecting" => "the macro takes care of that itself",
        "rename" if matches!(on, On::View | On::Enum | On::Choice | On::Composition) => {
            "a type has no name in JSON; in the documents it has its Rust name"
        }
        "rename_all" if on == On::Composition => "the client's names follow one rule per BFF",
        "default" if on == On::CallField => {
            "for a value that stands in when the call fails, write `or = …` in `#[call(…)]`"
        }
        _ => "",
    };
    let understood = match on.understood() {
        [] => "nothing of serde's is".to_owned(),
        words => format!("these are: {}", list(words.iter().copied())),
    };
    let instead = if instead.is_empty() { String::new() } else { format!(": {instead}") };
    let near = did_you_mean(&word.to_string(), on.understood().iter().copied());
    syn::Error::new(
        word.span(),
        format!("serde's `{word}` is not understood {}{instead}{near} ({understood})", on.place()),
    )
}
