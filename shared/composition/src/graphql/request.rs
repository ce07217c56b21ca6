//! The request: one JSON object in the body of a POST, as "GraphQL over HTTP" has it.

use serde::Deserialize;
use serde_json::{Map, Value};
use trefoil_context::{Code, Fault, Place, Problem, members_once};

/// A request whose members have the right types.
#[derive(Debug, Clone)]
pub(crate) struct GraphqlRequest {
    /// The document, and the name of the operation to run.
    pub(crate) operation: (String, Option<String>),
    pub(crate) variables: Map<String, Value>,
}

/// The members that mean something; others are ignored. None may stand twice.
#[derive(Deserialize)]
struct Members {
    query: Option<Value>,
    #[serde(rename = "operationName")]
    operation_name: Option<Value>,
    variables: Option<Value>,
    extensions: Option<Value>,
}

impl GraphqlRequest {
    /// Reads a body. Not JSON: 400. A batch: 400. Otherwise unfit: 422, with every fault.
    pub(crate) fn read(body: &[u8]) -> Result<GraphqlRequest, Problem> {
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'[') {
            // A list that is not even JSON is still no request.
            return Err(Problem::new(Code::BadRequest).with_detail("send one operation a request; batches are refused"));
        }
        let members: Members = serde_json::from_slice(body).map_err(|error| {
            if error.is_data() {
                unfit(vec![fault("", "expected an object, each of its members once")])
            } else {
                Problem::new(Code::MalformedBody)
            }
        })?;
        if members_once(body).is_err_and(|error| error.is_data()) {
            return Err(unfit(vec![fault("variables", "a member stands more than once; give it once")]));
        }
        let mut faults = Vec::new();
        let mut wrong = |name: &str, expected: &str| faults.push(fault(name, &format!("expected {expected}")));
        let query = match members.query {
            Some(Value::String(text)) => Some(text),
            _ => {
                wrong("query", "a document, as text");
                None
            }
        };
        let name = match members.operation_name {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => {
                wrong("operationName", "text or null");
                None
            }
        };
        let variables = match members.variables {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(variables)) => variables,
            Some(_) => {
                wrong("variables", "an object or null");
                Map::new()
            }
        };
        if !matches!(members.extensions, None | Some(Value::Null | Value::Object(_))) {
            wrong("extensions", "an object or null");
        }
        match query {
            Some(query) if faults.is_empty() => Ok(GraphqlRequest { operation: (query, name), variables }),
            _ => Err(unfit(faults)),
        }
    }
}

fn fault(name: &str, detail: &str) -> Fault {
    Fault { place: Place::Body, name: name.to_owned(), detail: detail.to_owned() }
}

fn unfit(faults: Vec<Fault>) -> Problem {
    Problem::new(Code::InvalidInput).with_faults(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_member_is_named_at_once() {
        let problem =
            GraphqlRequest::read(br#"{"query":1,"variables":"x","operationName":{},"extensions":[]}"#).unwrap_err();
        assert_eq!(problem.status(), 422);
        let names: Vec<&str> = problem.faults().iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(names, ["query", "operationName", "variables", "extensions"]);
    }

    #[test]
    fn what_is_no_json_or_a_batch_is_a_bad_request() {
        for body in ["", "{", "\u{feff}{\"query\":\"{a}\"}", "{\"query\":\"{a}\"} x", "[{\"query\":\"{a}\"}]", " [] "] {
            assert_eq!(GraphqlRequest::read(body.as_bytes()).unwrap_err().status(), 400, "{body}");
        }
        for body in ["1", "{}", "{\"query\":null}", "{\"query\":\"{a}\",\"query\":\"{b}\"}"] {
            assert_eq!(GraphqlRequest::read(body.as_bytes()).unwrap_err().status(), 422, "{body}");
        }
    }
}
