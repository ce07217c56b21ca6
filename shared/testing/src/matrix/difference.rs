//! Where two answers differ: paths of names, as failures are named, without the indices of lists.

use serde_json::Value;

/// A place where the second answer is not as the first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    pub(super) path: String,
    /// Whether it is null now.
    pub(super) null: bool,
}

/// Every place where `now` is not as `before`, the outermost of each.
pub(super) fn differences(before: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(before, now, &mut Vec::new(), &mut found);
    found.dedup();
    found
}

fn walk(before: &Value, now: &Value, names: &mut Vec<String>, found: &mut Vec<Difference>) {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) if before.keys().eq(now.keys()) => {
            for (name, value) in before {
                names.push(name.clone());
                walk(value, &now[name], names, found);
                names.pop();
            }
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            before.iter().zip(now).for_each(|(before, now)| walk(before, now, names, found));
        }
        (before, now) if before == now => {}
        (_, now) => found.push(Difference { path: names.join("."), null: now.is_null() }),
    }
}

/// Every value at a path; lists are gone through.
pub(super) fn values<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v Value> {
    match (value, path) {
        (Value::Array(items), _) if !path.is_empty() => items.iter().flat_map(|item| values(item, path)).collect(),
        (value, []) => vec![value],
        (Value::Object(members), [name, rest @ ..]) => {
            members.get(*name).map(|value| values(value, rest)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_outermost_difference_is_named_without_indices() {
        let before = json!({"a": [{"b": 1, "c": {"d": 2}}, {"b": 1, "c": null}], "e": [1]});
        let now = json!({"a": [{"b": 1, "c": null}, {"b": 3, "c": null}], "e": []});
        let at = |path: &str, null| Difference { path: path.to_owned(), null };
        assert_eq!(differences(&before, &now), [at("a.c", true), at("a.b", false), at("e", false)]);
        assert_eq!(values(&before, &["a", "b"]), [&json!(1), &json!(1)]);
    }
}
