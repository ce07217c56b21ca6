//! `${NAME}` and `${NAME:-default}` in the file's text values. `$${` stands for `${` itself.

use super::environment::Environment;
use super::fault::Fault;
use super::mark::Mark;
use super::tree::{Node, Value};

/// Puts the variables into every text value below `node`; notes those that are not set.
pub(super) fn expand(node: &mut Node, environment: &Environment, path: &str, faults: &mut Vec<Fault>) {
    match &mut node.value {
        Value::Map(entries) => {
            for entry in entries {
                expand(&mut entry.node, environment, &join(path, &entry.key), faults);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                expand(item, environment, &join(path, &index.to_string()), faults);
            }
        }
        Value::Text(text) if text.contains("${") => match substitute(text, environment) {
            Ok(expanded) => node.value = Value::Loose(expanded),
            Err(problem) => {
                faults.push(fault(&node.mark, path, problem));
                // Whatever is expected here, it is not this fault's business.
                node.value = Value::Null;
            }
        },
        _ => {}
    }
}

/// Why a reference cannot be filled in.
enum Problem {
    Unset(String),
    Malformed,
}

fn fault(mark: &Mark, path: &str, problem: Problem) -> Fault {
    let (what, help) = match problem {
        Problem::Unset(name) => (
            format!("the environment variable `{name}` is not set"),
            format!("set it, or write `${{{name}:-default}}`"),
        ),
        Problem::Malformed => (
            "`${` without a variable's name and a closing `}`".to_owned(),
            "write `${NAME}` or `${NAME:-default}`; `$${` stands for `${` itself".to_owned(),
        ),
    };
    Fault { mark: mark.clone(), path: path.to_owned(), what, help: Some(help) }
}

fn substitute(text: &str, environment: &Environment) -> Result<String, Problem> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        if let Some(before) = rest[..start].strip_suffix('$') {
            expanded.push_str(before);
            expanded.push_str("${");
            rest = &rest[start + 2..];
            continue;
        }
        expanded.push_str(&rest[..start]);
        let inner = &rest[start + 2..];
        let end = inner.find('}').ok_or(Problem::Malformed)?;
        let (name, default) = match inner[..end].split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (&inner[..end], None),
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(Problem::Malformed);
        }
        // As in a shell: `:-` also stands in for a variable that is set but empty.
        let value = match default {
            Some(default) => environment.get(name).filter(|value| !value.is_empty()).unwrap_or(default),
            None => environment.get(name).ok_or_else(|| Problem::Unset(name.to_owned()))?,
        };
        expanded.push_str(value);
        rest = &inner[end + 1..];
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in_with_their_defaults() {
        let environment = Environment::empty().with("HOST", "users").with("EMPTY", "");
        let expanded = |text| substitute(text, &environment).ok().unwrap();
        assert_eq!(expanded("http://${HOST}:${PORT:-80}/"), "http://users:80/");
        assert_eq!(expanded("${EMPTY:-full}${EMPTY}"), "full");
        assert_eq!(expanded("cost: $${HOST} $5"), "cost: ${HOST} $5");
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        assert!(matches!(substitute("${NOPE}", &Environment::empty()), Err(Problem::Unset(name)) if name == "NOPE"));
        assert!(matches!(substitute("${", &Environment::empty()), Err(Problem::Malformed)));
        assert!(matches!(substitute("${a b}", &Environment::empty()), Err(Problem::Malformed)));
    }
}
