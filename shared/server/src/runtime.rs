//! The runtime of a process: as many threads as it has cores, and how many tasks they have.

use std::io;
use std::num::NonZero;
use std::thread::available_parallelism;

use opentelemetry::metrics::Meter;
use tokio::runtime::{Builder, Handle, Runtime};

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

/// Measures how many tasks this runtime has whenever somebody asks for the metrics: what is left behind shows here.
pub(crate) fn observe(meter: &Meter) {
    let metrics = Handle::current().metrics();
    meter
        .u64_observable_gauge("trefoil.runtime.tasks")
        .with_unit("{task}")
        .with_description("Tasks that have not ended: of connections, and of what goes on in the background.")
        .with_callback(move |observer| observer.observe(metrics.num_alive_tasks() as u64, &[]))
        .build();
}
