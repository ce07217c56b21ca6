//! What is left to work through while a plan is made.

use super::needs::Given;
use crate::plan::Variant;
use crate::project::SiteFound;
use crate::shape::ObjectId;

/// A site that was found and is not yet worked through.
pub(super) struct Task {
    pub(super) found: SiteFound,
    pub(super) from: Option<(usize, usize)>,
    /// The path to the piece that it is in.
    pub(super) names: Vec<String>,
    /// The variants of tagged enums on the way to that piece.
    pub(super) variants: Vec<Variant>,
    pub(super) parent: Option<usize>,
    pub(super) level: usize,
    /// Whether a null that reaches the piece it is in is fatal.
    pub(super) exposed: bool,
    /// The call fields on the way to it.
    pub(super) way: Vec<(ObjectId, usize)>,
    /// What its view is given by those further out.
    pub(super) given: Given,
}

impl Task {
    /// The path to its objects.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.iter().chain(&self.found.names).cloned().collect()
    }

    /// Whether a null that reaches one of its objects is fatal.
    pub(super) fn is_exposed(&self) -> bool {
        self.exposed && !self.found.sheltered
    }

    /// The variants of tagged enums on the way to its objects.
    pub(super) fn variants(&self) -> Vec<Variant> {
        let below = |variant: &Variant| Variant { names: self.names.len() + variant.names, ..variant.clone() };
        self.variants.iter().cloned().chain(self.found.variants.iter().map(below)).collect()
    }
}
