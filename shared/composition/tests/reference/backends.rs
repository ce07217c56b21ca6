//! What each request of a random declaration gets: a function of the case and the request alone.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use trefoil_composition::declare::{Call, Declaration, Fan};
use trefoil_composition::shape::{FieldShape, Shape, Shapes};
use trefoil_testing::Reply;

use crate::generate::{AGAIN, ENVELOPE, NOTE, TAG, declaration};
use crate::json::{Json, plain};
use crate::numbers::Numbers;

/// The backends of a case.
#[derive(Clone)]
pub(crate) struct Backends {
    pub(crate) shapes: Shapes,
    pub(crate) declaration: Declaration,
    seed: u64,
    /// What the delays are made of; nothing else is.
    pub(crate) latencies: u64,
}

/// What a request gets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) delay: u64,
    pub(crate) what: What,
    /// A header of the answer.
    pub(crate) note: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// A body, whether there is room in its text, and the status.
    Json(Json, bool, u16),
    /// A body that is not what it must be.
    Unfit(String),
    Html,
    Status(u16),
    Refused,
    Broken,
}

impl Backends {
    pub(crate) fn of(bytes: &[u8]) -> Backends {
        let mut shapes = Shapes::new();
        let declaration = declaration(bytes, &mut shapes);
        let seed = Numbers::of(0, bytes).next();
        Backends { shapes, declaration, seed, latencies: seed }
    }

    /// The call with this number, and its field.
    pub(crate) fn call(&self, number: usize) -> (&FieldShape, &Call) {
        let name = format!("call_{number}");
        let mut fields = self.shapes.objects().flat_map(|(_, object)| &object.fields);
        let field = fields.find(|field| field.rust == name).expect("each request is some call's");
        (field, field.call.as_ref().unwrap())
    }

    /// What this request gets.
    pub(crate) fn said(&self, path: &str) -> Said {
        let (field, call) = self.call(number(path));
        let mut numbers = Numbers::of(self.seed, path);
        // Some calls are always well, some sometimes fail, some always do.
        let health = Numbers::of(self.seed, number(path)).below(10);
        let fails = match health {
            0..=5 => false,
            6..=8 => numbers.below(3) == 2,
            _ => true,
        };
        let (mut delay, mut what) = (20 * (1 + Numbers::of(self.latencies, path).below(9) as u64), None);
        if fails {
            what = Some(match numbers.below(9) {
                0 => What::Refused,
                1 => What::Broken,
                2 => What::Status(500),
                3 | 4 => What::Status(404),
                5 => What::Status(204),
                6 => What::Html,
                7 => self.unfit(field, call, path, &mut numbers),
                _ => {
                    delay = 50_000;
                    What::Status(500)
                }
            });
        }
        let room = numbers.below(2) == 1;
        let note = *numbers.pick(&[None, Some("7"), Some("a b"), Some("300")]);
        let status = if numbers.rarely(6) { 201 } else { 200 };
        let what = what.unwrap_or_else(|| What::Json(self.body(field, call, path), room, status));
        Said { delay, what, note }
    }

    pub(crate) fn reply(&self, path: &str) -> Reply {
        let Said { delay, what, note } = self.said(path);
        let reply = match what {
            What::Json(json, room, status) => {
                let json = if self.call(number(path)).1.at.is_empty() { json } else { enveloped(json) };
                Reply::answer(status, "application/json", &json.text(room))
            }
            What::Unfit(text) => Reply::json(&text),
            What::Html => Reply::answer(200, "text/html", "<html></html>"),
            What::Status(204) => Reply::answer(204, "application/json", ""),
            What::Status(status) => Reply::status(status),
            What::Refused => Reply::refused(),
            What::Broken => Reply::broken(),
        };
        let reply = note.into_iter().fold(reply, |reply, note| reply.header(NOTE, note));
        reply.slow(u64::try_from(Duration::from_millis(delay).as_millis()).unwrap())
    }

    fn unfit(&self, field: &FieldShape, call: &Call, path: &str, numbers: &mut Numbers) -> What {
        let body = self.body(field, call, path);
        // What is passed on as it came, or is not shown, is not looked into.
        let lax = field.hidden || matches!(field.shape.unwrap_nullable().0, Shape::Raw(_));
        What::Unfit(match (numbers.below(if lax { 2 } else { 4 }), body) {
            (0, body) => format!("{} x", body.text(false)),
            (1, body) => format!("[{}", body.text(false)),
            (2, Json::List(mut items)) if matches!(call.fan, Fan::Batch { .. }) => {
                items.push(Json::Object(Vec::new()));
                Json::List(items).text(false)
            }
            (_, Json::List(_)) => r#"{"unexpected":[]}"#.to_owned(),
            _ => r#"[["unexpected"]]"#.to_owned(),
        })
    }

    fn body(&self, field: &FieldShape, call: &Call, path: &str) -> Json {
        let mut numbers = Numbers::of(self.seed, ("body", path));
        if !matches!(call.fan, Fan::Batch { .. }) {
            return self.value(&field.shape, &mut numbers, 0);
        }
        let keys = keys(path);
        let mut elements: Vec<Json> = keys.iter().filter_map(|key| self.element(field, key, 0)).collect();
        // What was not asked for, and null where it may stand.
        for key in ["zz", "77", "a", "1"] {
            if numbers.rarely(4) && !keys.iter().any(|asked| asked == key) {
                elements.extend(self.element(field, key, 0));
            }
        }
        if field.shape.is_nullable() && numbers.rarely(3) {
            elements.push(Json::null());
        }
        numbers.shuffle(&mut elements);
        // A key that is answered twice: the first counts.
        for key in &keys {
            if numbers.rarely(5) && self.element(field, key, 0).is_some() {
                elements.extend(self.element(field, key, 1));
            }
        }
        Json::List(elements)
    }

    /// The element of a batch's answer with this key; some are missing.
    fn element(&self, field: &FieldShape, key: &str, copy: usize) -> Option<Json> {
        let mut numbers = Numbers::of(self.seed, (&field.rust, key, copy));
        if copy == 0 && numbers.rarely(6) {
            return None;
        }
        let (Shape::Object(id), _) = field.shape.unwrap_nullable() else { panic!("a batch fills views") };
        let own = self.shapes.get(*id).fields.iter().find(|field| field.rust == "id")?;
        let literal = match &own.shape {
            Shape::Text => Json::quoted(key),
            Shape::Int(int) => {
                key.parse::<i128>().ok().filter(|value| (int.min..=int.max).contains(value))?;
                Json::Raw(key.to_owned())
            }
            _ => return None,
        };
        let Json::Object(mut members) = self.value(&Shape::Object(*id), &mut numbers, 0) else { return None };
        members.iter_mut().filter(|(name, _)| name == "id").for_each(|(_, value)| *value = literal.clone());
        Some(Json::Object(members))
    }

    /// A body of this shape, as a backend may send it.
    fn value(&self, shape: &Shape, numbers: &mut Numbers, depth: usize) -> Json {
        match shape {
            Shape::Bool => Json::Raw((*numbers.pick(&["true", "false"])).to_owned()),
            Shape::Int(int) if int.max > i128::from(u32::MAX) => {
                Json::Raw((*numbers.pick(&["1", "2", "3", "9007199254740993", "-4"])).to_owned())
            }
            Shape::Int(_) => Json::Raw((*numbers.pick(&["1", "2", "3", "4"])).to_owned()),
            Shape::Float => Json::Raw((*numbers.pick(&["1.10", "0", "-2.5e3", "7"])).to_owned()),
            Shape::Text => match numbers.below(40) {
                0 => Json::quoted(""),
                1 => Json::quoted(".."),
                2 => Json::quoted(&format!("{}{}", "L".repeat(1500), numbers.below(4))),
                3..=6 => Json::Raw((*numbers.pick(&[r#""\u0061""#, r#""\u00e9""#, r#""b\n""#])).to_owned()),
                _ => Json::quoted(numbers.pick::<&str>(&["a", "b", "c", "d", "k,1", "k 2/é%&?#", "\u{e9}", "1"])),
            },
            Shape::Enum(_) => Json::quoted(numbers.pick::<&str>(&["ONE", "TWO", "THREE"])),
            Shape::Nullable(inner) => {
                if depth > 4 || numbers.rarely(5) {
                    Json::null()
                } else {
                    self.value(inner, numbers, depth)
                }
            }
            Shape::List(item) => {
                let length = if depth > 4 { 0 } else { numbers.below(if depth == 0 { 5 } else { 4 }) };
                Json::List((0..length).map(|_| self.value(item, numbers, depth + 1)).collect())
            }
            Shape::Nothing => Json::null(),
            Shape::Map(inner) => {
                let names = ["z", "a", "id"].into_iter().filter(|_| numbers.below(2) == 1).collect::<Vec<_>>();
                Json::Object(
                    names.iter().map(|name| ((*name).to_owned(), self.value(inner, numbers, depth + 1))).collect(),
                )
            }
            // Anything, a member twice in it.
            Shape::Raw(_) => match numbers.below(4) {
                0 => Json::Raw("1.10".to_owned()),
                1 => Json::List(vec![Json::null(), Json::quoted("k {")]),
                2 => Json::List(Vec::new()),
                _ => Json::Object(vec![
                    ("b".to_owned(), Json::List(vec![Json::Object(Vec::new())])),
                    ("a".to_owned(), Json::Raw(r#""\u0061""#.to_owned())),
                    ("b".to_owned(), Json::null()),
                ]),
            },
            Shape::Choice(id) => {
                let choice = self.shapes.get_choice(*id);
                let variant = numbers.pick(&choice.variants);
                let Json::Object(mut members) = self.value(&Shape::Object(variant.object), numbers, depth) else {
                    return Json::null();
                };
                // What is not shown is not looked into, so that only a whole body is of a kind that there is not.
                let says = if depth == 0 && numbers.rarely(20) { "neither" } else { &variant.wire };
                members.push((TAG.to_owned(), Json::quoted(says)));
                numbers.shuffle(&mut members);
                Json::Object(members)
            }
            Shape::Object(id) => {
                let mut members = Vec::new();
                for field in &self.shapes.get(*id).fields {
                    if field.is_filled() {
                        // A backend that sends what is none of its business.
                        if numbers.rarely(4) {
                            members.push((field.rust.clone(), Json::quoted("never")));
                        }
                        continue;
                    }
                    let absent = (field.shape.is_nullable() || field.default.is_some()) && numbers.rarely(3);
                    if absent || (field.rust == AGAIN && depth > 2 && field.shape.is_nullable()) {
                        continue;
                    }
                    let deeper = depth + if field.rust == AGAIN { 2 } else { 1 };
                    members.push((numbers.pick(&field.wire).clone(), self.value(&field.shape, numbers, deeper)));
                }
                for extra in 0..numbers.below(3) {
                    let value =
                        Json::Object(vec![("id".to_owned(), Json::List(vec![Json::quoted("secret"), Json::null()]))]);
                    members.push((format!("extra{}", extra / 2), value));
                }
                numbers.shuffle(&mut members);
                Json::Object(members)
            }
        }
    }
}

/// The value where `at` looks for it, among what it does not.
fn enveloped(value: Json) -> Json {
    let beside = || ("items".to_owned(), Json::quoted("beside"));
    let [outer, inner] = ENVELOPE.map(str::to_owned);
    let within = Json::Object(vec![("data".to_owned(), Json::null()), (inner, value)]);
    Json::Object(vec![beside(), (outer, within)])
}

/// The number of the call that a path belongs to.
pub(crate) fn number(path: &str) -> usize {
    let digits: String = path.trim_start_matches("/c").chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("each path begins with the number of its call")
}

/// The keys of a batch.
pub(crate) fn keys(path: &str) -> Vec<String> {
    let (_, keys) = path.split_once("ids=").expect("a batch has keys");
    keys.split(',').map(|key| percent_decode_str(key).decode_utf8().unwrap().into_owned()).collect()
}

/// The key of an element.
pub(crate) fn key_of(element: &Json) -> Option<String> {
    let Json::Object(members) = element else { return None };
    members.iter().find(|(name, _)| name == "id").and_then(|(_, value)| match value {
        Json::Raw(literal) => Some(plain(literal)),
        _ => None,
    })
}
