//! Where in a program calls go.

use super::selection::Selection;
use crate::plan::Variant;
use crate::shape::ObjectId;

/// Objects of one kind at one place of a program, in which calls go.
#[derive(Debug, Clone)]
pub(crate) struct SiteFound {
    pub(crate) object: ObjectId,
    /// The outputs that stand for calls, in the order of their numbers.
    pub(crate) calls: Vec<SiteCall>,
    /// How many of them, the first ones, write nothing.
    pub(crate) unseen: usize,
    /// The response keys that lead to it; `None` stands for an index of a list.
    pub(crate) keys: Vec<Option<String>>,
    /// The client's names that lead to it, without indices.
    pub(crate) names: Vec<String>,
    /// The variants of tagged enums on the way to it.
    pub(crate) variants: Vec<Variant>,
    /// Whether something on the way to it, inside the program, may be null.
    pub(crate) sheltered: bool,
    /// The fields that lead to it, inside the program.
    pub(crate) steps: Vec<Step>,
}

/// A field on the way to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) object: ObjectId,
    pub(crate) field: usize,
    /// The site of the object that has the field, if it is one.
    pub(crate) site: Option<usize>,
}

/// An output that stands for a call.
#[derive(Debug, Clone)]
pub(crate) struct SiteCall {
    /// The call's field, an index in [`crate::shape::ObjectShape::fields`].
    pub(crate) field: usize,
    /// The response key.
    pub(crate) key: String,
    /// What of it is shown; `None` for all.
    pub(crate) of: Option<Selection>,
}
