//! From text to a checked [`Config`], in this order: YAML, version, variables, overrides, types, sense.

use std::path::Path;

use serde_saphyr::budget::BudgetBreach;

use super::check::check;
use super::decode::decode;
use super::environment::Environment;
use super::expand::expand;
use super::fault::{ConfigError, Fault};
use super::mark::Mark;
use super::overrides;
use super::read::read;
use super::tree::{Node, Value};
use super::{Config, Source, VERSION};

impl Config {
    /// Reads and checks the file at `path`; `flags` are `section.key=value` and lie over the environment, which lies
    /// over the file.
    pub fn read(path: &Path, environment: &Environment, flags: &[String]) -> Result<Config, ConfigError> {
        let text = read(path)?;
        Config::parse(&path.display().to_string(), &text, environment, flags)
    }

    /// The same from text; `name` stands for the file in messages.
    pub fn parse(name: &str, text: &str, environment: &Environment, flags: &[String]) -> Result<Config, ConfigError> {
        let fail = |faults| ConfigError::new(name, text, faults);
        let mut tree = read_yaml(text).map_err(|fault| fail(vec![fault]))?;
        check_version(&tree).map_err(|fault| fail(vec![fault]))?;
        let mut faults = Vec::new();
        expand(&mut tree, environment, "", &mut faults);
        overrides::from_environment(&mut tree, environment);
        overrides::from_flags(&mut tree, flags, &mut faults);
        let mut config: Config = match decode(&tree) {
            Ok(config) => config,
            Err(mut more) => {
                more.iter_mut().for_each(advise);
                // A value that could not be filled in has been reported, and is no second fault for being empty.
                let new = more.into_iter().filter(|fault| !faults.iter().any(|known| known.mark == fault.mark));
                let new: Vec<Fault> = new.collect();
                faults.extend(new);
                return Err(fail(faults));
            }
        };
        config.source = Some(Source { name: name.to_owned(), text: text.to_owned(), tree });
        if faults.is_empty() {
            faults = check(&config);
        }
        if faults.is_empty() { Ok(config) } else { Err(config.error(faults)) }
    }
}

/// Says what to do about a fault that the types alone find.
fn advise(fault: &mut Fault) {
    if fault.help.is_none() && fault.path.starts_with("bffs.") && fault.path.contains(".quota.") {
        fault.help = Some("a quota counts in whole numbers; for none, leave the section `quota` out".to_owned());
    }
}

/// The most values of a configuration once its aliases are filled in: an alias of aliases grows tenfold with each line.
const MAX_NODES: usize = 20_000;

fn read_yaml(text: &str) -> Result<Node, Fault> {
    let budget = serde_saphyr::budget! { max_nodes: MAX_NODES };
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true, budget: budget };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().and_then(|location| {
            let line = usize::try_from(location.line()).ok().filter(|line| *line > 0)?;
            Some(Mark::File { line, column: usize::try_from(location.column()).ok()?.max(1) })
        });
        let mut error = error.without_snippet();
        // Where the alias stands is known.
        while let serde_saphyr::Error::AliasError { error: inside, .. } = error {
            error = inside;
        }
        let (what, help) = match error {
            serde_saphyr::Error::DuplicateMappingKey { key, .. } => {
                let key = key.as_deref().unwrap_or_default();
                (format!("the key `{key}` stands here twice"), Some("keep one of them"))
            }
            serde_saphyr::Error::MultipleDocuments { .. } => {
                ("a second document begins here".to_owned(), Some("a configuration is one: take the `---` away"))
            }
            serde_saphyr::Error::Budget { breach: BudgetBreach::Nodes { .. }, .. } => {
                let what =
                    format!("the configuration has more than {MAX_NODES} values, its aliases (`*name`) filled in");
                (what, Some("say with fewer aliases what they repeat"))
            }
            other if other.to_string().contains("recursion limit") => (
                "lists or groups stand too deep in each other here".to_owned(),
                Some("a configuration is a few levels deep"),
            ),
            other => {
                // The library's text ends with the place, which is shown anyway.
                let text = other.to_string();
                let what = text.lines().next().unwrap_or_default();
                (what.split_once(" at line ").map_or(what, |(what, _)| what).to_owned(), None)
            }
        };
        let mark = place.unwrap_or(Mark::Nowhere);
        Fault { mark, path: String::new(), what, help: help.map(str::to_owned) }
    })
}

/// The version comes first, so that a file of another one is not judged by the rules of this one.
fn check_version(tree: &Node) -> Result<(), Fault> {
    let begin = "begin the file with `version: 1`".to_owned();
    let fault = |mark: &Mark, what: String| {
        Err(Fault { mark: mark.clone(), path: "version".into(), what, help: Some(begin.clone()) })
    };
    let Value::Map(entries) = &tree.value else {
        return fault(&tree.mark, "the file is not a group of keys".to_owned());
    };
    match entries.first() {
        Some(entry) if entry.key == "version" => match entry.node.value {
            Value::Integer(VERSION) => Ok(()),
            ref found => fault(&entry.node.mark, format!("this gateway reads version {VERSION}, found {found}")),
        },
        Some(entry) if tree.get("version").is_some() => {
            fault(&entry.mark, "the version must be the first key".to_owned())
        }
        Some(entry) => fault(&entry.mark, "the file does not say its version".to_owned()),
        None => fault(&tree.mark, "the file is empty".to_owned()),
    }
}
