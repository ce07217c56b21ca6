//! What a view needs of whoever uses it, and what is supplied.

use proc_macro2::Span;
use syn::{Ident, Type};

use crate::reference::Reference;

/// What stands in `#[view(…)]`.
#[derive(Default)]
pub(crate) struct ViewOptions {
    pub(crate) needs: Vec<Need>,
    pub(crate) supply: Vec<Supply>,
}

/// One need: `currency: String`.
pub(crate) struct Need {
    pub(crate) ident: Ident,
    /// The name without `r#`.
    pub(crate) name: String,
    pub(crate) ty: Type,
}

/// What is supplied for a need: `currency = query.currency`.
#[derive(Clone)]
pub(crate) struct Supply {
    pub(crate) ident: Ident,
    /// The need's name without `r#`.
    pub(crate) name: String,
    pub(crate) value: Supplied,
}

/// A value that is supplied.
#[derive(Clone)]
pub(crate) enum Supplied {
    Reference(Reference),
    Literal(Literal),
}

/// A value as it is written.
#[derive(Clone)]
pub(crate) struct Literal {
    pub(crate) span: Span,
    /// As it stands there; but for text this is its JSON.
    pub(crate) written: String,
    pub(crate) kind: LiteralKind,
}

/// What kind of value is written.
#[derive(Clone)]
pub(crate) enum LiteralKind {
    Text(String),
    Whole(i128),
    Number,
    Flag,
}

impl Supply {
    /// What it refers to, if it is not written here.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        match &self.value {
            Supplied::Reference(reference) => Some(reference),
            Supplied::Literal(_) => None,
        }
    }
}
