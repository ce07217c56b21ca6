//! What an endpoint takes from a request and of a caller.

use trefoil_context::Place;

use crate::shape::Shape;

/// One parameter of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Where it stands.
    pub place: Place,
    /// The Rust name.
    pub rust: String,
    /// The client's name, where the declaration fixes it; a header always has one.
    pub renamed: Option<String>,
    /// The doc comment.
    pub doc: String,
    /// Its kind: text, number, boolean, enum, or one of them nullable.
    pub shape: Shape,
    /// What stands in when it is not given, as JSON.
    pub default: Option<String>,
    /// What it must satisfy beside its kind.
    pub bounds: Bounds,
}

/// What a parameter must satisfy beside its kind. Both ends are included.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounds {
    /// The least number.
    pub min: Option<i128>,
    /// The greatest number.
    pub max: Option<i128>,
    /// The fewest characters.
    pub min_length: Option<usize>,
    /// The most characters; 1,024 unless declared.
    pub max_length: Option<usize>,
    /// The fewest elements of a list.
    pub min_items: Option<usize>,
    /// The most elements of a list; 1,000 unless declared.
    pub max_items: Option<usize>,
}

/// One typed claim of a BFF's tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The Rust name: `{caller.partner}`.
    pub rust: String,
    /// The name in the token.
    pub wire: String,
    /// The doc comment.
    pub doc: String,
    /// Its kind: text, number, boolean, enum, or one of them nullable.
    pub shape: Shape,
}
