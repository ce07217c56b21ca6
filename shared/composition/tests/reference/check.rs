//! One case: the engine's answer beside the reference's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::body::Body;
use http::Method;
use serde_json::Value;
use tokio::time::Instant;
use trefoil_composition::Bff;
use trefoil_composition::declare::{Call, Declaration, Template};
use trefoil_composition::shape::{FieldShape, ObjectShape, Shape, Shapes};
use trefoil_testing::{Answer, End, FakeBackends, Kit};

use crate::backends::Backends;
use crate::generate::{AGAIN, DEADLINE_MS, TAG, declaration};
use crate::model::{Asked, Fatal, Model, without_again};

/// What is missing: path, reason and whether a default stands in; how often.
pub(crate) type Degraded = BTreeMap<(String, String, bool), usize>;

/// The answer to a request, what was asked for it, and how long it took.
pub(crate) struct Ran {
    pub(crate) answer: Answer,
    pub(crate) asked: Vec<Asked>,
    pub(crate) under_way: usize,
    pub(crate) took: Duration,
}

/// The way to ask.
#[derive(Clone, Copy)]
pub(crate) enum Face<'a> {
    Rest,
    /// By this media type.
    Stream(&'static str),
    /// By this query.
    Graphql(&'a str),
}

fn bff(bytes: &[u8]) -> Bff {
    Bff::new("web").declare(|shapes| declaration(bytes, shapes)).declare(beside)
}

struct Beside;

/// An endpoint that reads: without one there is no GraphQL.
fn beside(shapes: &mut Shapes) -> Declaration {
    let call = Call { backend: "b0".to_owned(), path: Template::default(), ..Call::default() };
    let field = FieldShape { rust: "none".to_owned(), call: Some(call), ..FieldShape::default() };
    let answer = shapes.object::<Beside>("Beside", "", |_| vec![field]);
    Declaration {
        type_name: "Beside".to_owned(),
        path: "/beside".to_owned(),
        deadline: Duration::from_secs(1),
        answer,
        ..Default::default()
    }
}

/// What a person needs to see of a case that does not hold.
pub(crate) fn describe(bytes: &[u8], problem: &str) -> String {
    let plan = bff(bytes).compile().map(|bff| bff.plans()[0].draw());
    format!("{problem}\n{}", plan.unwrap_or_else(|errors| format!("{errors:?}")))
}

/// What is done in paused time.
pub(crate) fn in_paused_time<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(work)
}

/// The case's gateway, before its backends.
pub(crate) fn kit(bytes: &[u8], backends: &Backends) -> (Kit, FakeBackends) {
    let fakes = FakeBackends::new();
    for name in ["b0", "b1", "b2"] {
        let backends = backends.clone();
        fakes.on(name, "/").asked(move |call| backends.reply(&call.path));
    }
    let kit = Kit::new(&bff(bytes), &fakes).caller("u-1", &[]);
    let kit = if backends.declaration.idempotency.is_some() { kit.key("\"k-1\"") } else { kit };
    (kit, fakes)
}

/// Asks in paused time.
pub(crate) fn ask(bytes: &[u8], backends: &Backends, face: Face<'_>) -> Ran {
    in_paused_time(async {
        let (kit, fakes) = kit(bytes, backends);
        ran(&kit, &fakes, backends, face).await
    })
}

/// Asks once.
pub(crate) async fn ran(kit: &Kit, fakes: &FakeBackends, backends: &Backends, face: Face<'_>) -> Ran {
    let before = fakes.all_calls().len();
    let started = Instant::now();
    let method = backends.declaration.method.clone();
    let answer = match face {
        Face::Rest => kit.send(method, "/page", Body::empty()).await,
        Face::Stream(media_type) => kit.clone().header("accept", media_type).send(method, "/page", Body::empty()).await,
        Face::Graphql(query) => kit.post("/graphql", &serde_json::json!({ "query": query }).to_string()).await,
    };
    let took = started.elapsed();
    let calls = fakes.all_calls().split_off(before);
    let at = |at: Instant| u64::try_from(at.duration_since(started).as_millis()).unwrap();
    // A write under a key runs to its end, whoever has left.
    let keyed = backends.declaration.idempotency.is_some();
    let stays = |method: &Method| keyed && *method != Method::GET;
    Ran {
        answer,
        under_way: calls.iter().filter(|call| call.end == End::UnderWay && !stays(&call.method)).count(),
        asked: calls
            .iter()
            .map(|call| Asked {
                method: call.method.clone(),
                path: call.path.clone(),
                body: String::from_utf8(call.body.to_vec()).unwrap(),
                at: at(call.at),
                expected: false,
            })
            .collect(),
        took,
    }
}

/// Whether the answer has a body.
pub(crate) fn shows_something(backends: &Backends) -> bool {
    outermost(backends).shown().next().is_some()
}

pub(crate) fn outermost(backends: &Backends) -> &ObjectShape {
    let Shape::Object(id) = backends.declaration.answer else { panic!("the answer is a struct") };
    backends.shapes.get(id)
}

/// The status of an answer.
pub(crate) fn success(backends: &Backends) -> u16 {
    if shows_something(backends) { 200 } else { 204 }
}

/// The engine's answer over REST is the reference's.
pub(crate) fn rest(bytes: &[u8]) -> Result<(), String> {
    let backends = Backends::of(bytes);
    let ran = ask(bytes, &backends, Face::Rest);
    let fail = |problem: String| {
        let asked: Vec<String> = ran.asked.iter().map(|asked| format!("{} {}", asked.at, asked.path)).collect();
        Err(describe(bytes, &format!("{problem}\ncame: {}\nasked:\n{}", ran.answer.text(), asked.join("\n"))))
    };
    let expected = Model::expect(&backends, ran.asked.clone());
    if ran.under_way > 0 {
        return fail(format!("{} calls are under way after the answer", ran.under_way));
    }
    if ran.took > Duration::from_millis(DEADLINE_MS) {
        return fail(format!("it took {:?}", ran.took));
    }
    if !expected.faults.is_empty() {
        return fail(expected.faults.join("\n"));
    }
    match &expected.answer {
        Ok(body) if ran.answer.status != success(&backends) || ran.answer.text() != body => {
            fail(format!("expected: {body}"))
        }
        Ok(_) => {
            let degraded: Degraded = expected
                .degraded
                .into_iter()
                .map(|((path, reason, default), count)| ((path, reason.to_owned(), default), count))
                .collect();
            let came = header(ran.answer.header("trefoil-degraded").unwrap_or_default());
            if came == degraded { Ok(()) } else { fail(format!("expected as missing: {degraded:?}, came: {came:?}")) }
        }
        Err(fatal) => {
            let first = fatal.iter().map(|fatal| fatal.at).min().unwrap();
            // A view that leads to itself: whether its failures may still be sheltered is known at the end only.
            let recursive = recursive(&backends);
            let came = ran.answer.json();
            let fits = |one: &&Fatal| {
                (one.at == first || recursive)
                    && came["field"].as_str().map(without_again).as_ref() == Some(&one.field)
                    && came["code"] == one.code
                    && ran.answer.status == one.status
            };
            match fatal.iter().find(fits) {
                Some(_) => Ok(()),
                None => fail(format!("expected one of {fatal:#?}")),
            }
        }
    }
}

/// A query for everything gives the same data and the same missing fields.
pub(crate) fn graphql(bytes: &[u8]) -> Result<(), String> {
    let backends = Backends::of(bytes);
    let operation = if backends.declaration.method == Method::GET { "query" } else { "mutation" };
    let whole = match (outermost(&backends).shown().next(), backends.declaration.root) {
        (None, _) => String::new(),
        (Some(field), true) => selection(&backends.shapes, &field.shape, ""),
        (Some(_), false) => selection(&backends.shapes, &backends.declaration.answer, ""),
    };
    let query = format!("{operation} {{ page {whole} }}");
    // A view that leads to itself has no query for everything; a large one is refused.
    if recursive(&backends) || query.len() > 8_000 || query.matches(' ').count() > 450 {
        return Ok(());
    }
    let (rest, graphql) = (ask(bytes, &backends, Face::Rest), ask(bytes, &backends, Face::Graphql(&query)));
    let (one, other) = (&rest.answer, graphql.answer.json());
    let fail = |problem: &str| Err(describe(bytes, &format!("{problem}\n{}\n{other}\n{query}", one.text())));
    if graphql.under_way > 0 {
        return fail("calls are under way after the answer");
    }
    if one.status != success(&backends) {
        let error = &other["errors"][0]["extensions"];
        let same = other["data"]["page"].is_null()
            && error["code"] == one.json()["code"]
            && error["field"] == one.json()["field"];
        return if same { Ok(()) } else { fail("the problem is another") };
    }
    // What is not shown is done.
    let expected = if shows_something(&backends) { as_graphql(one.json()) } else { Value::Bool(true) };
    if as_graphql(other["data"]["page"].clone()) != expected {
        return fail("the data is other");
    }
    let asked = |ran: &Ran| ran.asked.iter().map(|asked| asked.path.clone()).collect::<BTreeSet<String>>();
    if asked(&rest) != asked(&graphql) {
        return fail("other calls were made");
    }
    let entry = |entry: &Value| {
        let path = entry["path"].as_str().unwrap();
        let path = path.strip_prefix("page").unwrap().trim_start_matches('.').to_owned();
        let count = entry["count"].as_u64().unwrap_or(1);
        let default = entry["default"].as_bool().unwrap_or(false);
        ((path, entry["reason"].as_str().unwrap().to_owned(), default), usize::try_from(count).unwrap())
    };
    let entries = other["extensions"]["degraded"].as_array().map(Vec::as_slice).unwrap_or_default();
    let degraded: Degraded = entries.iter().map(entry).collect();
    if degraded != header(one.header("trefoil-degraded").unwrap_or_default()) {
        return fail("other fields are missing");
    }
    let hidden: BTreeSet<String> = hidden(&backends);
    let is_hidden = |path: &str| hidden.contains(path.rsplit('.').next().unwrap_or_default());
    let errors = other["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_null = |(path, _, default): &(String, String, bool)| !default && !is_hidden(path);
    let nulls = degraded.iter().filter(|(key, _)| is_null(key)).map(|(_, count)| count).sum::<usize>();
    // What is hidden has no place; what it takes with it has.
    let shown = |error: &&Value| !is_hidden(error["extensions"]["field"].as_str().unwrap());
    let shown: Vec<&Value> = errors.iter().filter(shown).collect();
    if shown.len() != nulls {
        return fail(&format!("{} errors for {nulls} failed places", shown.len()));
    }
    let mut places: Vec<String> = shown.iter().map(|error| error["path"].to_string()).collect();
    places.sort();
    places.dedup();
    if places.len() != shown.len() {
        return fail("a place is named twice");
    }
    for error in errors {
        let path = error["path"].as_array().unwrap();
        if !leads_to_null(&other["data"], path) {
            return fail(&format!("{} is not null", error["path"]));
        }
        let names: Vec<&str> = path[1..].iter().filter_map(Value::as_str).collect();
        let reason = error["extensions"]["reason"].as_str().unwrap_or_default().to_owned();
        if shown.contains(&error) && !degraded.contains_key(&(names.join("."), reason, false)) {
            return fail(&format!("{} is not among what is missing", error["path"]));
        }
    }
    Ok(())
}

/// The client's names of the fields that are not shown.
fn hidden(backends: &Backends) -> BTreeSet<String> {
    let fields = backends.shapes.objects().flat_map(|(_, object)| &object.fields);
    fields.filter(|field| field.hidden).map(|field| field.client_name(Default::default())).collect()
}

/// What one of several views is, GraphQL says by its type, not by a member; and what has another type there has another name.
fn as_graphql(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(as_graphql).collect(),
        Value::Object(members) => {
            let rename = |(name, value): (String, Value)| {
                let name = if name.starts_with("id_of_") { "id".to_owned() } else { name };
                (name != TAG).then(|| (name, as_graphql(value)))
            };
            members.into_iter().filter_map(rename).collect::<serde_json::Map<String, Value>>().into()
        }
        other => other,
    }
}

/// The same requests, bytes and missing fields, whatever comes first.
pub(crate) fn latencies(bytes: &[u8]) -> Result<(), String> {
    let mut backends = Backends::of(bytes);
    let seen = |backends: &Backends| {
        let ran = ask(bytes, backends, Face::Rest);
        let mut asked: Vec<String> = ran.asked.into_iter().map(|asked| asked.path).collect();
        asked.sort();
        let header = ran.answer.header("trefoil-degraded").map(str::to_owned);
        (ran.answer.status == success(backends)).then(|| (ran.answer.text().to_owned(), header, asked))
    };
    // Which failure of several is told depends on which was first; whether there is an answer does not.
    let first = seen(&backends);
    for latencies in 0..3 {
        backends.latencies = latencies;
        let other = seen(&backends);
        if other != first {
            return Err(describe(bytes, &format!("{first:#?}\n{other:#?}")));
        }
    }
    Ok(())
}

pub(crate) fn recursive(backends: &Backends) -> bool {
    backends.shapes.objects().any(|(_, object)| object.fields.iter().any(|field| field.rust == AGAIN))
}

fn leads_to_null(value: &Value, path: &[Value]) -> bool {
    match (value, path) {
        (Value::Null, _) => true,
        (Value::Object(members), [Value::String(name), rest @ ..]) => {
            members.get(name).is_some_and(|value| leads_to_null(value, rest))
        }
        (Value::Array(items), [index, rest @ ..]) => {
            let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
            index.and_then(|index| items.get(index)).is_some_and(|value| leads_to_null(value, rest))
        }
        _ => false,
    }
}

/// Everything there is; `id` under another name where it may be of another type.
fn selection(shapes: &Shapes, shape: &Shape, id_as: &str) -> String {
    match shape {
        Shape::Object(id) => {
            let field = |field: &FieldShape| {
                if field.rust == AGAIN {
                    return String::new();
                }
                let alias = if field.rust == "id" { id_as } else { "" };
                format!("{alias}{} {}", field.client_name(Default::default()), selection(shapes, &field.shape, ""))
            };
            format!("{{ {} }}", shapes.get(*id).shown().map(field).collect::<Vec<_>>().join(" "))
        }
        Shape::Choice(id) => {
            let variant = |variant: &trefoil_composition::shape::ChoiceVariant| {
                let name = &shapes.get(variant.object).name;
                let of = selection(shapes, &Shape::Object(variant.object), &format!("id_of_{name}: "));
                format!("... on {name} {of}")
            };
            format!("{{ {} }}", shapes.get_choice(*id).variants.iter().map(variant).collect::<Vec<_>>().join(" "))
        }
        Shape::List(inner) | Shape::Nullable(inner) => selection(shapes, inner, id_as),
        _ => String::new(),
    }
}

/// Reads `Trefoil-Degraded`.
pub(crate) fn header(text: &str) -> Degraded {
    let mut found = Degraded::new();
    for member in text.split(", ").filter(|member| !member.is_empty()) {
        let mut parts = member.split(';');
        let path = without_again(parts.next().unwrap().trim_matches('"'));
        let (mut reason, mut count, mut default) = (String::new(), 1, false);
        for part in parts {
            match part.split_once('=') {
                Some(("reason", word)) => word.clone_into(&mut reason),
                Some(("count", number)) => count = number.parse().unwrap(),
                _ => default = part == "default",
            }
        }
        *found.entry((path, reason, default)).or_default() += count;
    }
    found
}
