//! The signals that end a process. One that comes twice at once counts once: a terminal, a supervisor and a shell often
//! each send it to the whole process group.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

/// The same signal again within this time is the same wish.
const ECHO: Duration = Duration::from_secs(1);

/// What asks the process to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// SIGTERM: a supervisor, which has load balancers behind it.
    Terminate,
    /// SIGINT: a person.
    Interrupt,
}

/// What SIGHUP means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HangUp {
    /// The terminal is gone: as SIGTERM. Unless whoever started the process had it ignored, as `nohup` does.
    Ends,
    /// The configuration is to be read anew, which cannot be done yet: it is logged, and no more.
    Warns,
}

/// Signals, listened for from when this is made.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Option<Signal>,
    means: HangUp,
    last: Option<(End, Instant)>,
}

// === impl Signals ===

impl Signals {
    /// Listens from now on, inside the runtime. What the process did on these signals before, it does no more.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen(hangup: HangUp) -> io::Result<Signals> {
        let ignored = hangup == HangUp::Ends && hangup_is_ignored();
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: if ignored { None } else { Some(signal(SignalKind::hangup())?) },
            means: hangup,
            last: None,
        })
    }

    /// Waits for the next signal to end, one that came since the last call included. The one that was returned last is
    /// not returned again within a second.
    pub async fn next(&mut self) -> End {
        loop {
            let end = tokio::select! {
                _ = self.terminate.recv() => End::Terminate,
                _ = self.interrupt.recv() => End::Interrupt,
                () = received(&mut self.hangup) => match self.means {
                    HangUp::Ends => End::Terminate,
                    HangUp::Warns => {
                        tracing::warn!("SIGHUP: the configuration cannot be read anew yet; restart to change it");
                        continue;
                    }
                },
            };
            match self.last {
                Some((last, at)) if last == end && at.elapsed() < ECHO => {}
                _ => {
                    self.last = Some((end, Instant::now()));
                    return end;
                }
            }
        }
    }
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether this process was started with SIGHUP ignored. Where `/proc` does not say, it was not.
fn hangup_is_ignored() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores_hangup(&status))
}

/// Reads proc(5)'s mask of ignored signals: signal 1 is the lowest bit.
fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nohup_shows_in_the_mask_of_ignored_signals() {
        assert!(ignores_hangup("Name:\tgateway\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"));
        assert!(!ignores_hangup("Name:\tgateway\nSigIgn:\t0000000000001000\nSigCgt:\t1\n"));
        assert!(!ignores_hangup(""));
    }
}
