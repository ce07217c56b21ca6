//! The errors of a GraphQL answer, and how they are written.
//!
//! `message` is for people and says nothing that a problem would not say; `extensions.code` is a problem's code. A request
//! that cannot be understood has the code `invalid-input`.

use async_graphql::{Pos, ServerError};
use serde::Serialize;
use trefoil_context::{Code, Fault, Place, Problem};

use crate::names::argument;
use crate::outcome::{Reason, Step};
use crate::plan::{Parameter, Plan};

/// One error.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct GraphqlError(Box<Parts>);

#[derive(Debug, Clone, Serialize)]
struct Parts {
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Pos>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<Step>,
    extensions: Extensions,
}

#[derive(Debug, Clone, Serialize)]
struct Extensions {
    code: &'static str,
    /// Why the call failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The field whose call failed, as REST names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Every fault of the arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ArgumentFault>,
}

#[derive(Debug, Clone, Serialize)]
struct ArgumentFault {
    argument: String,
    detail: String,
}

impl GraphqlError {
    /// The request cannot be understood: nothing of it was run.
    pub(crate) fn request(message: impl Into<String>, at: Option<Pos>) -> GraphqlError {
        GraphqlError::new(message.into(), at.into_iter().collect(), Vec::new(), Code::InvalidInput)
    }

    /// Something that must not happen did. What it was is in the log.
    pub(crate) fn internal() -> GraphqlError {
        GraphqlError::new(Code::Internal.title().to_owned(), Vec::new(), Vec::new(), Code::Internal)
    }

    /// A place is null because of `problem`.
    pub(crate) fn problem(plan: &Plan, problem: &Problem, path: Vec<Step>, reason: Option<Reason>) -> GraphqlError {
        let faults: Vec<ArgumentFault> = problem.faults().iter().map(|fault| ArgumentFault::new(plan, fault)).collect();
        let details = faults.iter().map(|fault| format!("`{}` {}", fault.argument, fault.detail));
        let details: Vec<String> = problem.detail().map(str::to_owned).into_iter().chain(details).collect();
        let title = problem.code().title();
        let message = if details.is_empty() { title.to_owned() } else { format!("{title}: {}", details.join("; ")) };
        let mut error = GraphqlError::new(message, Vec::new(), path, problem.code());
        let extensions = &mut error.0.extensions;
        extensions.reason = reason.map(Reason::word);
        extensions.field = problem.field().map(str::to_owned);
        extensions.errors = faults;
        error
    }

    /// The arguments of a field do not do: nothing of the request was run.
    pub(crate) fn unfit(plan: &Plan, problem: &Problem, message: &str, at: Vec<Pos>) -> GraphqlError {
        let mut error = GraphqlError::problem(plan, problem, Vec::new(), None);
        error.0.locations = at;
        if !message.is_empty() {
            message.clone_into(&mut error.0.message);
        }
        error
    }

    fn new(message: String, locations: Vec<Pos>, path: Vec<Step>, code: Code) -> GraphqlError {
        let extensions = Extensions { code: code.name(), reason: None, field: None, errors: Vec::new() };
        GraphqlError(Box::new(Parts { message, locations, path, extensions }))
    }
}

impl ArgumentFault {
    /// A fault of a parameter, under the name of its argument; in a body, under the way to it.
    fn new(plan: &Plan, fault: &Fault) -> ArgumentFault {
        let in_body = fault.place == Place::Body;
        let is = |param: &&Parameter| param.place == fault.place && (in_body || param.name == fault.name);
        let mut name = plan.params.iter().find(is).map_or_else(|| fault.name.clone(), argument);
        if in_body && !fault.name.is_empty() {
            name.push('.');
            name.push_str(&fault.name);
        }
        ArgumentFault { argument: name, detail: fault.detail.clone() }
    }
}

impl From<ServerError> for GraphqlError {
    fn from(error: ServerError) -> GraphqlError {
        GraphqlError::new(error.message, error.locations, Vec::new(), Code::InvalidInput)
    }
}
