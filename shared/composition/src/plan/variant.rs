//! Which of several views stands on the way to a call.

/// A variant of a tagged enum on the way to a call field: two variants can have fields of one name, with calls of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// How many names of the call field's path lead to it.
    pub names: usize,
    /// The client's name of the member that says which variant it is.
    pub tag: String,
    /// What it says for this one.
    pub says: String,
}
