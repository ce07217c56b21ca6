//! What makes a field that no request fills, and what decides whether a call is made.

use super::Compiler;
use super::sources::written;
use crate::calls;
use crate::declare::{Application, Derived, Fan};
use crate::plan::{Derivation, PlannedApplication, PlannedCall, PlannedFan};
use crate::shape::ObjectShape;

impl Compiler<'_> {
    /// What stands in for the call of a field that has none.
    pub(super) fn derived(&mut self, object: &ObjectShape, field: usize) -> PlannedCall {
        let shape = &object.fields[field];
        let (derivation, backend) = match &shape.derived {
            Some(Derived::Header { of, name }) => {
                let source = calls::field_of(object, of).filter(|&field| object.fields[field].call.is_some());
                let call = source.and_then(|source| Some((source, object.fields[source].call.as_ref()?)));
                let Some((source, call)) = call else {
                    self.error(format!(
                        "`{}` is read from the head of `{}`, which no call fills",
                        shape.rust,
                        written(of)
                    ));
                    return PlannedCall::default();
                };
                let before = self.noted(object, source).len() + usize::from(matches!(call.fan, Fan::Batch { .. }));
                let number = calls::noted_headers(object, source).iter().position(|other| *other == name).unwrap_or(0);
                let written = format!("{name} of {}", written(of));
                (Some(Derivation::Header { field: source, number: before + number, written }), call.backend.clone())
            }
            Some(Derived::Computed(application)) => {
                (self.application(object, application).map(Derivation::Computed), String::new())
            }
            None => (None, String::new()),
        };
        let fan = derivation.map_or(PlannedFan::One, PlannedFan::Derived);
        PlannedCall { backend, fan, shape: shape.shape.clone(), ..PlannedCall::default() }
    }

    /// A function with its arguments resolved. What is wrong with them has been said.
    pub(super) fn application(&mut self, object: &ObjectShape, of: &Application) -> Option<PlannedApplication> {
        let mut arguments = Vec::with_capacity(of.arguments.len());
        for argument in &of.arguments {
            let (source, _) = self.source(object, &argument.reference)?;
            arguments.push((source, argument.optional));
        }
        let given: Vec<String> = of.references().map(|reference| self.shown(reference)).collect();
        let (name, given) = (of.function.name, given.join(", "));
        let written = if name.is_empty() { given } else { format!("{name}({given})") };
        Some(PlannedApplication { function: of.function, arguments, written })
    }
}
