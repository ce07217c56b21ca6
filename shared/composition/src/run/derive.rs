//! Fields that no request fills, and conditions: what functions and headers make of what is known.

use bytes::Bytes;

use super::requests::Waiting;
use super::{Fatal, Runner, Settled};
use crate::outcome::{Failure, Reason};
use crate::plan::{Derivation, PlannedApplication, Source};
use crate::project::{Projected, quoted};
use crate::render::{NotMade, Value};
use crate::shape::Shape;

/// What became of a field that no request fills.
enum Made {
    /// This JSON.
    Value(Bytes),
    /// There is nothing to make it of.
    Null,
    /// What it is made of is missing because a call failed.
    Depends(Failure),
    /// It cannot be made of this. The text is for the log.
    Unfit(String),
}

impl Runner<'_> {
    /// Fills a field that no request fills, for each object.
    pub(super) fn derive(&mut self, call: usize, how: &Derivation, waiting: Vec<Waiting>) -> Result<(), Fatal> {
        for (number, who) in waiting.into_iter().enumerate() {
            let made = match how {
                Derivation::Header { field, number, .. } => self.header(who, call, *field, *number),
                Derivation::Computed(application) => self.apply(who, application),
            };
            let projected = match made {
                Made::Value(json) => self.projected(call, &json),
                Made::Null => {
                    self.refuse(who.0, who.1, &NotMade::Null)?;
                    continue;
                }
                Made::Depends(failure) => {
                    self.doing.signals.depends(self.doing.plan, who.0);
                    self.fail(who.0, who.1, failure.dependency())?;
                    continue;
                }
                Made::Unfit(why) => Err(why),
            };
            match projected {
                Ok(projected) => {
                    let entry = self.state.answer(self.doing.plan, (call, number), projected).start;
                    self.state.fill(self.doing.plan, who, entry);
                }
                Err(why) => self.unfit(who, &why)?,
            }
        }
        Ok(())
    }

    /// Whether a call is to be made for an object: its condition holds, or it has none. Who must do without is settled.
    pub(super) fn is_wanted(&mut self, who: Waiting) -> Result<bool, Fatal> {
        let plan = self.doing.plan;
        let Some(when) = &plan.call_of(who.0).when else { return Ok(true) };
        match self.apply(who, when) {
            Made::Value(answer) if answer == "true" => return Ok(true),
            Made::Value(_) | Made::Null => self.refuse(who.0, who.1, &NotMade::Null)?,
            Made::Depends(failure) => {
                self.doing.signals.depends(plan, who.0);
                self.fail(who.0, who.1, failure.dependency())?;
            }
            Made::Unfit(why) => self.unfit(who, &why)?,
        }
        Ok(false)
    }

    /// Calls a person's function. An argument that may be nothing is nothing when its call failed, too.
    fn apply(&self, who: Waiting, application: &PlannedApplication) -> Made {
        let mut values: Vec<Value> = Vec::with_capacity(application.arguments.len());
        let mut null = false;
        for &(source, optional) in &application.arguments {
            let value = self.value(who, source);
            if value.is_none() && !optional {
                if let Some(failure) = self.failure_of(who, source) {
                    return Made::Depends(failure);
                }
                null = true;
            }
            values.push(value);
        }
        if null {
            return Made::Null;
        }
        application.function.call(&values).map_or_else(Made::Unfit, |json| Made::Value(json.into()))
    }

    /// The failure because of which an object has no such value.
    fn failure_of(&self, who: Waiting, source: Source) -> Option<Failure> {
        let plan = self.doing.plan;
        let (site, field) = match source {
            Source::Noted { field, .. } => (plan.nodes[who.0].site, field),
            Source::NotedOf { site, field, .. } => (site, field),
            _ => return None,
        };
        self.failure_for(who, plan.node_at(site, field)?)
    }

    /// Reads a header of another call's answer as its field's type says.
    fn header(&self, who: Waiting, call: usize, field: usize, number: usize) -> Made {
        let plan = self.doing.plan;
        let shape = &plan.calls[call].shape;
        let source = plan.node_at(plan.nodes[who.0].site, field);
        // A default has no head, whatever it stands in for.
        if let Some(Settled::Failed(failure)) = source.and_then(|source| self.state.settled[source].get(who.1)) {
            return Made::Depends(*failure);
        }
        match self.value(who, Source::Noted { field, number }) {
            Some(text) => of_header(&text, shape.unwrap_nullable().0).map_or_else(Made::Unfit, Made::Value),
            None if shape.is_nullable() => Made::Null,
            None => Made::Unfit("the answer lacks the header".to_owned()),
        }
    }

    fn projected(&self, call: usize, json: &Bytes) -> Result<Vec<Projected>, String> {
        let programs = self.doing.plan.calls[call].programs.iter();
        programs.map(|program| program.run_bare(json)).collect::<Result<_, _>>().map_err(|error| error.to_string())
    }

    fn unfit(&mut self, (node, item): Waiting, why: &str) -> Result<(), Fatal> {
        let doing = self.doing;
        doing.signals.failed(doing.plan, node, doing.context, Reason::Shape, None, why);
        self.fail(node, item, Failure::new(Reason::Shape))
    }
}

/// A header's text as JSON; whether it is what the type says is for the projection.
fn of_header(text: &Bytes, shape: &Shape) -> Result<Bytes, String> {
    let visible = text.iter().all(|byte| (b' '..=b'~').contains(byte));
    let text = std::str::from_utf8(text).ok().filter(|_| visible);
    let Some(text) = text else { return Err("the header has characters that are no visible ASCII".to_owned()) };
    match shape {
        Shape::Text | Shape::Enum(_) => Ok(quoted(text).into()),
        _ if matches!(text, "" | "null") => Err(format!("the header is {text:?}")),
        _ => Ok(Bytes::copy_from_slice(text.as_bytes())),
    }
}
