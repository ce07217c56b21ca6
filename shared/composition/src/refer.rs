//! Typed markers by which the compiler itself checks the references of a declaration.
//!
//! Each view has a companion whose members are [`Part`]s. `{profile.segment}` expands to a member access on companions, so
//! rustc names an unknown part and lists those there are. Whether a part is optional, or fit for a URL, is decided here by
//! traits, never by the spelling of a type. Nothing of this exists at run time: all markers have size zero.

mod bounds;
mod function;
mod literal;
mod needs;

use std::marker::PhantomData;

use crate::shape::Shaped;

pub use self::bounds::{HasElements, HasNumbers, HasTexts, bounds_a_list, bounds_a_number, bounds_a_text};
pub use self::function::{
    Condition, Made, MayMake, Nullness, Skippable, argument, decides, heads, is_option, makes, may_be_skipped, result,
};
pub use self::literal::{Literal, unfit};
pub use self::needs::{
    MaySupply, Message, Needed, NeedsNothing, NeedsOf, SuppliedAs, needs_of, some_need, supplies, unsupplied,
};

/// The value is always there.
#[derive(Debug, Clone, Copy)]
pub struct Sure;

/// The value may be null, or its call may fail.
#[derive(Debug, Clone, Copy)]
pub struct Maybe;

/// A part of type `T`; `N` is [`Maybe`] if something on the way to it may be null.
#[derive(Debug)]
pub struct Part<T, N>(PhantomData<fn() -> (T, N)>);

impl<T, N> Part<T, N> {
    /// The marker.
    pub const NEW: Part<T, N> = Part(PhantomData);
}

impl<T, N> Clone for Part<T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, N> Copy for Part<T, N> {}

/// A type with parts that a reference can name: a view, or an optional or boxed one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no parts that a reference could name",
    note = "only a view has: a struct with `#[view]`. A list, a map, a string or a number has none"
)]
pub trait HasParts {
    /// The companion.
    type Parts<N>;

    /// The companion's value.
    fn parts<N>() -> Self::Parts<N>;
}

impl<T: HasParts> HasParts for Option<T> {
    type Parts<N> = T::Parts<Maybe>;
    fn parts<N>() -> T::Parts<Maybe> {
        T::parts()
    }
}

impl<T: HasParts> HasParts for Box<T> {
    type Parts<N> = T::Parts<N>;
    fn parts<N>() -> T::Parts<N> {
        T::parts()
    }
}

/// Steps into a part: `{profile.address.city}` is `open(open(of.profile).address).city`.
pub fn open<T: HasParts, N>(_: Part<T, N>) -> T::Parts<N> {
    T::parts()
}

/// A type whose value can stand in a URL or a header as text.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot stand in a URL or a header",
    note = "a string, a number, a boolean or an enum can; of a view, name a part: `{{field.part}}`; a list cannot"
)]
pub trait InUrl {
    /// [`Maybe`] if it may be null, else `N`.
    type Null<N>;
}

macro_rules! in_url {
    ($($t:ty),*) => {$( impl InUrl for $t { type Null<N> = N; } )*};
}
in_url!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String);

impl<T: InUrl> InUrl for Option<T> {
    type Null<N> = Maybe;
}

impl<T: InUrl> InUrl for Box<T> {
    type Null<N> = T::Null<N>;
}

/// Checks that the part can stand in a URL, for a call whose field has nullness `Field`; the part must not be
/// optional where the field is required.
pub fn feeds<Field, T: InUrl, N>(_: Part<T, N>)
where
    T::Null<N>: MayFeed<Field>,
{
}

/// Checks that the part can stand in a URL, whatever its nullness: a request's optional input, whose query parameter or
/// header is left out when it is not given.
pub fn fits<T: InUrl, N>(_: Part<T, N>) {}

/// [`feeds`] for a body, where a whole object or list can stand.
pub fn feeds_a_body<Field, T: Shaped, N>(_: Part<T, N>)
where
    T::Null: MayFeed<Field>,
    N: MayFeed<Field>,
{
}

/// Takes a part of any type: what a request says can be sent on in a body whatever it is.
pub fn is_there<T, N>(_: Part<T, N>) {}

/// Whether a value of this nullness may feed a call whose field has nullness `Field`.
#[diagnostic::on_unimplemented(
    message = "a required call refers to an optional value",
    label = "this call is required, and what it refers to may be null",
    note = "make the call's field an `Option`, give it a default with `or = …`, or make the value that it refers to required"
)]
pub trait MayFeed<Field> {}
impl MayFeed<Sure> for Sure {}
impl MayFeed<Maybe> for Sure {}
impl MayFeed<Maybe> for Maybe {}

/// Checks that `T` is an `Option`: what `absent = […]` needs.
pub fn absent_needs_an_option<T: CanBeAbsent>() {}

/// A type that can say "there is none".
#[diagnostic::on_unimplemented(
    message = "`absent` needs an `Option`, and this field is `{Self}`",
    note = "`absent = […]` makes a status mean \"there is none\": write `Option<{Self}>`, or use `pass = […]` to answer with that status"
)]
pub trait CanBeAbsent {}
impl<T> CanBeAbsent for Option<T> {}

/// Checks that a field of nullness `N` is required: what `pass = […]` and `or = …` need.
pub fn needs_a_required_field<N: RequiredField>() {}

/// The nullness of a required field.
#[diagnostic::on_unimplemented(
    message = "`pass` and `or` need a required field, and this one is an `Option`",
    note = "an optional field is null when its call fails: drop the `Option`, or drop `pass` or `or`"
)]
pub trait RequiredField {}
impl RequiredField for Sure {}

/// Checks that the field of a write is required.
pub fn a_write_is_required<N: Written>() {}

/// The nullness of a field that a write fills.
#[diagnostic::on_unimplemented(
    message = "a write's field cannot be an `Option`",
    label = "this is an `Option`",
    note = "whether the write happened is not a part that an answer can leave out: drop the `Option`, and the endpoint fails when the write does"
)]
pub trait Written {}
impl Written for Sure {}

/// Checks that a field of an answer without a body shows nothing.
pub fn in_no_body<T: NoValue>() {}

/// A type without a value: what an answer without a body may show.
#[diagnostic::on_unimplemented(
    message = "an answer with 204 or 205 has no body, and a `{Self}` would be in it",
    label = "this has a value",
    note = "hide the field with `#[hidden]`, make it a `()` if the call's success is all there is to know, or answer with 200 or 201"
)]
pub trait NoValue {}
impl NoValue for () {}
impl<T: NoValue> NoValue for Option<T> {}

/// Checks that an input of nullness `N` is always there: what a parameter of the path needs.
pub fn always_in_the_path<N: AlwaysThere>() {}

/// The nullness of a value that is always there.
#[diagnostic::on_unimplemented(
    message = "a path parameter cannot be optional",
    label = "this is an `Option`",
    note = "the path matches only with the parameter in it: drop the `Option`, or make it a `#[query]`"
)]
pub trait AlwaysThere {}
impl AlwaysThere for Sure {}

/// A type that an element of a batch's answer can fill: a view, or an optional or boxed one.
#[diagnostic::on_unimplemented(
    message = "a batch cannot fill a `{Self}`",
    label = "this is neither a view nor an `Option` of one",
    note = "each object gets the one element that has its key: make the field a view (a struct with `#[view]`) or an `Option` of one; for a list or a plain value, write `each(at_once = 8)`"
)]
pub trait OneOfABatch {
    /// The view itself.
    type View: HasParts;
}

impl<T: OneOfABatch> OneOfABatch for Option<T> {
    type View = T::View;
}

impl<T: OneOfABatch> OneOfABatch for Box<T> {
    type View = T::View;
}

/// The companion of the elements that fill a `T`, each of which is there.
pub type ElementOf<T> = <<T as OneOfABatch>::View as HasParts>::Parts<Sure>;

/// The companion's value.
pub fn element_of_a_batch<T: OneOfABatch>() -> ElementOf<T> {
    <T::View as HasParts>::parts()
}

/// [`feeds`] for the key of a batch.
pub fn feeds_a_batch<Field, T: BatchKey, N>(_: Part<T, N>)
where
    T::Null<N>: MayFeed<Field>,
{
}

/// Checks that the elements of a batch's answer can be matched by the part.
pub fn matches_key<T: BatchKey, N>(_: Part<T, N>)
where
    T::Null<N>: InEveryElement,
{
}

/// A type whose values can be keys of a batch: each is written in one way.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be the key of a batch",
    note = "a key is a string, a whole number or an enum; of a view, name a part: `product.id`"
)]
pub trait BatchKey: InUrl {}

macro_rules! keys {
    ($($t:ty),*) => {$( impl BatchKey for $t {} )*};
}
keys!(i8, i16, i32, i64, u8, u16, u32, u64, String);

impl<T: BatchKey> BatchKey for Option<T> {}
impl<T: BatchKey> BatchKey for Box<T> {}

/// The nullness of a value that every element of a batch's answer has.
#[diagnostic::on_unimplemented(
    message = "a batch is matched by a value that may be null",
    label = "this, or something on the way to it, is an `Option`",
    note = "every element must have its key: drop the `Option`, or match by another value"
)]
pub trait InEveryElement {}
impl InEveryElement for Sure {}

/// A view itself, perhaps boxed: what serde's `flatten` and the variants of a tagged enum take.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot stand here: only a view itself can",
    label = "this is no struct with `#[view]`",
    note = "the members of a flattened field, or of a variant, stand beside others, and all of them are known and there: an `Option`, a list, a map, an enum or a `Raw` needs a field of its own"
)]
pub trait WholeView {}
impl<T: WholeView> WholeView for Box<T> {}
