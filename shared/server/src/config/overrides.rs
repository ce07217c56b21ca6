//! What lies over the file: `TREFOIL__SECTION__KEY` variables, and over these `--set section.key=value` flags.
//!
//! Both only change the tree; whether such a key exists is found out when the tree is decoded, like a key of the file.

use super::environment::Environment;
use super::fault::Fault;
use super::mark::Mark;
use super::tree::{Entry, Node, Value};

/// The beginning of every variable that overrides a key.
const PREFIX: &str = "TREFOIL__";

/// Lays the environment over the file.
pub(super) fn from_environment(root: &mut Node, environment: &Environment) {
    for (name, value) in environment.beginning_with(PREFIX) {
        let steps: Vec<String> = name.split("__").map(str::to_ascii_lowercase).collect();
        let mark = Mark::Variable(format!("{PREFIX}{name}").into());
        put(root, &steps, value, &mark);
    }
}

/// Lays `--set` flags over both. A flag without `=` is a fault.
pub(super) fn from_flags(root: &mut Node, flags: &[String], faults: &mut Vec<Fault>) {
    for flag in flags {
        let mark = Mark::Flag(flag.as_str().into());
        match flag.split_once('=') {
            Some((path, value)) if !path.is_empty() => {
                let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
                put(root, &steps, value, &mark);
            }
            _ => faults.push(Fault {
                mark,
                path: String::new(),
                what: format!("`{flag}` sets nothing"),
                help: Some("write `--set section.key=value`, such as `--set admin.address=127.0.0.1:9901`".into()),
            }),
        }
    }
}

fn put(node: &mut Node, steps: &[String], value: &str, mark: &Mark) {
    let Some((step, rest)) = steps.split_first() else {
        *node = Node { mark: mark.clone(), value: Value::Loose(value.to_owned()) };
        return;
    };
    if let Value::List(items) = &mut node.value
        && let Some(item) = step.parse::<usize>().ok().and_then(|index| items.get_mut(index))
    {
        return put(item, rest, value, mark);
    }
    if !matches!(node.value, Value::Map(_)) {
        node.value = Value::Map(Vec::new());
    }
    let Value::Map(entries) = &mut node.value else { return };
    // A variable's name has no `-`, and no case: it means the key that differs in no more than that.
    let same = |entry: &Entry| entry.key == *step || entry.key.replace('-', "_").eq_ignore_ascii_case(step);
    let position = entries.iter().position(|entry| entry.key == *step).or_else(|| entries.iter().position(same));
    let index = position.unwrap_or_else(|| {
        let empty = Node { mark: mark.clone(), value: Value::Null };
        entries.push(Entry { key: step.clone(), mark: mark.clone(), node: empty });
        entries.len() - 1
    });
    put(&mut entries[index].node, rest, value, mark);
}
