//! `gateway serve`: runs until a signal ends it.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use trefoil_composition::Bff;

use super::common::{config_arguments, print_error, read_config};
use crate::config::Environment;
use crate::run::start;

pub(super) fn command() -> Command {
    Command::new("serve").about("Serves until SIGTERM or SIGINT, then drains").args(config_arguments())
}

pub(super) async fn run(arguments: &ArgMatches, bffs: &[Bff]) -> ExitCode {
    let environment = Environment::of_process();
    let config = match read_config(arguments, &environment) {
        Ok(config) => config,
        Err(error) => return print_error(&error.to_string()),
    };
    match start(&config, bffs, &environment).await {
        Ok(running) => running.until_signal().await,
        Err(error) => print_error(&error.to_string()),
    }
}
