//! What a view needs of whoever uses it, and what is supplied.

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
    pub(crate) value: Reference,
}
