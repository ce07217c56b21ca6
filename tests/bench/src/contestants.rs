//! Who is measured.

use crate::Result;
use crate::process::{GATEWAY_CORE, Process};
use crate::surroundings::Surroundings;

/// One of those that are measured.
pub(crate) struct Contestant {
    /// What the table calls it.
    pub(crate) name: String,
    /// Whether it is one of the two that all others are measured by.
    pub(crate) yardstick: bool,
    program: &'static str,
    arguments: Vec<String>,
    /// What is asked of it.
    pub(crate) path: &'static str,
}

/// The transports, and what a backend's configuration says for each.
const TRANSPORTS: [(&str, &str); 1] = [("reqwest", "")];

/// Without a line for each request: what the targets call all policy has none.
const NO_ACCESS_LOG: &str = "info,trefoil::access=off";

/// All of them; the two yardsticks are the first.
pub(crate) fn all() -> Vec<Contestant> {
    let yardstick = |name: &str, program| Contestant {
        name: name.to_owned(),
        yardstick: true,
        program,
        arguments: Vec::new(),
        path: "/screen",
    };
    let mut all = vec![yardstick("b", "bench-handwritten"), yardstick("r", "bench-raw")];
    for transport in &TRANSPORTS {
        let quiet = ["--policy", "all", "--log", NO_ACCESS_LOG];
        all.push(trefoil("raw, no policy", transport, "/web/raw", &["--policy", "none"]));
        all.push(trefoil("projected, no policy", transport, "/web/projected", &["--policy", "none"]));
        all.push(trefoil("projected, all policy", transport, "/web/guarded", &quiet));
        all.push(trefoil("projected, all policy, access log", transport, "/web/guarded", &["--policy", "all"]));
    }
    all
}

/// Those that can do without one of the calls.
pub(crate) fn optional() -> Vec<Contestant> {
    let quiet = ["--policy", "all", "--log", "error"];
    TRANSPORTS.iter().map(|transport| trefoil("optional, all policy", transport, "/web/optional", &quiet)).collect()
}

fn trefoil(what: &str, (transport, backend): &(&str, &str), path: &'static str, more: &[&str]) -> Contestant {
    Contestant {
        name: format!("{what}, {transport}"),
        yardstick: false,
        program: "bench-trefoil",
        arguments: ["--backend", backend].iter().chain(more).map(|&word| word.to_owned()).collect(),
        path,
    }
}

impl Contestant {
    /// Starts it on the gateway's core, behind `prefix` (a tracer and its arguments, or nothing).
    pub(crate) fn start(&self, surroundings: &Surroundings, prefix: &[String]) -> Result<Process> {
        let mut arguments = self.arguments.clone();
        arguments.push(format!("--backends={}", surroundings.backends()));
        if self.program == "bench-trefoil" {
            arguments.push(format!("--issuer={}", surroundings.issuer()));
            arguments.push(format!("--collector={}", surroundings.collector()));
        }
        Process::start(self.program, &arguments, prefix, GATEWAY_CORE, 1)
    }
}
