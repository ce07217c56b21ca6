//! How often a call is made: in a view it says so, in a composition it is made once.

use crate::ast::{Call, Fan};
use crate::errors::Errors;

/// An answer is one object, so there is nothing to batch.
pub(crate) fn in_a_composition(of: &Call, errors: &mut Errors) {
    if let Some(Fan { word, .. }) = &of.fan {
        errors.at(word, format!(
            "the calls of a `#[composition]` are made once for the whole answer: drop `{word}(…)`; it is for the calls of a `#[view]`, which may stand in a list"
        ));
    }
}

/// A view may stand in a list, where a call without a thought is a call for each item.
pub(crate) fn in_a_view(of: &Call, errors: &mut Errors) {
    if of.fan.is_none() {
        errors.at(
            &of.backend,
            "a view may stand in a list, so its call says how often it is made: add `batch(ids = product_id, by = id)` for one call for all of them, or `each(at_once = 8)` for one call for each",
        );
    }
    if let Some(pass) = &of.pass {
        errors.at(
            &pass.word,
            "`pass` cannot stand in a view: the 404 of one item never becomes the answer's; write `absent = […]` on an `Option` where there may be none, or drop it",
        );
    }
    // Its keys have one parameter, and it is no other's.
    if let Some(batch) = of.batch() {
        if batch.parameter.is_empty() {
            errors.at_span(batch.parameter_span, "a query parameter needs a name");
        }
        if let Some(entry) = of.query.iter().find(|entry| entry.name == batch.parameter) {
            errors.at_span(
                entry.name_span,
                format!("the query parameter `{}` already carries the keys of the batch: drop this one", entry.name),
            );
        }
    }
}
