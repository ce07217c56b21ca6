//! What a view needs of those who use it, and what they supply.

use super::Reference;

/// Something that a view needs: a value that its calls refer to, and that whoever uses the view supplies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub name: String,
    /// Whether it may be left unsupplied, and is then null: its type is an `Option`.
    pub optional: bool,
}

/// A value for a need of a view that a field leads to, at any depth: views between pass it on, unless they supply another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// The need's name.
    pub need: String,
    /// The value, as the struct with the field sees it, or as it is written there.
    pub value: Reference,
}
