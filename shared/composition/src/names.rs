//! How a Rust name becomes the client's name: one rule per BFF, the same in REST and GraphQL.

/// The rule for the client's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Naming {
    /// `placed_at` → `placedAt`. The default.
    #[default]
    CamelCase,
    /// `placed_at` stays `placed_at`.
    SnakeCase,
}

impl Naming {
    /// The client's name for a Rust name in snake_case.
    pub fn apply(self, rust: &str) -> String {
        let rust = rust.strip_prefix("r#").unwrap_or(rust);
        match self {
            Naming::SnakeCase => rust.to_owned(),
            Naming::CamelCase => {
                let mut name = String::with_capacity(rust.len());
                let mut upper = false;
                for letter in rust.chars() {
                    if letter == '_' && !name.is_empty() {
                        upper = true;
                    } else {
                        name.extend(upper.then(|| letter.to_ascii_uppercase()).or(Some(letter)));
                        upper = false;
                    }
                }
                name
            }
        }
    }
}

/// The name of an endpoint everywhere (config, GraphQL, operation id): its struct's, in camelCase. `OrderPage` → `orderPage`.
pub fn endpoint_name(type_name: &str) -> String {
    let mut letters = type_name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// The GraphQL argument for a parameter: its client's name where GraphQL allows it, else its Rust name in camelCase
/// (`accept-language` → `acceptLanguage` by its field's name).
pub fn argument(param: &crate::plan::Parameter) -> String {
    let plain = |name: &str| {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if plain(&param.name) { param.name.clone() } else { Naming::CamelCase.apply(&param.rust) }
}

/// The name of a view in a request, where documents tell it from the same view in an answer: `Basket` → `BasketInput`.
pub fn input_name(view: &str) -> String {
    if view.ends_with("Input") { view.to_owned() } else { format!("{view}Input") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_names_become_camel_case() {
        for (rust, client) in
            [("placed_at", "placedAt"), ("id", "id"), ("line_2_total", "line2Total"), ("r#type", "type")]
        {
            assert_eq!(Naming::CamelCase.apply(rust), client);
        }
        assert_eq!(Naming::SnakeCase.apply("placed_at"), "placed_at");
        assert_eq!(endpoint_name("OrderPage"), "orderPage");
    }
}
