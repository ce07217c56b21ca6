//! One case as a stream: the same data, the same missing fields, each field once, and failures where they are documented.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;
use trefoil_composition::Naming;
use trefoil_composition::shape::{FieldShape, Shape};
use trefoil_testing::Answer;

use crate::backends::{Backends, number};
use crate::check::{Degraded, Face, Ran, ask, describe, header, outermost, recursive, success};
use crate::generate::{CALLS_DUE_MS, WITHIN_MS};
use crate::model::without_again;

/// The events of a stream: what each is called, and its members.
#[derive(Debug, PartialEq)]
struct Events(Vec<(String, BTreeMap<String, String>)>);

/// The stream is REST's answer in parts, in either format.
pub(crate) fn stream(bytes: &[u8]) -> Result<(), String> {
    let backends = Backends::of(bytes);
    let rest = ask(bytes, &backends, Face::Rest);
    let lines = ask(bytes, &backends, Face::Stream("application/x-ndjson"));
    let sent = ask(bytes, &backends, Face::Stream("text/event-stream"));
    let fail = |problem: &str| {
        Err(describe(bytes, &format!("{problem}\nREST: {}\nstream: {}", rest.answer.text(), lines.answer.text())))
    };
    if lines.under_way + sent.under_way > 0 {
        return fail("calls are under way after the answer");
    }
    if lines.answer.status != sent.answer.status {
        return fail("the formats differ in their status");
    }
    if rest.asked.len() != lines.asked.len() && rest.answer.status == success(&backends) {
        return fail("other calls were made");
    }
    // A view that leads to itself: whether its failures may still be sheltered is known at the end only, so that a stream
    // and an answer may fail by different calls.
    let same_problem = |of: &dyn Fn(&str) -> Value| {
        let came = rest.answer.json();
        recursive(&backends) || ["code", "field", "status"].iter().all(|member| of(member) == came[*member])
    };
    if lines.answer.status != 200 {
        let (one, other) = (lines.answer.json(), sent.answer.json());
        return match (one == other, same_problem(&|member| one[member].clone())) {
            (false, _) => fail("the formats differ in their problem"),
            (_, false) => fail("the problem is another"),
            _ if must_have_begun(&backends, &rest) => fail("a field was settled before, and was not sent"),
            _ => Ok(()),
        };
    }
    let events = Events::of_lines(&lines.answer);
    if events != Events::of_sent(&sent.answer) {
        return fail("the formats differ in their events");
    }
    let fields = match events.fields() {
        Ok(fields) => fields,
        Err(problem) => return fail(&problem),
    };
    if let Some(problem) = out_of_order(&backends, &lines, &fields) {
        return fail(&problem);
    }
    let (name, members) = events.0.last().unwrap();
    match (name.as_str(), rest.answer.status.as_u16()) {
        ("end", 200 | 204) => {
            let members: Value = serde_json::from_str(&members["degraded"]).unwrap();
            if whole(&backends, &fields) != rest.answer.text() {
                return fail("the data is other");
            }
            let degraded = header(rest.answer.header("trefoil-degraded").unwrap_or_default());
            if missing(&members) == degraded { Ok(()) } else { fail("other fields are missing") }
        }
        ("error", _) => {
            if fields.is_empty() {
                return fail("a stream began without a field");
            }
            let member = |name: &str| serde_json::from_str(&members[name]).unwrap();
            if same_problem(&member) { Ok(()) } else { fail("the problem is another") }
        }
        (name, status) => fail(&format!("the stream came to `{name}`, and REST to {status}")),
    }
}

/// REST's body, made of the fields of a stream.
fn whole(backends: &Backends, fields: &[(String, String)]) -> String {
    let value = |name: &str| {
        let sent = fields.iter().find(|(path, _)| *path == name);
        sent.map_or("nothing", |(_, value)| value.as_str()).to_owned()
    };
    let names: Vec<String> = outermost(backends).shown().map(|field| name(backends, field)).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] if backends.declaration.root => value(one),
        all => {
            let one = |name: &String| format!("{}:{}", Value::from(name.as_str()), value(name));
            format!("{{{}}}", all.iter().map(one).collect::<Vec<_>>().join(","))
        }
    }
}

/// The path of a top-level field: none where its value is the answer as a whole.
fn name(backends: &Backends, field: &FieldShape) -> String {
    if backends.declaration.root { String::new() } else { field.client_name(Naming::default()) }
}

/// When the one request of a top-level field was over, by the field's name: of those with nothing below them to wait for.
fn settled(backends: &Backends, ran: &Ran) -> BTreeMap<String, u64> {
    let leaf = |shape: &Shape| {
        let mut shape = shape;
        while let Shape::Nullable(inner) | Shape::List(inner) = shape {
            shape = inner;
        }
        !matches!(shape, Shape::Object(_) | Shape::Choice(_))
    };
    let of = |field: &FieldShape| {
        let asked = ran.asked.iter().find(|asked| format!("call_{}", number(&asked.path)) == field.rust)?;
        let longest = field.call.as_ref()?.within.map_or(CALLS_DUE_MS, |_| CALLS_DUE_MS.min(asked.at + WITHIN_MS));
        let over = (asked.at + backends.said(&asked.path).delay).min(longest);
        leaf(&field.shape).then(|| (name(backends, field), over))
    };
    outermost(backends).shown().filter_map(of).collect()
}

/// Whether a field was over before the failure, and no status had to be waited for.
fn must_have_begun(backends: &Backends, rest: &Ran) -> bool {
    let decides = |field: &FieldShape| {
        let guards = field.hidden && !field.shape.is_nullable();
        guards || field.call.iter().any(|call| !call.pass.is_empty())
    };
    let waits = outermost(backends).fields.iter().any(decides);
    let took = u64::try_from(rest.took.as_millis()).unwrap();
    let failed = rest.answer.json()["field"].as_str().map(str::to_owned);
    !waits && settled(backends, rest).iter().any(|(name, &over)| over < took && Some(name) != failed.as_ref())
}

/// Fields are sent in the order in which they were over.
fn out_of_order(backends: &Backends, ran: &Ran, fields: &[(String, String)]) -> Option<String> {
    let over = settled(backends, ran);
    let sent: Vec<(&str, u64)> =
        fields.iter().filter_map(|(path, _)| Some((path.as_str(), *over.get(path)?))).collect();
    let late = sent.windows(2).find(|pair| pair[0].1 > pair[1].1)?;
    Some(format!("`{}` was over before `{}`, and was sent after it", late[1].0, late[0].0))
}

/// The `degraded` of the last event.
fn missing(list: &Value) -> Degraded {
    let mut found = Degraded::new();
    for one in list.as_array().unwrap() {
        let path = without_again(one["path"].as_str().unwrap());
        let key = (path, one["reason"].as_str().unwrap().to_owned(), one["default"] == true);
        *found.entry(key).or_default() += usize::try_from(one["count"].as_u64().unwrap_or(1)).unwrap();
    }
    found
}

impl Events {
    fn of_lines(answer: &Answer) -> Events {
        let one = |line: &str| {
            let mut members = members(line);
            let name: String = serde_json::from_str(&members.remove("event").expect("each line is an event")).unwrap();
            (name, members)
        };
        // An empty line is a sign of life.
        Events(answer.text().lines().filter(|line| !line.is_empty()).map(one).collect())
    }

    fn of_sent(answer: &Answer) -> Events {
        let one = |event: &str| {
            let (name, data) = event.split_once("\ndata: ").expect("an event has a name and data");
            (name.strip_prefix("event: ").expect("the name comes first").to_owned(), members(data))
        };
        let text = answer.text().strip_suffix("\n\n").expect("an event ends with an empty line");
        Events(text.split("\n\n").filter(|event| *event != ":").map(one).collect())
    }

    /// The fields in the order in which they came. Each is there once, and one other event follows them.
    fn fields(&self) -> Result<Vec<(String, String)>, String> {
        let Some((last, fields)) = self.0.split_last() else { return Err("there are no events".to_owned()) };
        if last.0 == "field" {
            return Err("the stream breaks off".to_owned());
        }
        let mut found: Vec<(String, String)> = Vec::new();
        for (name, members) in fields {
            let path: String = serde_json::from_str(&members["path"]).unwrap();
            if name != "field" || found.iter().any(|(other, _)| *other == path) {
                return Err(format!("`{name}` of `{path}` comes where it must not"));
            }
            found.push((path, members["value"].clone()));
        }
        Ok(found)
    }
}

/// The members of an object, each as it is written.
fn members(text: &str) -> BTreeMap<String, String> {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).expect("each event is an object");
    members.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect()
}
