//! What several commands share: where the configuration is, which BFF is meant, how a command speaks.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use trefoil_composition::{Bff, CompiledBff};

use crate::assemble::compile;
use crate::config::{Config, ConfigError, Environment};
use crate::limits;

/// Writes `text` to standard output, as the result of a command. A reader that has gone away (`| head`) is no failure;
/// anything else is, and is said on standard error.
pub fn print(text: &str) -> ExitCode {
    match write(&mut std::io::stdout().lock(), text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => print_error(&why),
    }
}

fn write(out: &mut impl Write, text: &str) -> Result<(), String> {
    let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let written = [text, newline].iter().try_for_each(|part| out.write_all(part.as_bytes())).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
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
            .value_parser(value_parser!(PathBuf))
            .help("The configuration; default: gateway.yaml, or else gateway/gateway.yaml"),
        Arg::new("set")
            .long("set")
            .value_name("KEY=VALUE")
            .action(ArgAction::Append)
            .help("Sets one key over the file and the environment, such as admin.address=127.0.0.1:9901"),
    ]
}

/// Reads the configuration that the arguments name.
pub(super) fn read_config(arguments: &ArgMatches, environment: &Environment) -> Result<Config, ConfigError> {
    let path = arguments.get_one::<PathBuf>("config").cloned().unwrap_or_else(|| default_path(Path::new("")));
    let flags: Vec<String> = arguments.get_many("set").into_iter().flatten().cloned().collect();
    Config::read(&path, environment, &flags)
}

/// Where the configuration is if nobody says so: beside the process, or, as in a repository's root, beside the binary's
/// source. If it is in neither place, the first is the one to be told of.
fn default_path(folder: &Path) -> PathBuf {
    let [here, in_repository] = ["gateway.yaml", "gateway/gateway.yaml"].map(|path| folder.join(path));
    if !here.exists() && in_repository.exists() { in_repository } else { here }
}

/// All BFFs, compiled; or what to say.
pub(super) fn compiled(bffs: &[Bff]) -> Result<Vec<Arc<CompiledBff>>, String> {
    compile(bffs).map_err(|error| error.to_string())
}

/// The arguments of a command that shows endpoints: with a configuration, as that has them.
pub(super) fn shown_config_arguments() -> [Arg; 2] {
    let [config, set] = config_arguments();
    let help = "Shows what this configuration makes of them; without it, they are as declared";
    [config.help(help), set.requires("config")]
}

/// All BFFs, with the limits of the configuration that the arguments name, if they name one; or what to say.
pub(super) fn limited(arguments: &ArgMatches, bffs: &[Bff]) -> Result<Vec<Arc<CompiledBff>>, String> {
    let bffs = compiled(bffs)?;
    if !arguments.contains_id("config") {
        return Ok(bffs);
    }
    let config = read_config(arguments, &Environment::of_process());
    config.and_then(|config| limits::limit(&config, bffs)).map_err(|error| error.to_string())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that fails, as a full disk or a closed pipe does.
    struct Failing(std::io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_cannot_be_written_is_said_unless_the_reader_has_left() {
        assert!(write(&mut Failing(std::io::ErrorKind::StorageFull), "x").unwrap_err().contains("standard output"));
        assert!(write(&mut Failing(std::io::ErrorKind::BrokenPipe), "x").is_ok());
    }

    #[test]
    fn the_configuration_is_found_in_a_repositorys_root_too_and_the_nearer_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let (here, deeper) = (folder.path().join("gateway.yaml"), folder.path().join("gateway/gateway.yaml"));
        assert_eq!(default_path(folder.path()), here);
        std::fs::create_dir(folder.path().join("gateway")).unwrap();
        std::fs::write(&deeper, "").unwrap();
        assert_eq!(default_path(folder.path()), deeper);
        std::fs::write(&here, "").unwrap();
        assert_eq!(default_path(folder.path()), here);
    }
}
