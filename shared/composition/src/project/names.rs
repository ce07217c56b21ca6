//! Whose names members are written under: clients', unless a selection says otherwise, or backends'.

use crate::names::Naming;
use crate::shape::{ChoiceShape, FieldShape};

/// See the file.
#[derive(Clone, Copy)]
pub(super) enum Names {
    Clients(Naming),
    Backends,
}

impl Names {
    /// The name of a member.
    pub(super) fn field(self, field: &FieldShape) -> String {
        match self {
            Names::Clients(naming) => field.client_name(naming),
            Names::Backends => field.wire.first().unwrap_or(&field.rust).clone(),
        }
    }

    /// The name of what says which view a tagged value is.
    pub(super) fn tag(self, choice: &ChoiceShape) -> String {
        match self {
            Names::Clients(naming) => choice.client_tag(naming),
            Names::Backends => choice.tag.clone(),
        }
    }
}
