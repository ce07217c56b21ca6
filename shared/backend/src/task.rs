//! A task that goes on in the background for as long as somebody has it.

use tokio::task::JoinHandle;

/// It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Task(pub(crate) JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
