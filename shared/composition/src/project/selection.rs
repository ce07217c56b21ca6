//! What of a value is shown, and under which names: all that differs from face to face.

/// The fields to show, in order, with the names to show them under. REST shows all fields and needs none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection(pub Vec<Selected>);

/// One shown field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The name in the output.
    pub key: String,
    /// What is shown.
    pub what: What,
}

/// What a [`Selected`] shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The name of the object's type.
    Typename,
    /// What the tag says of the object, where it is a variant: this.
    Tag(String),
    /// The variant with this index, of a value that is one of several objects: what of it is shown.
    Variant {
        /// Its index in [`crate::shape::ChoiceShape::variants`].
        index: usize,
        /// What of it.
        of: Selection,
    },
    /// A field of the object.
    Field {
        /// Its index in [`crate::shape::ObjectShape::fields`].
        index: usize,
        /// What of it, if it leads to an object.
        of: Selection,
    },
}
