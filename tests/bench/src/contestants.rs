//! Who is measured.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::Client;
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
    let quiet = ["--policy=all", "--log", NO_ACCESS_LOG];
    vec![
        yardstick("b", "bench-handwritten"),
        yardstick("r", "bench-raw"),
        trefoil("raw, no policy", "/web/raw", &["--policy=none"]),
        trefoil("projected, no policy", "/web/projected", &["--policy=none"]),
        trefoil("projected, all policy", "/web/guarded", &quiet),
        trefoil("projected, all policy, access log", "/web/guarded", &["--policy=all"]),
        trefoil("projected, all policy, retry and hedge", "/web/tried", &quiet),
        trefoil("raw, no policy, reqwest", "/web/raw", &["--policy=none", "--reqwest"]),
        trefoil("projected, no policy, reqwest", "/web/projected", &["--policy=none", "--reqwest"]),
    ]
}

/// What can do without one of the calls: waiting for it each time, and with breakers, as they are by default.
pub(crate) fn optional() -> [Contestant; 2] {
    let backend = "max_idle_connections: 512, breaker: { enabled: false }";
    let without =
        trefoil("all policy, no breakers", "/web/optional", &["--policy=all", "--log=off", "--backend", backend]);
    let [with, _] = broken();
    [without, with]
}

/// The same with breakers, and with everything else that is done to get an answer.
pub(crate) fn broken() -> [Contestant; 2] {
    let many = ["--policy=all", "--log=off", "--backend", "max_idle_connections: 512"];
    [
        trefoil("all policy", "/web/optional", &many),
        trefoil("all policy, retry and hedge", "/web/optional-tried", &many),
    ]
}

/// Two calls, and a third that has a time of its own: behind a backend that is well, and behind one that is not, what it costs when it is
/// answered and when its time runs out.
pub(crate) fn timed() -> [Contestant; 2] {
    let backend = ["--policy=none", "--backend", "breaker: { enabled: false }"];
    [trefoil("two calls", "/web/two", &backend), trefoil("three calls", "/web/timed", &backend)]
}

fn trefoil(name: &str, path: &'static str, arguments: &[&str]) -> Contestant {
    Contestant {
        name: name.to_owned(),
        yardstick: false,
        program: "bench-trefoil",
        arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
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
        let process = Process::start(self.program, &arguments, prefix, GATEWAY_CORE, 1)?;
        self.answers(process.addresses[0], surroundings.token())?;
        Ok(process)
    }

    /// Waits for the first good answer: a gateway listens before it has the issuer's keys.
    fn answers(&self, address: SocketAddr, token: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            match Client::connect(address, self.path, token, 1)?.ask() {
                Ok(_) => return Ok(()),
                Err(error) if begun.elapsed() > Duration::from_secs(30) => return Err(error),
                Err(_) => std::thread::park_timeout(Duration::from_millis(100)),
            }
        }
    }
}
