//! A handler for a terminal: what is known of it before it runs.

use super::Handler;
use crate::plan::head_drawn;

impl Handler {
    /// What is known of it: its head as a plan's, and the backends that it may call.
    pub fn draw(&self) -> String {
        let route = format!("{}  {} {}", self.name, self.method, self.path);
        let calls = match self.backends.as_slice() {
            [] => "it may call no backend".to_owned(),
            backends => format!("it may call {}", backends.join(", ")),
        };
        format!(
            "{}\n└─ an async function: its calls are not known before it runs; {calls}\n",
            head_drawn(&route, self.deadline, &self.access, &self.moved)
        )
    }
}
