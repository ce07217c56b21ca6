//! What the random declarations have in them, so that none of it goes missing unnoticed. Of what a declaration can say they lack what comes
//! from a client (inputs, claims) and what is said to it (the head of an answer).

use http::Method;
use trefoil_composition::declare::{Access, Call, Derived, Fan, Function, Root};
use trefoil_composition::shape::{FieldShape, Shape};

use crate::backends::Backends;
use crate::check::{outermost, recursive, shows_something};
use crate::generate::is_given;
use crate::numbers::Numbers;

type Has = fn(&Backends) -> bool;

/// Each construct, and how to see it.
const CONSTRUCTS: [(&str, Has); 33] = [
    ("a write", |case| case.declaration.method != Method::GET),
    ("a write under a key", |case| case.declaration.idempotency.is_some()),
    ("a write made of an earlier result", |case| {
        call(case, |call| call.is_write() && call.references().next().is_some())
    }),
    ("a kept read beside a write", |case| {
        case.declaration.method != Method::GET && call(case, |call| call.cache.is_some())
    }),
    ("an answer that is one value", |case| case.declaration.root && shows_something(case)),
    ("an answer that is a list", |case| {
        case.declaration.root && outermost(case).shown().any(|field| is_list(&field.shape))
    }),
    ("an answer without a body", |case| !shows_something(case)),
    ("a public endpoint", |case| case.declaration.access == Access::Public),
    ("a hidden call", |case| field(case, |field| field.hidden && field.call.is_some() && !field.shape.is_nothing())),
    ("a hidden member", |case| field(case, |field| field.hidden && !field.is_filled())),
    ("a call for its effect", |case| field(case, |field| field.shape == Shape::Nothing)),
    ("a call for its effect, optional", |case| {
        field(case, |field| field.shape.is_nothing() && field.shape.is_nullable())
    }),
    ("a computed field", |case| field(case, |field| matches!(field.derived, Some(Derived::Computed(_))))),
    ("a header as a field", |case| field(case, |field| matches!(field.derived, Some(Derived::Header { .. })))),
    ("a batch", |case| call(case, |call| matches!(call.fan, Fan::Batch { .. }))),
    ("a call for each", |case| call(case, |call| matches!(call.fan, Fan::Each { .. }))),
    ("a flag as a condition", |case| {
        call(case, |call| call.when.iter().any(|when| when.function == Function::THE_VALUE))
    }),
    ("a function as a condition", |case| {
        call(case, |call| call.when.iter().any(|when| when.function != Function::THE_VALUE))
    }),
    ("a default", |case| call(case, |call| call.or.is_some())),
    ("a status that means there is none", |case| call(case, |call| !call.absent.is_empty())),
    ("a status that is passed on", |case| call(case, |call| !call.pass.is_empty())),
    ("a call that is kept for its caller", |case| call(case, |call| call.cache.iter().any(|cache| !cache.shared))),
    ("a call that is kept for all", |case| call(case, |call| call.cache.iter().any(|cache| cache.shared))),
    ("a value in an envelope", |case| call(case, |call| !call.at.is_empty())),
    ("a call made of a need", |case| field(case, is_given)),
    ("a need that the endpoint supplies", |case| outermost(case).fields.iter().any(supplies)),
    ("a need that a view between supplies", |case| {
        case.shapes.objects().any(|(_, object)| object.name != "Page" && object.fields.iter().any(supplies))
    }),
    ("a literal that is supplied", |case| {
        field(case, |field| field.supply.iter().any(|supply| supply.value.root == Root::Literal))
    }),
    ("a flattened field", |case| field(case, |field| !field.under.is_empty())),
    ("a tagged enum", |case| case.shapes.choices().next().is_some()),
    ("a raw value", |case| shape(case, |shape| matches!(shape, Shape::Raw(_)))),
    ("a map", |case| shape(case, |shape| matches!(shape, Shape::Map(_)))),
    ("a view that contains itself", recursive),
];

/// How many of so many cases have each construct.
pub(crate) fn counted(cases: usize) -> Vec<(&'static str, usize)> {
    let case = |seed: usize| {
        let mut numbers = Numbers::of(0, ("constructs", seed));
        let bytes: Vec<u8> = (0..600).flat_map(|_| numbers.next().to_le_bytes().into_iter().take(1)).collect();
        Backends::of(&bytes)
    };
    let cases: Vec<Backends> = (0..cases).map(case).collect();
    CONSTRUCTS.iter().map(|(name, has)| (*name, cases.iter().filter(|case| has(case)).count())).collect()
}

fn field(case: &Backends, is: impl Fn(&FieldShape) -> bool) -> bool {
    case.shapes.objects().flat_map(|(_, object)| &object.fields).any(is)
}

fn call(case: &Backends, is: impl Fn(&Call) -> bool) -> bool {
    field(case, |field| field.call.as_ref().is_some_and(&is))
}

fn shape(case: &Backends, is: impl Fn(&Shape) -> bool) -> bool {
    field(case, |field| {
        let mut shape = &field.shape;
        while let Shape::List(inner) | Shape::Nullable(inner) = shape {
            shape = inner;
        }
        is(shape)
    })
}

fn supplies(field: &FieldShape) -> bool {
    !field.supply.is_empty()
}

fn is_list(shape: &Shape) -> bool {
    matches!(shape.unwrap_nullable().0, Shape::List(_))
}
