//! The checks of what views need and of what supplies it: that it is there, by names, in constants; and that it is of the
//! right type, by markers.

use super::{Literal, Maybe, Part, Sure};
use crate::declare::equal;
use crate::shape::Shaped;

/// One need, as the compiler knows it.
#[derive(Debug, Clone, Copy)]
pub struct Needed {
    /// Its name.
    pub name: &'static str,
    /// Its type, as it is written.
    pub ty: &'static str,
    /// Whether the type is an `Option`.
    pub optional: bool,
    /// What can be written for it.
    pub literal: Literal,
}

/// What the views in a type need: a companion with a part and a function for each need.
pub trait NeedsOf: Copy {
    /// All of it, in declaration order.
    const LIST: &'static [Needed];
    /// The companion's value.
    const NEW: Self;
}

/// Of a type that needs nothing.
#[derive(Debug, Clone, Copy)]
pub struct NeedsNothing;

impl NeedsOf for NeedsNothing {
    const LIST: &'static [Needed] = &[];
    const NEW: NeedsNothing = NeedsNothing;
}

/// The companion of what the views in `T` need.
pub fn needs_of<T: Shaped>() -> T::Needs {
    T::Needs::NEW
}

/// Checks that the part may be supplied for a need of type `Need`.
pub fn supplies<Need: Shaped, T: SuppliedAs<Need>, N: MaySupply<Need::Null>>(_: Part<T, N>) {}

/// A type whose values can be supplied where a `Need` is needed: the type itself, or what an `Option` is of.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is supplied where a `{Need}` is needed",
    label = "this is a `{Self}`",
    note = "supply a value of the type that is needed; what may be null can be supplied only where an `Option` is needed"
)]
pub trait SuppliedAs<Need> {}
impl<T> SuppliedAs<T> for T {}
impl<T> SuppliedAs<Option<T>> for T {}

/// Whether a value of this nullness may be supplied for a need whose nullness is `Need`.
#[diagnostic::on_unimplemented(
    message = "an optional value is supplied for a required need",
    label = "this, or something on the way to it, may be null",
    note = "make the need an `Option`, which is then null and skips what refers to it, or make the value that is supplied required"
)]
pub trait MaySupply<Need> {}
impl MaySupply<Sure> for Sure {}
impl MaySupply<Maybe> for Sure {}
impl MaySupply<Maybe> for Maybe {}

/// Whether something in these lists is called `name`.
pub const fn some_need(lists: &[&[Needed]], name: &str) -> bool {
    let mut index = 0;
    while index < lists.len() {
        let mut at = 0;
        while at < lists[index].len() {
            if equal(lists[index][at].name.as_bytes(), name.as_bytes()) {
                return true;
            }
            at += 1;
        }
        index += 1;
    }
    false
}

/// What a field's type needs that nothing gives it: an empty message if there is no such thing. `user` is the struct that has the
/// field, and `mend` says how to mend it.
pub const fn unsupplied(list: &[Needed], given: &[&str], user: &str, mend: &str) -> Message {
    let mut message = Message::NONE;
    let mut index = 0;
    while index < list.len() {
        let need = &list[index];
        if !need.optional && !contains(given, need.name) {
            message = message.and(if message.is_empty() { "nothing supplies " } else { ", " });
            message = message.and("`").and(need.name).and("` (`").and(need.ty).and("`)");
        }
        index += 1;
    }
    if message.is_empty() { message } else { message.and(", which this needs of `").and(user).and("`: ").and(mend) }
}

const fn contains(names: &[&str], wanted: &str) -> bool {
    let mut at = 0;
    while at < names.len() {
        if equal(names[at].as_bytes(), wanted.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

/// A text that is put together when the crate is built; what is longer than there is room for is cut off.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    text: [u8; Message::MOST],
    length: usize,
}

impl Message {
    const MOST: usize = 1024;

    /// Whether there is nothing to say.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The text.
    pub const fn text(&self) -> &str {
        let (text, _) = self.text.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            // Only names that are no ASCII can be cut in the middle of a letter.
            Err(_) => "something that is needed is not supplied",
        }
    }

    pub(super) const NONE: Message = Message { text: [0; Message::MOST], length: 0 };

    pub(super) const fn and(mut self, more: &str) -> Message {
        let more = more.as_bytes();
        let mut at = 0;
        while at < more.len() && self.length < Message::MOST {
            self.text[self.length] = more[at];
            self.length += 1;
            at += 1;
        }
        self
    }
}
