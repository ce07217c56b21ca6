//! JSON as a tree that keeps what `serde_json::Value` does not: the order of members, members that stand twice, literals.

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    /// A scalar, as it is written.
    Raw(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn null() -> Json {
        Json::Raw("null".to_owned())
    }

    pub(crate) fn quoted(text: &str) -> Json {
        Json::Raw(serde_json::Value::from(text).to_string())
    }

    pub(crate) fn is_null(&self) -> bool {
        *self == Json::null()
    }

    /// The text, with or without room between.
    pub(crate) fn text(&self, room: bool) -> String {
        let (comma, colon) = if room { (" ,\n ", " : ") } else { (",", ":") };
        let join = |parts: Vec<String>| parts.join(comma);
        match self {
            Json::Raw(text) => text.clone(),
            Json::List(items) => format!("[{}]", join(items.iter().map(|item| item.text(room)).collect())),
            Json::Object(members) => {
                let member = |(name, value): &(String, Json)| {
                    format!("{}{colon}{}", serde_json::Value::from(name.as_str()), value.text(room))
                };
                format!("{{{}}}", join(members.iter().map(member).collect()))
            }
        }
    }
}

/// The plain text of a scalar's literal.
pub(crate) fn plain(literal: &str) -> String {
    serde_json::from_str::<String>(literal).unwrap_or_else(|_| literal.to_owned())
}
