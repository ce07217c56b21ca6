//! `gateway openapi` and `gateway graphql`: the documents that clients read, on standard output or as files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use trefoil_composition::{Bff, CompiledBff};

use super::common::{compiled, find, report};

/// A kind of document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    extension: &'static str,
    write: fn(&CompiledBff) -> String,
}

/// The OpenAPI document.
pub(super) const OPENAPI: Kind = Kind { extension: "json", write: CompiledBff::openapi };
/// The GraphQL schema.
pub(super) const GRAPHQL: Kind = Kind { extension: "graphql", write: CompiledBff::graphql };

pub(super) fn openapi_command() -> Command {
    command("openapi", "Prints a BFF's OpenAPI document", "<bff>.json")
}

pub(super) fn graphql_command() -> Command {
    command("graphql", "Prints a BFF's GraphQL schema", "<bff>.graphql")
}

fn command(name: &'static str, about: &'static str, file: &str) -> Command {
    Command::new(name)
        .about(about)
        .arg(
            Arg::new("bff")
                .value_name("BFF")
                .required_unless_present("write")
                .help("The BFF; with --write, default all"),
        )
        .arg(
            Arg::new("write")
                .long("write")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(format!("Writes {file} into this directory instead")),
        )
}

pub(super) fn run(kind: Kind, arguments: &ArgMatches, bffs: &[Bff]) -> ExitCode {
    let bff = arguments.get_one::<String>("bff").map(String::as_str);
    report(documents(kind, bff, arguments.get_one::<PathBuf>("write").map(PathBuf::as_path), bffs))
}

fn documents(kind: Kind, bff: Option<&str>, directory: Option<&Path>, bffs: &[Bff]) -> Result<String, String> {
    let bffs = compiled(bffs)?;
    let chosen = match bff {
        Some(name) => vec![find(&bffs, name)?],
        None => bffs.iter().collect(),
    };
    let Some(directory) = directory else {
        return Ok(chosen.into_iter().map(|bff| (kind.write)(bff)).collect());
    };
    let mut written = String::new();
    for bff in chosen {
        let path = directory.join(format!("{}.{}", bff.name(), kind.extension));
        std::fs::create_dir_all(directory)
            .and_then(|()| std::fs::write(&path, (kind.write)(bff)))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        written.push_str(&format!("{}\n", path.display()));
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_files_hold_what_is_printed() {
        let directory = tempfile::tempdir().unwrap();
        let bffs = [Bff::new("web"), Bff::new("mobile")];
        let listed = documents(OPENAPI, None, Some(directory.path()), &bffs).unwrap();
        assert_eq!(listed.lines().count(), 2);
        for name in ["web", "mobile"] {
            let file = std::fs::read_to_string(directory.path().join(format!("{name}.json"))).unwrap();
            assert_eq!(file, documents(OPENAPI, Some(name), None, &bffs).unwrap());
        }
    }
}
