//! The command line: one file a command, and the list of them here.

mod check;
mod common;
mod documents;
mod plan;
mod routes;
mod serve;
mod token;

use std::fmt;
use std::process::ExitCode;

use clap::{ArgMatches, Command};
use futures_util::future::BoxFuture;
use trefoil_composition::Bff;

pub use self::common::{print, print_error};

/// A gateway's `main`: BFFs in, exit code out.
#[derive(Debug, Default)]
pub struct App {
    bffs: Vec<Bff>,
    extras: Vec<ExtraCommand>,
}

/// A command that a binary adds to those of every gateway.
pub struct ExtraCommand {
    /// Its name, flags and help.
    pub command: Command,
    /// What it does, on the runtime; it gets its own arguments and the gateway's BFFs.
    pub run: Box<dyn FnOnce(ArgMatches, Vec<Bff>) -> BoxFuture<'static, ExitCode> + Send>,
}

// === impl App ===

impl App {
    /// A gateway without BFFs.
    pub fn new() -> App {
        App::default()
    }

    /// Adds a BFF.
    #[must_use]
    pub fn bff(mut self, bff: Bff) -> App {
        self.bffs.push(bff);
        self
    }

    /// Adds a command.
    #[must_use]
    pub fn extra(mut self, extra: ExtraCommand) -> App {
        self.extras.push(extra);
        self
    }

    /// Reads the command line of this process and does what it says. Without a command, it prints the help.
    pub fn main(self) -> ExitCode {
        let matches = self.command().get_matches();
        let runtime = match crate::runtime() {
            Ok(runtime) => runtime,
            Err(error) => return print_error(&format!("cannot start the runtime: {error}")),
        };
        let code = runtime.block_on(self.run(matches));
        // Whatever still blocks, such as sending telemetry to a collector that is gone, has had its time.
        runtime.shutdown_background();
        code
    }

    fn command(&self) -> Command {
        let command = Command::new("gateway")
            .about("A gateway of backends for frontends: declared answers, one round trip each.")
            .version(env!("CARGO_PKG_VERSION"))
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand(serve::command())
            .subcommand(check::command())
            .subcommand(routes::command())
            .subcommand(plan::command())
            .subcommand(documents::openapi_command())
            .subcommand(documents::graphql_command())
            .subcommand(token::command());
        self.extras.iter().fold(command, |command, extra| command.subcommand(extra.command.clone()))
    }

    async fn run(self, mut matches: ArgMatches) -> ExitCode {
        let Some((name, arguments)) = matches.remove_subcommand() else { return ExitCode::FAILURE };
        let bffs = self.bffs;
        if let Some(extra) = self.extras.into_iter().find(|extra| extra.command.get_name() == name) {
            return (extra.run)(arguments, bffs).await;
        }
        match name.as_str() {
            "serve" => serve::run(&arguments, &bffs).await,
            "check" => check::run(&arguments, &bffs),
            "routes" => routes::run(&arguments, &bffs),
            "plan" => plan::run(&arguments, &bffs),
            "openapi" => documents::run(documents::OPENAPI, &arguments, &bffs),
            "graphql" => documents::run(documents::GRAPHQL, &arguments, &bffs),
            "token" => token::run(&arguments, &bffs).await,
            // clap lets no other through.
            _ => ExitCode::FAILURE,
        }
    }
}

// === impl ExtraCommand ===

impl fmt::Debug for ExtraCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtraCommand").field("name", &self.command.get_name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_well_formed() {
        App::new().bff(Bff::new("web")).command().debug_assert();
    }
}
