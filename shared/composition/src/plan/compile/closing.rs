//! What can only be said once every call is known: defaults, what each top-level field waits for, and the parameters.

use bytes::Bytes;

use super::Compiler;
use crate::declare::Param;
use crate::inputs;
use crate::plan::{Parameter, PlannedFan, TopField};

impl Compiler<'_> {
    /// A default is projected as a body would be.
    pub(super) fn defaults(&mut self) {
        for index in 0..self.calls.len() {
            let (object, field) = (self.shared[index].object, self.shared[index].field);
            let field = &self.shapes.get(object).fields[field];
            let Some(json) = field.call.as_ref().and_then(|call| call.or.as_ref()) else { continue };
            let call = &self.calls[index];
            if call.sites.iter().any(|sites| !sites.is_empty()) {
                let reason =
                    format!("`{}` has a default, and calls inside it would never be made; drop `or`", field.rust);
                self.error(reason);
                continue;
            }
            // A batch's program takes lists: its default is a list of one.
            let body = if matches!(call.fan, PlannedFan::Batch { .. }) { format!("[{json}]") } else { json.clone() };
            let body = Bytes::from(body);
            match call.programs.iter().map(|program| program.run_bare(&body)).collect() {
                Ok(projected) => self.calls[index].default = Some(projected),
                Err(error) => self.error(format!("the default of `{}` does not fit its own type: {error}", field.rust)),
            }
        }
    }

    /// The top-level fields, each with all the calls below it.
    pub(super) fn fields(&self) -> Vec<TopField> {
        let Some(outermost) = self.sites.first() else { return Vec::new() };
        let field = |(number, (&(node, _), key)): (usize, (&(usize, usize), &String))| {
            let mut calls = vec![self.nodes[node].call];
            let mut next = 0;
            while let Some(&call) = calls.get(next) {
                let sites = self.calls[call].sites.iter().flatten();
                for below in sites.flat_map(|&site| &self.sites[site].nodes).flatten() {
                    let call = self.nodes[*below].call;
                    if !calls.contains(&call) {
                        calls.push(call);
                    }
                }
                next += 1;
            }
            TopField { key: (number >= outermost.unseen).then(|| key.clone()), node, calls }
        };
        outermost.outputs.iter().zip(&outermost.output_keys).enumerate().map(field).collect()
    }

    /// The parameters, with their clients' names. A default is held to what a client is held to.
    pub(super) fn params(&mut self) -> Vec<Parameter> {
        let one = |param: &Param| Parameter {
            place: param.place,
            name: param.renamed.clone().unwrap_or_else(|| self.naming.apply(&param.rust)),
            rust: param.rust.clone(),
            doc: param.doc.clone(),
            shape: param.shape.clone(),
            default: param.default.clone(),
            bounds: param.bounds.clone(),
        };
        let params: Vec<Parameter> = self.declaration.params.iter().map(one).collect();
        for param in &params {
            if let Some(why) = inputs::unfit_default(param, self.shapes) {
                let name = &param.rust;
                self.error(format!("the default of `{name}` is not what a request may say there: {why}; change the default or the bounds"));
            }
        }
        params
    }
}
