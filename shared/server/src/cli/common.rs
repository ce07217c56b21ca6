//! What several commands share: where the configuration is, which BFF is meant, how a command speaks.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use trefoil_composition::{Bff, CompiledBff};

use crate::assemble::compile;
use crate::config::{Config, ConfigError, Environment};

/// Writes `text` to standard output, as the result of a command. A reader that has gone away (`| head`) is no failure.
pub fn print(text: &str) -> ExitCode {
    let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(newline.as_bytes())).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Writes why a command failed to standard error. Always a failure.
pub fn print_error(text: &str) -> ExitCode {
    let prefix = if text.starts_with("error: ") { "" } else { "error: " };
    // If standard error is gone, the exit code still says it.
    let _ = writeln!(std::io::stderr().lock(), "{prefix}{}", text.trim_end());
    ExitCode::FAILURE
}

/// `--config` and `--set`.
pub(super) fn config_arguments() -> [Arg; 2] {
    [
        Arg::new("config")
            .long("config")
            .value_name("PATH")
            .env("TREFOIL_CONFIG")
            .default_value("gateway.yaml")
            .value_parser(value_parser!(PathBuf))
            .help("The configuration"),
        Arg::new("set")
            .long("set")
            .value_name("KEY=VALUE")
            .action(ArgAction::Append)
            .help("Sets one key over the file and the environment, such as admin.address=127.0.0.1:9901"),
    ]
}

/// Reads the configuration that the arguments name.
pub(super) fn read_config(arguments: &ArgMatches, environment: &Environment) -> Result<Config, ConfigError> {
    let path = arguments.get_one::<PathBuf>("config").cloned().unwrap_or_else(|| PathBuf::from("gateway.yaml"));
    let flags: Vec<String> = arguments.get_many("set").into_iter().flatten().cloned().collect();
    Config::read(&path, environment, &flags)
}

/// All BFFs, compiled; or what to say.
pub(super) fn compiled(bffs: &[Bff]) -> Result<Vec<Arc<CompiledBff>>, String> {
    compile(bffs).map_err(|error| error.to_string())
}

/// The BFF called `name`; or what to say, with the names that there are.
pub(super) fn find<'a>(bffs: &'a [Arc<CompiledBff>], name: &str) -> Result<&'a Arc<CompiledBff>, String> {
    bffs.iter().find(|bff| bff.name() == name).ok_or_else(|| {
        let names: Vec<&str> = bffs.iter().map(|bff| bff.name()).collect();
        format!("there is no BFF `{name}`; there are: {}", names.join(", "))
    })
}

/// One of the results of a command that may fail.
pub(super) fn report(result: Result<String, String>) -> ExitCode {
    match result {
        Ok(text) => print(&text),
        Err(text) => print_error(&text),
    }
}
