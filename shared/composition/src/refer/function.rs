//! The checks of what a person's function is given, and the reading and writing of its values.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{InUrl, Maybe, Part, Sure};
use crate::shape::Shaped;

/// What a value's own nullness leaves of that of the way to it: a function that takes an `Option` may be given nothing.
pub trait Nullness {
    /// Whether the type is an `Option`.
    const OPTION: bool;
    /// The nullness that is left.
    type Left<N>;
}

impl Nullness for Sure {
    const OPTION: bool = false;
    type Left<N> = N;
}

impl Nullness for Maybe {
    const OPTION: bool = true;
    type Left<N> = Sure;
}

/// Whether what has this nullness may make a field whose nullness is `Field`.
#[diagnostic::on_unimplemented(
    message = "a required field is made of an optional value",
    label = "this may be null, and the field cannot",
    note = "make the field an `Option`, or make what it is made of required; a function can take an `Option` as it is"
)]
pub trait MayMake<Field> {}
impl MayMake<Sure> for Sure {}
impl MayMake<Maybe> for Sure {}
impl MayMake<Maybe> for Maybe {}

/// Checks that the part may be an argument for a field of nullness `Field`.
pub fn makes<Field, T: Shaped<Null: Nullness>, N>(_: Part<T, N>)
where
    <T::Null as Nullness>::Left<N>: MayMake<Field>,
{
}

/// Checks that the head of the call that fills the part may make a field of type `Ty`.
pub fn heads<Ty: Shaped + InUrl, T: Shaped, N>(_: Part<T, N>)
where
    T::Null: MayMake<<Ty as Shaped>::Null>,
{
}

/// Whether the part's own type is an `Option`.
pub fn is_option<T: Shaped<Null: Nullness>, N>(_: Part<T, N>) -> bool {
    T::Null::OPTION
}

/// Reads the argument with this number; the part says of which type it is.
pub fn argument<T: DeserializeOwned, N>(_: Part<T, N>, values: &[Option<Bytes>], number: usize) -> Result<T, String> {
    let json = values.get(number).and_then(Option::as_ref).map_or(&b"null"[..], |value| value);
    serde_json::from_slice(json).map_err(|error| format!("argument {}: {error}", number + 1))
}

/// Writes a function's result.
pub fn result<T: Serialize>(value: &T) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

/// What a function returns, as its field has it: the very type, or what an `Option` is of.
#[diagnostic::on_unimplemented(
    message = "a function to `{Self}` cannot make a `{Field}`",
    label = "it returns a `{Self}`",
    note = "let it return the type of the field, or, for an `Option`, what is in it"
)]
pub trait Made<Field> {
    /// The field's value.
    fn made(self) -> Field;
}

impl<T> Made<T> for T {
    fn made(self) -> T {
        self
    }
}

impl<T> Made<Option<T>> for T {
    fn made(self) -> Option<T> {
        Some(self)
    }
}

/// Checks that the part can be a condition by itself.
pub fn decides<T: Condition, N>(_: Part<T, N>) {}

/// A type that can be a condition.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is no condition",
    note = "a condition is a `bool` or an `Option<bool>`, or a function to `bool`: `when = is_premium(profile.tier)`"
)]
pub trait Condition {}
impl Condition for bool {}
impl Condition for Option<bool> {}

/// Checks that a call whose field has nullness `Field` may be skipped.
pub fn may_be_skipped<Field: Skippable>() {}

/// The nullness of a field that can do without its call.
#[diagnostic::on_unimplemented(
    message = "`when` needs an `Option`, or a default",
    label = "the call may be skipped, and the field is required",
    note = "a call whose condition is false is not made: make the field an `Option`, which is then null, or give it a default with `or = …`"
)]
pub trait Skippable {}
impl Skippable for Maybe {}
