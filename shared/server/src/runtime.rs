//! The runtime of a process: as many threads as it has cores.

use std::io;
use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};

/// A worker for each core that this process may use (its affinity and its cgroup's quota count). With one core there is one thread:
/// workers that may steal from each other pay for it at every wake, also where there is nobody to steal from.
///
/// # Errors
/// When the system gives no thread, or no place to wait for sockets.
pub fn runtime() -> io::Result<Runtime> {
    let one = available_parallelism().map_or(1, NonZero::get) == 1;
    let mut builder = if one { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.enable_all().build()
}
