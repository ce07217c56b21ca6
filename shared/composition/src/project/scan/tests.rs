//! What the reader takes for JSON is what serde_json does.

use super::*;
use proptest::prelude::*;

fn reads(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.pass_over().is_ok() && reader.end().is_ok()
}

/// What serde_json says of the same text, however deep it is.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

#[test]
fn it_reads_what_is_json_and_nothing_else() {
    for text in [
        "",
        " ",
        "null",
        "nul",
        "nulll",
        "true",
        "false",
        "tru",
        "0",
        "-0",
        "01",
        "-",
        "1.",
        "1.5",
        ".5",
        "1e",
        "1e+",
        "1e5",
        "1E-05",
        "+1",
        "1 2",
        "[",
        "]",
        "[]",
        "[ ]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1,2]",
        "{",
        "{}",
        "{ }",
        "{,}",
        r#"{"a":1}"#,
        r#"{"a":1,}"#,
        r#"{"a" 1}"#,
        r#"{a:1}"#,
        r#"{"a":}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":[{"b":[]}]}"#,
        r#""""#,
        r#"""#,
        r#""\""#,
        r#""\"""#,
        r#""\u12""#,
        r#""\u12Ag""#,
        r#""\u12AF""#,
        r#""\ud800""#,
        r#""\x""#,
        "\"a\nb\"",
        "\"\u{1f}\"",
        "\"\u{7f}\u{80}é\u{10348}\"",
        "\"12345678\"",
        "\"1234567\\n\"",
        "\"12345678\u{1}\"",
        "\u{feff}1",
        "NaN",
        "Infinity",
        "[[[[[[]]]]]]",
        "[}",
        "{]",
        "\"tab\there\"",
        "'a'",
        "1//",
        "\u{b}1",
    ] {
        assert_eq!(reads(text), is_json(text), "{text:?}");
    }
}

#[test]
fn what_is_wrong_has_its_place() {
    let mut reader = Reader::new("[1,\n  x]");
    assert_eq!(
        reader.pass_over().unwrap_err().inside("b").inside("a").to_string(),
        "in `a.b`: expected value at line 2 column 3"
    );
}

#[test]
fn what_is_passed_over_may_be_deep_and_what_is_entered_may_not() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(reads(&deep));
    let mut reader = Reader::new(&deep);
    assert!((0..=MAX_DEPTH).try_for_each(|_| reader.enter()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_of_tokens_is_read_as_serde_json_reads_it(
        tokens in proptest::collection::vec(
            proptest::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"é\\n\"", "1", "-2.5e3", "0", "true", "null", " ", "\\", "\\u00e9", "x", "\u{1}", "12345678",
            ]),
            0..12,
        )
    ) {
        let text = tokens.concat();
        prop_assert_eq!(reads(&text), is_json(&text), "{}", text);
    }

    #[test]
    fn any_string_ends_where_it_ends(text in "\\PC{0,40}", before in "[ \\n]{0,9}") {
        let json = format!("{before}{} ,", serde_json::Value::from(text));
        let mut reader = Reader::new(&json);
        prop_assert_eq!(reader.value().unwrap(), json[before.len()..json.len() - 2].trim_end());
    }
}
