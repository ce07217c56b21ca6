//! `()`: the field of a call that is made for its effect, or to know that it succeeds.

use super::{Shape, Shaped, Shapes};
use crate::refer::{NeedsNothing, Sure};

impl Shape {
    /// Whether there is no value in it, perhaps in an `Option`.
    pub fn is_nothing(&self) -> bool {
        matches!(self.unwrap_nullable().0, Shape::Nothing)
    }

    /// Whether something in it would have no value: an element of a list, say.
    pub(crate) fn has_nothing_in_it(&self) -> bool {
        match self {
            Shape::List(inner) | Shape::Map(inner) | Shape::Raw(inner) => {
                inner.is_nothing() || inner.has_nothing_in_it()
            }
            Shape::Nullable(inner) => inner.has_nothing_in_it(),
            _ => false,
        }
    }
}

impl Shaped for () {
    type Null = Sure;
    type Needs = NeedsNothing;
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Nothing
    }
}
