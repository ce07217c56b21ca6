//! The body that a call sends, as declared.

use super::{Piece, Reference, Template};

/// A JSON value with references in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// JSON text as it is sent.
    Literal(String),
    /// A value as it is: of any kind.
    Value(Reference),
    /// Text with references in it.
    Text(Template),
    /// An object: its members in order, under the backend's names.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Every reference in it, in order.
    pub fn references(&self) -> Vec<&Reference> {
        match self {
            Json::Literal(_) => Vec::new(),
            Json::Value(reference) => vec![reference],
            Json::Text(Template(pieces)) => pieces.iter().filter_map(Piece::reference).collect(),
            Json::Object(members) => members.iter().flat_map(|(_, value)| value.references()).collect(),
        }
    }
}
