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
        "1.5.5",
        "1.e5",
        "12.50e7",
        "-12.50",
        "1234567890123456",
        "12345678901234.5",
        "1234567890.12345678901234567890",
        "1e",
        "1e+",
        "1e5",
        "1E-05",
        "+1",
        "1e5e5",
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
        r#""\ud83d\ude00""#,
        r#""\ud83d\ud83d""#,
        r#""\ud83d\u""#,
        r#""\u+123""#,
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
        // What has sixteen bytes after it is looked at by sixteen.
        let longer = format!("[{text},\"a text of more than sixteen bytes\"]");
        assert_eq!(reads(&longer), is_json(&longer), "{longer:?}");
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
fn nothing_is_deeper_than_so_much_whether_it_is_entered_or_passed_over() {
    let deep = |depth: u32| format!("{}1{}", "[".repeat(depth as usize), "]".repeat(depth as usize));
    let too_deep = |read: Read<usize>| read.is_err_and(|wrong| wrong.to_string().contains("more than 128 lists"));
    // However much of it is entered before the rest is passed over.
    for entered in [0, 1, 64, 127, 128] {
        for (depth, fits) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false), (500_000, false)] {
            let text = deep(depth);
            let mut reader = Reader::new(&text);
            assert!((0..entered).all(|_| matches!(reader.enter(b']'), Ok(true))));
            let passed = reader.pass_over();
            if fits {
                assert_eq!(passed.unwrap(), (depth - entered) as usize);
            } else {
                assert!(too_deep(passed), "{entered} of {depth}");
            }
        }
    }
    let text = deep(MAX_DEPTH + 1);
    let mut reader = Reader::new(&text);
    assert!((0..MAX_DEPTH).all(|_| matches!(reader.enter(b']'), Ok(true))));
    assert!(reader.enter(b']').is_err());
    // A body of nothing but brackets is refused at the first that is too many.
    for bracket in ["[", "{\"a\":"] {
        let text = bracket.repeat(1_000_000);
        assert!(too_deep(Reader::new(&text).pass_over()));
    }
}

#[test]
fn what_is_passed_over_closes_as_it_opened_however_deep() {
    // Lists and objects in turn, so that each bit of what is open is looked at again.
    for depth in [1, 2, 63, 64, 65, 127, 128] {
        let open = |level: usize| if level.is_multiple_of(3) { "{\"a\":" } else { "[" };
        let close = |level: usize| if level.is_multiple_of(3) { "}" } else { "]" };
        let before: String = (0..depth).map(open).collect();
        let after: Vec<&str> = (0..depth).rev().map(close).collect();
        let deep = format!("{before}1{}", after.concat());
        assert_eq!(Reader::new(&deep).pass_over().unwrap(), depth);
        for wrong in 0..depth {
            let mut after = after.clone();
            after[wrong] = if after[wrong] == "}" { "]" } else { "}" };
            assert!(!reads(&format!("{before}1{}", after.concat())), "{deep} with another bracket at {wrong}");
        }
        assert!(!reads(&deep[..deep.len() - 1]));
    }
}

/// Whether a string is text, and how long it is; nothing if it is none.
fn string(json: &str) -> Option<(bool, usize)> {
    let mut reader = Reader::new(json);
    reader.scalar().ok().map(|range| (reader.escapes() != Escapes::Half, range.len()))
}

#[test]
fn an_escape_is_read_wherever_it_stands_in_a_long_string() {
    for before in 0..40 {
        for after in [0, 1, 7, 8, 15, 16, 17, 40] {
            for (escape, is_one, is_text) in [
                (r"\n", true, true),
                (r#"\""#, true, true),
                (r"\\", true, true),
                (r"\u00e9", true, true),
                (r"\ud83d\ude00", true, true),
                (r"\uD83D\uDE00\ud83d", true, false),
                (r"\ud83d", true, false),
                (r"\ud83d\n", true, false),
                (r"\ud83d\u0041", true, false),
                (r"\ude00\ud83d", true, false),
                ("é\u{10348}\u{7f}", true, true),
                (r"\u12", false, false),
                (r"\u12g4", false, false),
                (r"\u+123", false, false),
                (r"\a", false, false),
                ("\n", false, false),
                ("\0", false, false),
                ("\u{1f}", false, false),
            ] {
                let json = format!("\"{}{escape}{}\"", "b".repeat(before), "z".repeat(after));
                let known = serde_json::from_str::<&serde_json::value::RawValue>(&json).is_ok();
                let text = serde_json::from_str::<String>(&json).is_ok();
                assert_eq!((known, text), (is_one, is_text), "{json}");
                assert_eq!(string(&json), is_one.then_some((is_text, json.len())), "{json}");
                // What follows it is none of it.
                assert_eq!(string(&format!("{json},\"{}\"", "y".repeat(40))), string(&json), "{json}");
            }
        }
    }
}

#[test]
fn a_string_without_an_end_is_none_however_long_it_is() {
    for length in 0..70 {
        assert_eq!(string(&format!("\"{}", "a".repeat(length))), None);
        assert_eq!(string(&format!("\"{}\\\"", "a".repeat(length))), None);
        assert_eq!(string(&format!("\"{}\\", "a".repeat(length))), None);
    }
}

#[test]
fn blanks_are_passed_over_wherever_they_may_stand_and_however_many() {
    for count in 0..40 {
        let blanks = " \n\t\r".chars().cycle().take(count).collect::<String>();
        let tokens = ["", "{", "\"a\"", ":", "[", "1", ",", "true", "]", ",", "\"b\"", ":", "{", "}", "}", ""];
        let json = tokens.join(&blanks);
        let mut reader = Reader::new(&json);
        let measured = reader.measured().unwrap();
        assert_eq!((measured.range, measured.blanks), (count..json.len() - count, count > 0), "{json:?}");
        assert!(reader.end().is_ok());
        // Other characters that some call white space are none.
        for other in ["\u{b}", "\u{c}", "\u{a0}", "\u{feff}", "\0"] {
            assert!(!reads(&json.replacen('1', &format!("1{other}"), 1)));
        }
    }
}

/// Any JSON text, with blanks anywhere.
fn document() -> impl Strategy<Value = String> {
    let blank = || proptest::sample::select(vec!["", "", "", " ", "\n  "]);
    let text = || {
        let parts = ["a", "word", "sixteen bytes ab", "é", "\u{10348}", r"\n", r#"\""#, r"\u00e9", r"\ud800", "]"];
        let part = proptest::sample::select(parts.to_vec());
        proptest::collection::vec(part, 0..8).prop_map(|parts| format!("\"{}\"", parts.concat()))
    };
    let words = ["null", "true", "false", "0", "-1", "12.50", "9007199254740993", "-2.5e-3", "1E+9"];
    let leaf = prop_oneof![text(), proptest::sample::select(words.to_vec()).prop_map(str::to_owned)];
    let value = leaf.prop_recursive(5, 40, 5, move |inner| {
        let spaced = (blank(), inner, blank()).prop_map(|(before, value, after)| format!("{before}{value}{after}"));
        let member = (blank(), text(), blank(), spaced.clone());
        let member = member.prop_map(|(before, name, after, value)| format!("{before}{name}{after}:{value}"));
        let list = (blank(), proptest::collection::vec(spaced, 0..5));
        let object = (blank(), proptest::collection::vec(member, 0..5));
        prop_oneof![
            list.prop_map(|(blank, all)| format!("[{blank}{}]", all.join(","))),
            object.prop_map(|(blank, all)| format!("{{{blank}{}}}", all.join(","))),
        ]
    });
    (blank(), value, blank()).prop_map(|(before, value, after)| format!("{before}{value}{after}"))
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
    fn any_document_is_read_and_with_another_byte_in_it_as_serde_json_reads_it(
        json in document(),
        at: proptest::sample::Index,
        byte in 0_u8..0x80,
        cut: bool,
    ) {
        prop_assert!(reads(&json), "{}", json);
        let mut bytes = json.into_bytes();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] = byte;
        }
        let other = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(reads(&other), is_json(&other), "{}", other);
    }

    #[test]
    fn any_string_ends_where_it_ends(text in "\\PC{0,40}", before in "[ \\n]{0,9}") {
        let json = format!("{before}{} ,", serde_json::Value::from(text));
        let mut reader = Reader::new(&json);
        prop_assert_eq!(reader.measured().unwrap().range, before.len()..json.len() - 2);
    }
}
