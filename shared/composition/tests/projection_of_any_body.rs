//! Whatever the order of a body's members, whatever stands between and beside them: what is written is what the shape names.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use bytes::Bytes;
use proptest::prelude::*;
use trefoil_composition::names::Naming;
use trefoil_composition::project::{Program, Selected, Selection, What, compile};
use trefoil_composition::shape::{FieldShape, Int, Shape, Shapes, VariantShape};

struct Order;
struct Line;
struct Status;

fn field(rust: &str, shape: Shape) -> FieldShape {
    FieldShape { rust: rust.into(), wire: vec![rust.into()], shape, ..FieldShape::default() }
}

fn list(of: Shape) -> Shape {
    Shape::List(Box::new(of))
}

/// The names of an order's members, with the clients'. Some are the same, some are longer than sixteen bytes.
const NAMES: [(&str, &str); 9] = [
    ("id", "id"),
    ("placed_at", "placedAt"),
    ("status", "status"),
    ("total", "total"),
    ("note", "note"),
    ("lines", "lines"),
    ("attributes", "attributes"),
    ("a_name_longer_than_sixteen_bytes", "aNameLongerThanSixteenBytes"),
    ("tags", "tags"),
];
/// Which of them may be left out, and what stands for them.
const LEFT_OUT: [Option<&str>; 9] = [None, None, None, None, Some("null"), None, None, None, Some("[1,2]")];

fn order() -> (Shapes, Shape) {
    let mut shapes = Shapes::new();
    let int = || Shape::Int(Int { min: i64::MIN.into(), max: i64::MAX.into() });
    let shape = shapes.object::<Order>("Order", "", |shapes| {
        let line = shapes.object::<Line>("Line", "", |_| {
            vec![field("product_id", int()), field("title", Shape::Text), field("price", Shape::Float)]
        });
        let variant = |wire: &str| VariantShape { wire: wire.into(), doc: String::new() };
        let status = shapes.enumeration::<Status>("Status", "", vec![variant("paid"), variant("shipped")]);
        let default = |json: &str, field| FieldShape { default: Some(json.to_owned()), ..field };
        vec![
            field("id", int()),
            field("placed_at", Shape::Text),
            field("status", status),
            field("total", Shape::Float),
            field("note", Shape::Nullable(Box::new(Shape::Text))),
            field("lines", list(line)),
            field("attributes", Shape::Map(Box::new(int()))),
            field("a_name_longer_than_sixteen_bytes", Shape::Raw(Box::new(Shape::Text))),
            default("[ 1,2 ]", field("tags", list(int()))),
        ]
    });
    (shapes, shape)
}

/// A value as the backend writes it, and as it is written for a client.
type Value = (String, String);

fn same(text: impl Into<String>) -> Value {
    let text = text.into();
    (text.clone(), text)
}

fn one_of(texts: &[&'static str]) -> impl Strategy<Value = Value> + use<> {
    proptest::sample::select(texts.to_vec()).prop_map(same)
}

fn text() -> impl Strategy<Value = Value> {
    one_of(&[
        r#""""#,
        r#""a""#,
        r#""a text of more than sixteen bytes, so that it is read twice""#,
        r#""\"é\\ \u0041\ud83d\ude00\"""#,
    ])
}

fn int() -> impl Strategy<Value = Value> {
    one_of(&["0", "-1", "70001", "9007199254740993", "9223372036854775807", "-9223372036854775808"])
}

fn float() -> impl Strategy<Value = Value> {
    one_of(&["0", "-0.0", "12.50", "1e-7", "3E+2", "123456789012345678901234567890.5"])
}

/// Members in this order, with blanks between all tokens, or none.
fn written(members: &[(&str, &str)], blank: &str) -> String {
    let one = |(name, value): &(&str, &str)| format!("{blank}\"{name}\"{blank}:{blank}{value}{blank}");
    format!("{{{}}}", members.iter().map(one).collect::<Vec<_>>().join(","))
}

fn blank() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["", "", "", " ", "\n    "])
}

/// What a backend tells beside: not named, and anything.
const BESIDE: [(&str, &str); 3] = [("margin", "7.125"), ("i", r#"{"id":[1,{}]}"#), ("id ", "null")];

fn line() -> impl Strategy<Value = Value> {
    let order = Just([0_usize, 1, 2, 3]).prop_shuffle();
    ((int(), text(), float()), order, blank()).prop_map(|((id, title, price), order, blank)| {
        let members = [("product_id", &*id.0), ("title", &*title.0), ("price", &*price.0), BESIDE[1]];
        let read = written(&order.map(|at| members[at]), blank);
        (read, written(&[("productId", &id.1), ("title", &title.1), ("price", &price.1)], ""))
    })
}

fn lines() -> impl Strategy<Value = Value> {
    (proptest::collection::vec(line(), 0..4), blank()).prop_map(|(lines, blank)| {
        let (read, written): (Vec<String>, Vec<String>) = lines.into_iter().unzip();
        (format!("[{blank}{}{blank}]", read.join(&format!("{blank},{blank}"))), format!("[{}]", written.join(",")))
    })
}

fn attributes() -> impl Strategy<Value = Value> {
    // An escape in a key is written as it must be, and no more is.
    let keys = Just([("a", "a"), ("é\u{7f}", "é\u{7f}"), (r"\u0041\n", r"A\n"), ("", "")]).prop_shuffle();
    (keys, 0_usize..=4, int(), blank()).prop_map(|(keys, count, value, blank)| {
        let (read, client): (Vec<_>, Vec<_>) =
            keys[..count].iter().map(|(read, client)| ((*read, &*value.0), (*client, &*value.1))).unzip();
        (written(&read, blank), written(&client, ""))
    })
}

fn raw() -> impl Strategy<Value = Value> {
    blank().prop_map(|blank| {
        let of = |blank| written(&[("b c", r#""  d \"{ ""#), ("b c", "[1,[]]"), ("", "-1.50")], blank);
        (of(blank), of(""))
    })
}

/// A body's members in some order, and the values for clients in declared order.
#[derive(Debug, Clone)]
struct Told {
    body: String,
    values: Vec<String>,
}

fn told() -> impl Strategy<Value = Told> {
    let note = prop_oneof![text(), Just(same("null"))];
    let tags = one_of(&["[]", "[7]", "[1,2,3]"]);
    let status = prop_oneof![one_of(&[r#""paid""#, r#""shipped""#]), Just(same(r#""\u0070aid""#))];
    let values = (int(), text(), status, float(), note, lines(), attributes(), raw(), tags);
    let order = Just((0..NAMES.len() + BESIDE.len()).collect::<Vec<_>>()).prop_shuffle();
    // One that shuffles is not often in order: half of them are.
    let order = prop_oneof![order, Just((0..NAMES.len() + BESIDE.len()).collect::<Vec<_>>())];
    (values, order, blank(), any::<[bool; 9]>(), any::<[bool; 3]>()).prop_map(|(values, order, blank, here, beside)| {
        let (a, b, c, d, e, f, g, h, i) = values;
        let mut values = [a, b, c, d, e, f, g, h, i];
        let mut members = Vec::new();
        for at in order {
            if let Some(other) = at.checked_sub(NAMES.len()) {
                members.extend(beside[other].then_some(BESIDE[other]));
            } else if LEFT_OUT[at].is_none() || here[at] {
                members.push((NAMES[at].0, values[at].0.as_str()));
            }
        }
        let body = written(&members, blank);
        for (at, value) in values.iter_mut().enumerate().filter(|(at, _)| !here[*at]) {
            if let Some(left_out) = LEFT_OUT[at] {
                left_out.clone_into(&mut value.1);
            }
        }
        Told { body, values: values.map(|value| value.1).to_vec() }
    })
}

fn project(program: &Program, body: &str) -> String {
    program.run(&Bytes::copy_from_slice(body.as_bytes())).unwrap().buffer.to_text().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_list_of_orders_is_written_as_declared_and_as_clients_name_it(
        orders in proptest::collection::vec(told(), 0..4),
        blank in blank(),
    ) {
        let (shapes, shape) = order();
        let program = compile(&shapes, Naming::CamelCase, &list(shape), None, &[]);
        let bodies: Vec<&str> = orders.iter().map(|order| order.body.as_str()).collect();
        let clients = orders.iter().map(|order| {
            let members: Vec<_> = NAMES.iter().zip(&order.values).map(|(name, value)| (name.1, value.as_str())).collect();
            written(&members, "")
        });
        let expected = format!("[{}]", clients.collect::<Vec<_>>().join(","));
        prop_assert_eq!(project(&program, &format!("{blank}[{}]{blank}", bodies.join(","))), expected);
    }

    #[test]
    fn what_has_the_same_names_and_nothing_beside_is_not_copied(order in told()) {
        let (shapes, shape) = self::order();
        // What was projected is projected to itself, and lies where it lay.
        let program = compile(&shapes, Naming::SnakeCase, &shape, None, &[]);
        let body = Bytes::from(project(&program, &order.body));
        let projected = program.run(&body).unwrap();
        prop_assert_eq!(projected.buffer.to_text().unwrap(), std::str::from_utf8(&body).unwrap());
        // In a longer text as well.
        let more = format!("\n {} ", std::str::from_utf8(&body).unwrap());
        prop_assert_eq!(project(&program, &more), std::str::from_utf8(&body).unwrap());
    }

    #[test]
    fn any_selection_shows_what_it_names_in_its_order_more_than_once_too(
        order in told(),
        shown in proptest::collection::vec(0..=NAMES.len(), 1..14),
        captured in 0..NAMES.len(),
    ) {
        let (shapes, shape) = self::order();
        let every = || Selection((0..3).map(|index| {
            let key = ["productId", "title", "price"][index].to_owned();
            Selected { key, what: What::Field { index, of: Selection::default() } }
        }).collect());
        let mut expected = Vec::new();
        let selection = shown.iter().enumerate().map(|(number, &at)| {
            // The first of a name has the backend's, so that some are written as they were read.
            let first = shown[..number].iter().all(|&before| before != at);
            let Some((wire, _)) = NAMES.get(at) else {
                expected.push((format!("t{number}"), r#""Order""#.to_owned()));
                return Selected { key: format!("t{number}"), what: What::Typename };
            };
            let key = if first { (*wire).to_owned() } else { format!("f{number}") };
            expected.push((key.clone(), order.values[at].clone()));
            Selected { key, what: What::Field { index: at, of: every() } }
        });
        let selection = Selection(selection.collect());
        let program = compile(&shapes, Naming::CamelCase, &shape, Some(&selection), &[vec![NAMES[captured].0.to_owned()]]);
        let members: Vec<_> = expected.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let projected = program.run(&Bytes::copy_from_slice(order.body.as_bytes())).unwrap();
        prop_assert_eq!(projected.buffer.to_text().unwrap(), written(&members, ""));
        // What is noted is what came, blanks and all.
        let known: serde_json::Value = serde_json::from_str(&order.body).unwrap();
        let noted = projected.captures[0].as_ref().map(|raw| serde_json::from_slice::<serde_json::Value>(raw).unwrap());
        let mut told = known.get(NAMES[captured].0).filter(|value| !value.is_null()).cloned();
        if NAMES[captured].0 == "tags" {
            told = told.or_else(|| Some(serde_json::json!([1, 2])));
        }
        prop_assert_eq!(noted, told);
    }
}

/// An object of more members than a word has bits.
#[test]
fn an_object_of_very_many_members_is_told_apart_by_all_of_them() {
    let mut shapes = Shapes::new();
    let name = |number: usize| format!("member_{number}");
    let shape =
        shapes.object::<Order>("Order", "", |_| (0..150).map(|number| field(&name(number), Shape::Float)).collect());
    let program = compile(&shapes, Naming::SnakeCase, &shape, None, &[]);
    let member = |number: usize| format!("\"{}\":{number}", name(number));
    let body = |numbers: &[usize]| format!("{{{}}}", numbers.iter().copied().map(member).collect::<Vec<_>>().join(","));
    let all: Vec<usize> = (0..150).collect();
    let backwards: Vec<usize> = (0..150).rev().collect();
    assert_eq!(project(&program, &body(&backwards)), body(&all));
    for number in 0..150 {
        let run = |numbers: &[usize]| program.run(&Bytes::from(body(numbers))).unwrap_err().to_string();
        let mut twice = backwards.clone();
        twice.insert(number, number);
        assert!(run(&twice).contains("the member stands twice"), "{number}");
        let without: Vec<usize> = all.iter().copied().filter(|&other| other != number).collect();
        assert_eq!(run(&without), format!("missing field `{}`", name(number)));
    }
}

#[test]
fn bytes_that_are_no_utf_8_are_refused_wherever_they_stand() {
    let (shapes, shape) = order();
    let whole = compile(&shapes, Naming::CamelCase, &shape, None, &[]);
    let raw = compile(&shapes, Naming::CamelCase, &Shape::Raw(Box::new(Shape::Text)), None, &[]);
    let body = r#"{"id":1,"placed_at":"a text of é more than sixteen bytes","status":"paid","total":1,"lines":[],"attributes":{"é":1},"a_name_longer_than_sixteen_bytes":{"é":"é"},"é":"\u00e9"}"#;
    for program in [whole, raw] {
        assert!(program.run(&Bytes::from_static(body.as_bytes())).is_ok());
        for at in 0..body.len() {
            // Half a character, a byte that is in none, a surrogate, one written too long.
            for wrong in [&b"\xc3"[..], b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\x80"] {
                let mut bytes = body.as_bytes().to_vec();
                bytes.splice(at..=at, wrong.iter().copied());
                // It may have completed what stood beside it.
                if std::str::from_utf8(&bytes).is_err() {
                    assert!(program.run(&Bytes::from(bytes)).is_err(), "{wrong:?} at {at}");
                }
            }
        }
    }
}

#[test]
fn a_name_spelt_with_escapes_is_the_same_name() {
    let (shapes, shape) = order();
    let program = compile(&shapes, Naming::CamelCase, &list(shape), None, &[]);
    let one = |id: &str, beside: &str| {
        format!(
            r#"{{"{id}":1,"placed_at":"","status":"paid","total":1,"lines":[],"attributes":{{}},"a_name_longer_than_sixteen_bytes":1{beside}}}"#
        )
    };
    let plain = project(&program, &format!("[{}]", one("id", "")));
    assert_eq!(project(&program, &format!("[{}]", one(r"\u0069d", ""))), plain);
    for twice in [r#","id":2"#, r#","\u0069d":2"#, r#","i\u0064":2"#, r#","status":"paid""#, r#","\u0073tatus":"paid""#]
    {
        for bodies in [vec![one("id", twice)], vec![one("id", ""), one("id", twice)]] {
            let error = program.run(&Bytes::from(format!("[{}]", bodies.join(",")))).unwrap_err().to_string();
            assert!(error.contains("the member stands twice"), "{twice}: {error}");
        }
    }
    // In a map, too.
    let twice = one("id", "").replace(r#""attributes":{}"#, r#""attributes":{"a":1,"\u0061":2}"#);
    let error = program.run(&Bytes::from(format!("[{twice}]"))).unwrap_err().to_string();
    assert!(error.contains("the key `a` stands twice"), "{error}");
}
