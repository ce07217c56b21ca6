//! A projected body holds what its shape names, in declared order, whatever came and in whatever order.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use bytes::Bytes;
use trefoil_composition::names::Naming;
use trefoil_composition::project::{Program, Selected, Selection, What, compile};
use trefoil_composition::shape::{FieldShape, Shape, Shapes, VariantShape};

fn field(rust: &str, shape: Shape) -> FieldShape {
    FieldShape { rust: rust.into(), wire: vec![rust.into()], shape, ..FieldShape::default() }
}

fn nullable(shape: Shape) -> Shape {
    Shape::Nullable(Box::new(shape))
}

fn integer(bits: u32) -> Shape {
    Shape::Int(trefoil_composition::shape::Int { min: -(1i128 << (bits - 1)), max: (1i128 << (bits - 1)) - 1 })
}

struct Order;
struct Line;
struct Status;

/// order { id, placed_at, status, total, note?, lines: [line { product_id, unit_price }] }
fn order() -> (Shapes, Shape) {
    let mut shapes = Shapes::new();
    let shape = shapes.object::<Order>("Order", "", |shapes| {
        let line = shapes
            .object::<Line>("Line", "", |_| vec![field("product_id", integer(64)), field("unit_price", Shape::Float)]);
        let variant = |wire: &str| VariantShape { wire: wire.into(), doc: String::new() };
        let status = shapes.enumeration::<Status>("Status", "", vec![variant("paid"), variant("shipped")]);
        vec![
            field("id", integer(64)),
            field("placed_at", Shape::Text),
            field("status", status),
            field("total", Shape::Float),
            field("note", nullable(Shape::Text)),
            field("lines", Shape::List(Box::new(line))),
        ]
    });
    (shapes, shape)
}

fn project(program: &Program, body: &str) -> Result<String, String> {
    let projected = program.run(&Bytes::copy_from_slice(body.as_bytes())).map_err(|error| error.to_string())?;
    Ok(projected.buffer.to_text().unwrap())
}

fn rest(captures: &[&[&str]]) -> Program {
    let (shapes, shape) = order();
    let captures: Vec<Vec<String>> =
        captures.iter().map(|path| path.iter().map(ToString::to_string).collect()).collect();
    compile(&shapes, Naming::CamelCase, &shape, None, &captures)
}

const EXPECTED: &str = r#"{"id":9007199254740993,"placedAt":"2026-11-24","status":"paid","total":1.10,"note":null,"lines":[{"productId":1,"unitPrice":0.50},{"productId":2,"unitPrice":3e0}]}"#;

#[test]
fn members_in_declared_order_pass_as_one_run_of_bytes() {
    let body = r#" {"id":9007199254740993, "placed_at":"2026-11-24","status":"paid","total":1.10,"note":null,
        "lines":[{"product_id":1,"unit_price":0.50},{"product_id":2,"unit_price":3e0}], "margin": {"secret": [1]}} "#;
    assert_eq!(project(&rest(&[]), body).unwrap(), EXPECTED);
}

#[test]
fn members_in_any_order_come_out_in_declared_order() {
    let members = [
        r#""id":9007199254740993"#,
        r#""placed_at":"2026-11-24""#,
        r#""status":"paid""#,
        r#""total":1.10"#,
        r#""margin":"secret""#,
        r#""lines":[{"unit_price":0.50,"x":{},"product_id":1},{"product_id":2,"unit_price":3e0}]"#,
    ];
    permutations(&mut members.to_vec(), 0, &mut |order| {
        let body = format!("{{{}}}", order.join(","));
        assert_eq!(project(&rest(&[]), &body).unwrap(), EXPECTED, "{body}");
    });
}

fn permutations<'a>(items: &mut Vec<&'a str>, at: usize, visit: &mut impl FnMut(&[&'a str])) {
    if at == items.len() {
        return visit(items);
    }
    for other in at..items.len() {
        items.swap(at, other);
        permutations(items, at + 1, visit);
        items.swap(at, other);
    }
}

#[test]
fn what_is_not_as_the_type_says_is_refused_with_its_place() {
    let fits = r#"{"id":1,"placed_at":"x","status":"paid","total":1,"lines":[]}"#;
    assert!(project(&rest(&[]), fits).is_ok());
    for (body, reason) in [
        (fits.replace("\"id\":1", "\"id\":1.0"), "whole number"),
        (fits.replace("\"id\":1", "\"id\":\"1\""), "whole number"),
        (fits.replace("\"id\":1", "\"id\":9223372036854775808"), "whole number"),
        (fits.replace("\"id\":1", "\"id\":null"), "whole number"),
        (fits.replace("\"id\":1,", ""), "missing field `id`"),
        (fits.replace("\"id\":1", "\"id\":1,\"id\":1"), "stands twice"),
        (fits.replace("\"x\"", "7"), "a string"),
        (fits.replace("\"x\"", r#""\ud800""#), "a string"),
        (fits.replace("paid", "lost"), "one of paid, shipped"),
        (fits.replace("[]", "{}"), "a list"),
        (fits.replace("[]", "[1]"), "an object"),
        (fits.replace("[]", "null"), "a list"),
        (format!("{fits} x"), "trailing"),
        (format!("\u{feff}{fits}"), "expected value"),
        ("[]".to_owned(), "an object"),
        ("<html>".to_owned(), "expected value"),
        (String::new(), "EOF"),
    ] {
        let error = project(&rest(&[]), &body).unwrap_err();
        assert!(error.contains(reason), "{body}: {error}");
    }
}

#[test]
fn an_unnamed_member_may_stand_twice_and_be_anything() {
    // Nobody reads it, so no two readers can take another one of them; but it must be JSON, and no deeper than what is read.
    let body =
        r#"{"x":1,"x":[{}],"id":1,"placed_at":"\u0041\"","status":"shipped","total":-0.0,"note":"n","lines":[]}"#;
    let text = project(&rest(&[]), body).unwrap();
    assert_eq!(text, r#"{"id":1,"placedAt":"\u0041\"","status":"shipped","total":-0.0,"note":"n","lines":[]}"#);
    let within = |depth: usize| body.replace("[{}]", &format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
    assert_eq!(project(&rest(&[]), &within(127)).unwrap(), text);
    for depth in [128, 1_000_000] {
        let error = project(&rest(&[]), &within(depth)).unwrap_err();
        assert!(error.contains("more than 128 lists and objects inside one another"), "{error}");
    }
}

#[test]
fn awaited_values_are_noted_as_they_came() {
    let body = Bytes::from_static(br#"{"lines":[],"total":1.10,"status":"paid","placed_at":"x","id":7}"#);
    let noted = rest(&[&["total"], &["note"], &["id"]]).run(&body).unwrap().captures;
    assert_eq!(noted, [Some(Bytes::from_static(b"1.10")), None, Some(Bytes::from_static(b"7"))]);
}

#[test]
fn a_whole_list_or_object_is_noted_as_it_came_and_projected_all_the_same() {
    let body = r#"{"lines":[{"product_id":1, "x":[2],"unit_price":0.50}],"total":1.10,"status":"paid","placed_at":"x","id":7}"#;
    let program = rest(&[&["lines"], &[], &["id"]]);
    let projected = program.run(&Bytes::copy_from_slice(body.as_bytes())).unwrap();
    let noted: Vec<Option<&[u8]>> = projected.captures.iter().map(|value| value.as_deref()).collect();
    let lines = &br#"[{"product_id":1, "x":[2],"unit_price":0.50}]"#[..];
    assert_eq!(noted, [Some(lines), Some(body.as_bytes()), Some(&b"7"[..])]);
    assert_eq!(projected.buffer.to_text().unwrap(), project(&rest(&[]), body).unwrap());
    // What it is not is refused as ever, and null is no value.
    for wrong in [r#"{"lines":7}"#, r#"{"lines":[{"product_id":1}]}"#, "[]", r#"{"lines":[}"#] {
        assert!(program.run(&Bytes::copy_from_slice(wrong.as_bytes())).is_err(), "{wrong}");
    }
}

#[test]
fn a_selection_shows_what_it_names_in_its_order_under_its_names() {
    let (shapes, shape) = order();
    let show = |key: &str, index| Selected { key: key.into(), what: What::Field { index, of: Selection::default() } };
    let lines =
        |key: &str, of: Vec<Selected>| Selected { key: key.into(), what: What::Field { index: 5, of: Selection(of) } };
    let typename = || Selected { key: "__typename".into(), what: What::Typename };
    let selection = Selection(vec![
        typename(),
        show("sum", 3),
        lines("prices", vec![show("price", 1), typename()]),
        show("total", 3),
        lines("products", vec![show("productId", 0)]),
        show("note", 4),
    ]);
    let program = compile(&shapes, Naming::CamelCase, &shape, Some(&selection), &[vec!["id".into()]]);
    let body = Bytes::from_static(
        br#"{"id":7,"placed_at":"x","status":"paid","total":2.50,"lines":[{"product_id":1,"unit_price":2},{"unit_price":3,"product_id":2}]}"#,
    );
    let projected = program.run(&body).unwrap();
    assert_eq!(
        projected.buffer.to_text().unwrap(),
        r#"{"__typename":"Order","sum":2.50,"prices":[{"price":2,"__typename":"Line"},{"price":3,"__typename":"Line"}],"total":2.50,"products":[{"productId":1},{"productId":2}],"note":null}"#
    );
    assert_eq!(projected.captures, [Some(Bytes::from_static(b"7"))]);
}

struct Category;

#[test]
fn a_view_may_contain_itself() {
    let mut shapes = Shapes::new();
    let shape = shapes.object::<Category>("Category", "", |shapes| {
        let inner = shapes.object::<Category>("Category", "", |_| unreachable!());
        vec![field("name", Shape::Text), field("children", Shape::List(Box::new(inner)))]
    });
    let program = compile(&shapes, Naming::CamelCase, &shape, None, &[]);
    let body = r#"{"name":"a","children":[{"children":[{"name":"c","children":[],"x":0}],"name":"b"}]}"#;
    assert_eq!(
        project(&program, body).unwrap(),
        r#"{"name":"a","children":[{"name":"b","children":[{"name":"c","children":[]}]}]}"#
    );
}

#[test]
fn a_default_stands_in_for_a_member_that_did_not_come() {
    let mut shapes = Shapes::new();
    let shape = shapes.object::<Order>("Order", "", |_| {
        vec![
            FieldShape { default: Some("[1, 2]".into()), ..field("tags", Shape::List(Box::new(integer(32)))) },
            FieldShape {
                wire: vec!["amount".into(), "sum".into()],
                renamed: Some("value".into()),
                ..field("total", Shape::Float)
            },
        ]
    });
    let program = compile(&shapes, Naming::CamelCase, &shape, None, &[]);
    assert_eq!(project(&program, r#"{"sum":1}"#).unwrap(), r#"{"tags":[1,2],"value":1}"#);
    assert!(project(&program, r#"{"sum":1,"amount":1}"#).unwrap_err().contains("twice"));
}
