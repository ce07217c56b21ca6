//! Which bounds a type can have: checked by the compiler, at the bound.
//!
//! A list's length is its own; all other bounds of a list, a map, an `Option` or a `Box` are those of what is in it.

use std::collections::{BTreeMap, HashMap};

/// Checks that `min` and `max` have something to bound.
pub fn bounds_a_number<T: HasNumbers>() {}

/// Checks that `min_length` and `max_length` have something to bound.
pub fn bounds_a_text<T: HasTexts>() {}

/// Checks that `min_items` and `max_items` have something to bound.
pub fn bounds_a_list<T: HasElements>() {}

/// A number, or what has numbers in it.
#[diagnostic::on_unimplemented(
    message = "`min` and `max` bound numbers, and a `{Self}` is none",
    label = "this bounds a number",
    note = "of a text, write `min_length` and `max_length`; of a list, `min_items` and `max_items`; a view's fields have bounds of their own"
)]
pub trait HasNumbers {}

/// Text, or what has texts in it.
#[diagnostic::on_unimplemented(
    message = "`min_length` and `max_length` bound text, and a `{Self}` is none",
    label = "this bounds the characters of a text",
    note = "of a number, write `min` and `max`; of a list, `min_items` and `max_items`; a view's fields have bounds of their own"
)]
pub trait HasTexts {}

/// A list, or what has one in it.
#[diagnostic::on_unimplemented(
    message = "`min_items` and `max_items` bound lists, and a `{Self}` is none",
    label = "this bounds the elements of a list",
    note = "of a number, write `min` and `max`; of a text, `min_length` and `max_length`; a view's fields have bounds of their own"
)]
pub trait HasElements {}

impl<T> HasElements for Vec<T> {}
impl HasTexts for String {}

macro_rules! numbers {
    ($($t:ty),*) => {$( impl HasNumbers for $t {} )*};
}
numbers!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

macro_rules! inside {
    ($($bound:ident),*) => {$(
        impl<T: $bound> $bound for Option<T> {}
        impl<T: $bound> $bound for Box<T> {}
        impl<T: $bound> $bound for BTreeMap<String, T> {}
        impl<T: $bound> $bound for HashMap<String, T> {}
    )*};
}
inside!(HasNumbers, HasTexts, HasElements);

impl<T: HasNumbers> HasNumbers for Vec<T> {}
impl<T: HasTexts> HasTexts for Vec<T> {}
