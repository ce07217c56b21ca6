//! The inputs of a request: typed and validated before any call, all faults at once.
//!
//! The same rules hold for text (REST: path, query, headers) and for JSON (GraphQL's arguments).

mod body;
mod placed;
pub(crate) mod range;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Map;
use trefoil_context::{Caller, Code, Fault, Place, Problem};

use self::range::Range;
use crate::access;
use crate::bff::CompiledBff;
use crate::body::MAX_FAULTS;
use crate::declare::Bounds;
use crate::plan::{ClaimUse, Parameter, Plan, Source};
use crate::project::unquoted;
use crate::render::Value;
use crate::shape::{Int, Shape, Shapes};

/// The most characters of a text parameter that declares no bound of its own.
pub const MAX_TEXT: usize = 1024;

/// The values that a plan's sources look up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    pub(crate) params: Vec<Value>,
    /// The parts of the body that calls refer to.
    pub(crate) body: Vec<Value>,
    pub(crate) caller_id: Value,
    pub(crate) claims: Vec<Value>,
}

/// The text of a request's parameters, not yet looked at.
#[derive(Debug, Clone, Copy)]
pub struct RequestText<'a> {
    /// The path parameters, decoded, by Rust name.
    pub path: &'a [(String, String)],
    /// The query string, as it came.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, as it came; `None` if there is none.
    pub body: Option<&'a [u8]>,
}

impl Inputs {
    /// The inputs of a REST request. A 422 problem lists every fault.
    pub fn from_request(
        plan: &Plan,
        bff: &CompiledBff,
        request: RequestText<'_>,
        caller: Option<&Caller>,
    ) -> Result<Inputs, Problem> {
        let mut faults = Vec::new();
        let query = if plan.params.iter().any(|param| param.place == Place::Query) {
            decode_query(request.query, &mut faults)
        } else {
            Vec::new()
        };
        let mut params = Vec::with_capacity(plan.params.len());
        for param in &plan.params {
            let given = match param.place {
                Place::Body => {
                    params.push(body::value(plan, param, request.body, &mut faults)?);
                    continue;
                }
                Place::Path => {
                    one(request.path.iter().filter(|(name, _)| *name == param.rust).map(|(_, value)| value.as_str()))
                }
                Place::Query => {
                    one(query.iter().filter(|(name, _)| *name == param.name).map(|(_, value)| value.as_str()))
                }
                Place::Header => given_header(request.headers, &param.name),
            };
            let value = given.and_then(|given| match given {
                Some(text) => from_text(param, &bff.shapes, text).map(Some),
                None => absent(param),
            });
            params.push(value.unwrap_or_else(|detail| {
                faults.push(Fault { place: param.place, name: param.name.clone(), detail });
                None
            }));
        }
        Inputs::of_params(plan, params, faults)?.asked_by(plan, bff, caller)
    }

    /// The inputs of a GraphQL field but for the [caller's](Inputs::asked_by): its arguments as JSON, coerced already, by client name. They
    /// are validated by themselves, before any field of the operation runs. A 422 problem lists every fault.
    pub(crate) fn of_arguments(
        plan: &Plan,
        bff: &CompiledBff,
        arguments: &Map<String, serde_json::Value>,
    ) -> Result<Inputs, Problem> {
        let mut faults = Vec::new();
        let mut params = Vec::with_capacity(plan.params.len());
        for param in &plan.params {
            let given = arguments.get(&crate::names::argument(param));
            if param.place == Place::Body {
                let text = given.filter(|value| !value.is_null()).map(ToString::to_string);
                params.push(body::value(plan, param, text.as_ref().map(String::as_bytes), &mut faults)?);
                continue;
            }
            let value = match given {
                None => absent(param),
                // Null is a value: no default stands in for it (October 2021, section 6.4.1).
                Some(serde_json::Value::Null) if param.shape.is_nullable() => Ok(None),
                Some(serde_json::Value::Null) => {
                    Err(format!("is null; expected {}", describe(&param.shape, Some((param, &bff.shapes)))))
                }
                Some(serde_json::Value::String(text)) => from_text(param, &bff.shapes, text).map(Some),
                Some(scalar) => from_text(param, &bff.shapes, &scalar.to_string()).map(Some),
            };
            params.push(value.unwrap_or_else(|detail| {
                faults.push(Fault { place: param.place, name: param.name.clone(), detail });
                None
            }));
        }
        let inputs = Inputs::of_params(plan, params, faults)?;
        placed::of_the_rest(plan, bff, &inputs)?;
        Ok(inputs)
    }

    /// What the request gave, in the order of the declaration: JSON, or nothing.
    pub(crate) fn given(&self) -> impl Iterator<Item = Option<&[u8]>> {
        self.params.iter().map(|value| value.as_deref())
    }

    /// The value of a source that is of the request; `None` for one that is of an answer.
    pub(crate) fn value(&self, source: Source) -> Option<Value> {
        match source {
            Source::Param(index) => Some(self.params.get(index).cloned().flatten()),
            Source::Body(number) => Some(self.body.get(number).cloned().flatten()),
            Source::CallerId => Some(self.caller_id.clone()),
            Source::Claim(index) => Some(self.claims.get(index).cloned().flatten()),
            Source::Nothing => Some(None),
            Source::Own(_)
            | Source::Noted { .. }
            | Source::OwnOf { .. }
            | Source::NotedOf { .. }
            | Source::Literal(_) => None,
        }
    }

    fn of_params(plan: &Plan, params: Vec<Value>, mut faults: Vec<Fault>) -> Result<Inputs, Problem> {
        placed::of_params(plan, &params, &mut faults);
        if !faults.is_empty() {
            return Err(unfit(faults));
        }
        let body = body::parts(plan, &params);
        Ok(Inputs { params, body, ..Inputs::default() })
    }

    /// With what is known of the caller.
    pub(crate) fn asked_by(self, plan: &Plan, bff: &CompiledBff, caller: Option<&Caller>) -> Result<Inputs, Problem> {
        let caller_id = caller.map(|caller| quoted(&caller.id));
        let claims = plan.claims.iter().map(|used| claim(used, bff, caller)).collect::<Result<_, _>>()?;
        let inputs = Inputs { caller_id, claims, ..self };
        placed::of_the_rest(plan, bff, &inputs)?;
        Ok(inputs)
    }
}

/// The problem of these faults, or of the first of them, which then says so: an answer is not to grow with what was sent.
fn unfit(mut faults: Vec<Fault>) -> Problem {
    let more = faults.len() > MAX_FAULTS;
    faults.truncate(MAX_FAULTS);
    let problem = Problem::new(Code::InvalidInput).with_faults(faults);
    if more { problem.with_detail(format!("there are more faults than these {MAX_FAULTS}")) } else { problem }
}

fn one<'a>(mut values: impl Iterator<Item = &'a str>) -> Result<Option<&'a str>, String> {
    let first = values.next();
    if values.next().is_some() { Err("stands more than once; give it once".to_owned()) } else { Ok(first) }
}

fn given_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, String> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err("stands more than once; give it once".to_owned());
    }
    first.map(|value| value.to_str().map_err(|_| "has characters other than visible ASCII".to_owned())).transpose()
}

fn absent(param: &Parameter) -> Result<Value, String> {
    match &param.default {
        Some(json) => Ok(Some(Bytes::copy_from_slice(json.as_bytes()))),
        None if param.shape.is_nullable() => Ok(None),
        None => Err(format!("is missing; expected {}", describe(&param.shape, None))),
    }
}

/// A query string's pairs, in order. What cannot be decoded is a fault.
fn decode_query(query: &str, faults: &mut Vec<Fault>) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned)
    };
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (decode(name), decode(value)) {
            (Ok(name), Ok(value)) => pairs.push((name, value)),
            (Ok(name), Err(_)) => {
                faults.push(Fault { place: Place::Query, name, detail: "is not UTF-8 when decoded".to_owned() });
            }
            (Err(_), _) => {}
        }
    }
    pairs
}

/// Why a parameter's default would be refused if a client gave it.
pub(crate) fn unfit_default(param: &Parameter, shapes: &Shapes) -> Option<String> {
    let json = param.default.as_deref().filter(|json| *json != "null" || !param.shape.is_nullable())?;
    let text = unquoted(json).unwrap_or_else(|| json.into());
    from_text(param, shapes, &text).err()
}

/// Reads one value by its kind; the result is JSON text.
fn from_text(param: &Parameter, shapes: &Shapes, text: &str) -> Result<Bytes, String> {
    let (shape, _) = param.shape.unwrap_nullable();
    let bounds = &param.bounds;
    let wrong = || format!("expected {}", describe(shape, Some((param, shapes))));
    match shape {
        Shape::Text => {
            let length = text.chars().count();
            let fits = length >= bounds.min_length.unwrap_or(0) && length <= bounds.max_length.unwrap_or(MAX_TEXT);
            if fits && !text.contains('\0') { Ok(quoted(text)) } else { Err(wrong()) }
        }
        Shape::Int(int) => {
            within(*int, bounds).read(text.as_bytes()).map(|value| value.to_string().into()).ok_or_else(wrong)
        }
        // What is a JSON number as it stands is kept as it stands.
        Shape::Float => match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) if number.as_f64().is_some_and(|number| Range::of(bounds).holds(number)) => {
                Ok(Bytes::copy_from_slice(text.trim().as_bytes()))
            }
            _ => Err(wrong()),
        },
        Shape::Bool if matches!(text, "true" | "false") => Ok(Bytes::copy_from_slice(text.as_bytes())),
        Shape::Enum(id) if shapes.get_enum(*id).variants.iter().any(|variant| variant.wire == text) => Ok(quoted(text)),
        _ => Err(wrong()),
    }
}

/// The numbers that the type can hold and the declaration allows.
pub(crate) fn within(int: Int, bounds: &Bounds) -> Int {
    Int { min: bounds.min.unwrap_or(int.min).max(int.min), max: bounds.max.unwrap_or(int.max).min(int.max) }
}

fn describe(shape: &Shape, with: Option<(&Parameter, &Shapes)>) -> String {
    let bounds = with.map(|(param, _)| &param.bounds);
    match shape {
        Shape::Text => {
            let least = bounds.and_then(|bounds| bounds.min_length).unwrap_or(0);
            let most = bounds.and_then(|bounds| bounds.max_length).unwrap_or(MAX_TEXT);
            format!("text of {least} to {most} characters")
        }
        Shape::Int(int) => {
            let Int { min, max } = bounds.map_or(*int, |bounds| within(*int, bounds));
            format!("a whole number from {min} to {max}")
        }
        Shape::Float => bounds.map(Range::of).unwrap_or_default().to_string(),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Enum(id) => match with {
            Some((_, shapes)) => {
                let names: Vec<&str> =
                    shapes.get_enum(*id).variants.iter().map(|variant| variant.wire.as_str()).collect();
                format!("one of {}", names.join(", "))
            }
            None => "one of a set of words".to_owned(),
        },
        Shape::Nullable(inner) => describe(inner, with),
        Shape::Object(_) | Shape::Choice(_) | Shape::Map(_) => "an object".to_owned(),
        Shape::List(_) => "a list".to_owned(),
        Shape::Raw(_) => "a value".to_owned(),
        Shape::Nothing => "nothing".to_owned(),
    }
}

/// A claim that an endpoint needs. A token without it is refused: it is valid, and not for this BFF.
fn claim(used: &ClaimUse, bff: &CompiledBff, caller: Option<&Caller>) -> Result<Value, Problem> {
    let unusable = || access::unusable_claim(&bff.name, &used.wire);
    let (shape, nullable) = used.shape.unwrap_nullable();
    let value = match caller.and_then(|caller| caller.claims.get(&used.wire)) {
        None | Some(serde_json::Value::Null) => return if nullable { Ok(None) } else { Err(unusable()) },
        Some(value) => value,
    };
    let fits = match (shape, value) {
        (Shape::Text, serde_json::Value::String(_)) | (Shape::Bool, serde_json::Value::Bool(_)) => true,
        (Shape::Enum(id), serde_json::Value::String(text)) => {
            bff.shapes.get_enum(*id).variants.iter().any(|variant| variant.wire == *text)
        }
        (Shape::Int(int), serde_json::Value::Number(number)) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            whole.is_some_and(|value| (int.min..=int.max).contains(&value))
        }
        (Shape::Float, serde_json::Value::Number(_)) => true,
        _ => false,
    };
    if fits { Ok(Some(value.to_string().into())) } else { Err(unusable()) }
}

fn quoted(text: &str) -> Bytes {
    crate::project::quoted(text).into()
}
