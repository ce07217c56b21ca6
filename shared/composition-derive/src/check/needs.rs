//! What a view says that it needs, and what is supplied: each has a use. What needs types is for rustc: see `expand::needs`.

use crate::ast::{Called, Supply};
use crate::errors::Errors;
use crate::reference::{Reference, Root};
use crate::words::{did_you_mean, list};

/// A reference to a need is one that the view says it has.
pub(crate) fn reference(of: Called<'_>, reference: &Reference, errors: &mut Errors) {
    let (first, written) = (&reference.names[0], reference.written());
    let names = || of.view.needs.iter().map(|need| need.name.as_str());
    if of.endpoint.is_some() {
        errors.at_span(first.span, format!(
            "`{written}`: only a view is given what it needs by others: refer to an input, to `caller` or to a field"
        ));
        return;
    }
    let Some(name) = reference.names.get(1) else {
        errors.at_span(first.span, format!("`{written}` names no part: write `needs.` and the name of a need"));
        return;
    };
    if names().any(|need| need == name.text) {
        return;
    }
    let (need, view) = (&name.text, &of.view.item.ident);
    let near = did_you_mean(need, names());
    let said = if of.view.needs.is_empty() { String::new() } else { format!(" (it needs {})", list(names())) };
    errors.at_span(first.span, format!(
        "`{written}`: `{view}` does not say that it needs `{need}`{near}{said}: write `#[view(needs({need}: String))]`, with the type that it has"
    ));
}

impl Called<'_> {
    /// Whether a call, a function or a supply of the struct itself refers to the need.
    pub(crate) fn uses_need(&self, name: &str) -> bool {
        let is_it = |reference: &&Reference| {
            reference.root() == Root::Needs && reference.names.get(1).is_some_and(|need| need.text == name)
        };
        let supply = self.view.supply.iter().filter_map(Supply::reference);
        (0..self.view.fields.len()).flat_map(|field| self.references(field)).chain(supply).any(|other| is_it(&other))
    }
}
