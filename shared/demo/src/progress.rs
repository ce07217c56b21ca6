//! What is being started: a spinner on a terminal, plain lines otherwise. On standard error, so that standard output
//! holds the tour and nothing before it.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

pub(crate) struct Progress {
    /// None when nobody watches.
    spinner: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let spinner = std::io::stderr().is_terminal().then(|| {
            let spinner = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner:.green} {msg}") {
                spinner.set_style(style);
            }
            spinner.enable_steady_tick(Duration::from_millis(80));
            spinner
        });
        Self { spinner }
    }

    pub(crate) fn step(&self, what: &str) {
        match &self.spinner {
            Some(spinner) => spinner.set_message(format!("starting {what}")),
            // If standard error is gone, nobody is left to be told.
            None => drop(writeln!(std::io::stderr(), "starting {what}")),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}
