//! The checks of values that are written where they are supplied: `supply(currency = "EUR")`.

use super::{Message, Needed};
use crate::declare::equal;

/// A value as it is written, or what can be written for a type.
#[derive(Debug, Clone, Copy)]
pub enum Literal {
    /// `"text"`.
    Text,
    /// A whole number: a value from the first to the second, which are the same where it is written.
    Whole(i128, i128),
    /// A number with a fraction.
    Number,
    /// `true` or `false`.
    Flag,
    /// Nothing can be written for it.
    None,
}

impl Literal {
    /// Whether this, as it is written, is a value of `of`.
    const fn fits(self, of: Literal) -> bool {
        match (self, of) {
            (Literal::Text, Literal::Text)
            | (Literal::Flag, Literal::Flag)
            | (Literal::Number | Literal::Whole(..), Literal::Number) => true,
            (Literal::Whole(value, _), Literal::Whole(min, max)) => min <= value && value <= max,
            _ => false,
        }
    }

    const fn mend(self) -> &'static str {
        match self {
            Literal::Text => "write a string, or refer to a value of that type",
            Literal::Whole(..) => "write a whole number that the type can hold, or refer to a value of that type",
            Literal::Number => "write a number, or refer to a value of that type",
            Literal::Flag => "write `true` or `false`, or refer to a value of that type",
            Literal::None => "nothing that is written here is one: refer to a value of that type",
        }
    }
}

/// What is wrong with a value that is `written` for the need `name` of one of these types: an empty message if nothing is.
pub const fn unfit(lists: &[&[Needed]], name: &str, written: &str, literal: Literal) -> Message {
    let mut index = 0;
    while index < lists.len() {
        let mut at = 0;
        while at < lists[index].len() {
            let need = &lists[index][at];
            if equal(need.name.as_bytes(), name.as_bytes()) && !literal.fits(need.literal) {
                let message = Message::NONE.and("`").and(written).and("` is supplied where a `").and(need.ty);
                return message.and("` is needed: ").and(need.literal.mend());
            }
            at += 1;
        }
        index += 1;
    }
    Message::NONE
}
