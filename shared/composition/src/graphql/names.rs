//! Names that GraphQL can spell, for what other faces name more freely.
//!
//! A GraphQL name is a letter or `_`, then letters, digits and `_`. What is one already is kept. The rest follows two rules:
//! a field takes its Rust name under the BFF's naming, as an argument does; the value of an enum becomes UPPER_SNAKE, every
//! run of other characters one `_`, with a `_` in front of a digit (`in-progress` → `IN_PROGRESS`, `2nd` → `_2ND`).

use crate::names::Naming;
use crate::shape::{EnumShape, FieldShape};

/// The name of a view's field.
pub(crate) fn field(field: &FieldShape, naming: Naming) -> String {
    let client = field.client_name(naming);
    if is_name(&client) { client } else { naming.apply(&field.rust) }
}

/// The values of one enum, in the order of its variants.
#[derive(Debug, Clone)]
pub(crate) struct EnumNames(Vec<(String, String)>);

impl EnumNames {
    pub(crate) fn new(shape: &EnumShape) -> EnumNames {
        let mut pairs: Vec<(String, String)> = Vec::with_capacity(shape.variants.len());
        for variant in &shape.variants {
            let mut name = value(&variant.wire);
            // Two strings that differ only in what GraphQL cannot spell: the later one is marked.
            while pairs.iter().any(|(taken, _)| *taken == name) {
                name.push('_');
            }
            pairs.push((name, variant.wire.clone()));
        }
        EnumNames(pairs)
    }

    /// The GraphQL names, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The string that a GraphQL name stands for.
    pub(crate) fn wire(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, wire)| wire.as_str())
    }

    /// The strings that have another name in GraphQL, with it.
    pub(crate) fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(|(name, wire)| name != wire).map(|(name, wire)| (wire.as_str(), name.as_str()))
    }
}

fn value(wire: &str) -> String {
    // `true`, `false` and `null` are no enum values in GraphQL.
    if is_name(wire) && !matches!(wire, "true" | "false" | "null") && !wire.starts_with("__") {
        return wire.to_owned();
    }
    let mut name = String::with_capacity(wire.len() + 1);
    for letter in wire.chars() {
        match letter {
            'a'..='z' | 'A'..='Z' => name.push(letter.to_ascii_uppercase()),
            '0'..='9' if name.is_empty() => name.extend(['_', letter]),
            '0'..='9' => name.push(letter),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    if name.is_empty() { "_".to_owned() } else { name }
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::VariantShape;

    #[test]
    fn every_string_of_an_enum_has_one_name_that_leads_back_to_it() {
        let variants = ["Gold", "in-progress", "in progress", "2nd", "", "true", "__x", "é"];
        let shape = EnumShape {
            name: "State".into(),
            doc: String::new(),
            variants: variants.map(|wire| VariantShape { wire: wire.into(), doc: String::new() }).into(),
        };
        let names = EnumNames::new(&shape);
        let expected = ["Gold", "IN_PROGRESS", "IN_PROGRESS_", "_2ND", "_", "TRUE", "_X", "__"];
        assert_eq!(names.names().collect::<Vec<_>>(), expected);
        for (name, wire) in expected.into_iter().zip(variants) {
            assert_eq!(names.wire(name), Some(wire));
        }
        assert_eq!(names.renamed().count(), 7);
    }
}
