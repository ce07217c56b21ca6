//! Where two answers differ: paths of names, as failures are named, without the indices of lists.

use serde_json::Value;
use trefoil_composition::plan::Variant;

/// A place where the second answer is not as the first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference<'v> {
    pub(super) path: String,
    /// Whether it is null now.
    pub(super) null: bool,
    /// What the first answer had on the way to it: by how many names lead there.
    pub(super) way: Vec<&'v Value>,
}

/// Every place where `now` is not as `before`, the outermost of each.
pub(super) fn differences<'v>(before: &'v Value, now: &Value) -> Vec<Difference<'v>> {
    let mut found = Vec::new();
    walk(before, now, &mut Vec::new(), &mut Vec::new(), &mut found);
    found.dedup();
    found
}

fn walk<'v>(
    before: &'v Value,
    now: &Value,
    names: &mut Vec<String>,
    way: &mut Vec<&'v Value>,
    found: &mut Vec<Difference<'v>>,
) {
    match (before, now) {
        (Value::Object(members), Value::Object(now)) if members.keys().eq(now.keys()) => {
            way.push(before);
            for (name, value) in members {
                names.push(name.clone());
                walk(value, &now[name], names, way, found);
                names.pop();
            }
            way.pop();
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            before.iter().zip(now).for_each(|(before, now)| walk(before, now, names, way, found));
        }
        (before, now) if before == now => {}
        (_, now) => {
            let way = way.iter().copied().chain([before]).collect();
            found.push(Difference { path: names.join("."), null: now.is_null(), way });
        }
    }
}

/// Whether what stands on the way to a place is of these variants, as far as it goes.
pub(super) fn is_of(way: &[&Value], variants: &[Variant]) -> bool {
    variants.iter().all(|variant| way.get(variant.names).is_none_or(|value| is(value, variant)))
}

fn is(value: &Value, variant: &Variant) -> bool {
    value.get(&variant.tag).is_none_or(|says| *says == *variant.says)
}

/// Every value at a path that leads through these variants; lists are gone through.
pub(super) fn values<'v>(value: &'v Value, path: &[&str], variants: &[Variant]) -> Vec<&'v Value> {
    at(value, path, 0, variants)
}

fn at<'v>(value: &'v Value, path: &[&str], names: usize, variants: &[Variant]) -> Vec<&'v Value> {
    match (value, &path[names..]) {
        (Value::Array(items), [_, ..]) => items.iter().flat_map(|item| at(item, path, names, variants)).collect(),
        (value, []) => vec![value],
        (Value::Object(members), [name, ..]) => {
            let here = variants.iter().filter(|variant| variant.names == names).all(|variant| is(value, variant));
            let member = members.get(*name).filter(|_| here);
            member.map(|value| at(value, path, names + 1, variants)).unwrap_or_default()
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
        let found = differences(&before, &now);
        let found: Vec<(&str, bool)> = found.iter().map(|one| (one.path.as_str(), one.null)).collect();
        assert_eq!(found, [("a.c", true), ("a.b", false), ("e", false)]);
        assert_eq!(values(&before, &["a", "b"], &[]), [&json!(1), &json!(1)]);
    }

    #[test]
    fn of_several_variants_the_one_that_is_meant_is_looked_at() {
        let before = json!({"a": [{"kind": "x", "b": 1}, {"kind": "y", "b": 2}]});
        let now = json!({"a": [{"kind": "x", "b": 1}, {"kind": "y", "b": null}]});
        let of = |says: &str| [Variant { names: 1, tag: "kind".to_owned(), says: says.to_owned() }];
        assert_eq!(values(&before, &["a", "b"], &of("y")), [&json!(2)]);
        let found = differences(&before, &now);
        assert!(is_of(&found[0].way, &of("y")) && !is_of(&found[0].way, &of("x")));
    }
}
