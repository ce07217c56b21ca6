//! How often calls are tried where their declarations say nothing: their backends' clients do it, as config says. Here it is noted, so that
//! pictures and tables can say it.

use std::collections::BTreeMap;

use http::Method;
use trefoil_backend::{BackendConfig, is_idempotent};

use super::Moved;
use crate::idempotency::IDEMPOTENCY_KEY;
use crate::plan::Plan;

impl Plan {
    /// Notes what the configuration of its backends adds to it.
    pub(crate) fn note_tries(&mut self, backends: &BTreeMap<String, BackendConfig>) {
        let mut noted = Vec::new();
        for (index, call) in self.calls.iter().enumerate().filter(|(_, call)| call.is_requested()) {
            let Some(config) = backends.get(&call.backend) else { continue };
            let field = self.name_of(self.first_node(index)).to_owned();
            let attempts = config.retry.attempts;
            if call.retry.is_none() && attempts > 1 && self.is_repeatable(index) {
                noted.push(Moved::Attempts { field: field.clone(), now: attempts });
            }
            if !call.hedge && config.hedge.all && call.method == Method::GET {
                noted.push(Moved::Hedge { field });
            }
        }
        self.moved.extend(noted);
    }

    /// Whether a call may be attempted again, as it is or when its client sends a key.
    fn is_repeatable(&self, call: usize) -> bool {
        let keyed = self.write == Some(call) && self.idempotency.is_some();
        let of = &self.calls[call];
        keyed || is_idempotent(&of.method) || of.headers.iter().any(|(name, _)| *name == IDEMPOTENCY_KEY)
    }

    /// How often a call may be attempted by config, where its declaration says nothing.
    pub(crate) fn attempts_by_config(&self, call: usize) -> Option<u32> {
        let name = self.name_of(self.first_node(call));
        self.moved.iter().find_map(|moved| match moved {
            Moved::Attempts { field, now } if field == name => Some(*now),
            _ => None,
        })
    }

    /// Whether a call is hedged by config alone.
    pub(crate) fn is_hedged_by_config(&self, call: usize) -> bool {
        let name = self.name_of(self.first_node(call));
        self.moved.iter().any(|moved| matches!(moved, Moved::Hedge { field } if field == name))
    }
}
