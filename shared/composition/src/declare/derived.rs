//! What fills a field besides a call: a header of a call's answer, or a person's function; and what a call may wait to hear.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use http::HeaderName;

use super::Reference;

/// What fills a field that is neither a call's nor a member of the backend's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derived {
    /// A header of the answer to another field's call.
    Header {
        /// The field with the call.
        of: Reference,
        /// The header's name.
        name: HeaderName,
    },
    /// What a function makes of other values.
    Computed(Application),
}

/// A function and what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The function.
    pub function: Function,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
}

/// One argument of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The value.
    pub reference: Reference,
    /// Whether its own type is an `Option`: the function is then also asked when there is no value, and when its call failed.
    pub optional: bool,
}

/// A person's function, made callable with JSON: its arguments in the backend's names, and its result likewise. Two are equal
/// if they have the same name.
#[derive(Clone, Copy)]
pub struct Function {
    /// The name, as declared; empty for [`Function::THE_VALUE`].
    pub name: &'static str,
    /// Reads the arguments, calls the function, writes the result. The error says which argument is not what its type says.
    pub run: fn(&[Option<Bytes>]) -> Result<String, String>,
}

impl Function {
    /// The one argument itself, and `false` where there is none: the condition `when = query.with_reviews`.
    pub const THE_VALUE: Function = Function { name: "", run: the_value };

    /// Calls it. A panic is an error like any other: it must not end more than the field that it was for.
    pub(crate) fn call(self, arguments: &[Option<Bytes>]) -> Result<String, String> {
        let result = catch_unwind(AssertUnwindSafe(|| (self.run)(arguments)));
        result.unwrap_or_else(|_| Err("it panicked".to_owned())).map_err(|error| format!("`{}`: {error}", self.name))
    }
}

fn the_value(arguments: &[Option<Bytes>]) -> Result<String, String> {
    match arguments {
        [Some(value)] => String::from_utf8(value.to_vec()).map_err(|error| error.to_string()),
        _ => Ok("false".to_owned()),
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Function").field(&self.name).finish()
    }
}

impl Derived {
    /// Every value that it is made of; for a header, the field whose call brings it.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        let (of, application) = match self {
            Derived::Header { of, .. } => (Some(of), None),
            Derived::Computed(application) => (None, Some(application)),
        };
        of.into_iter().chain(application.into_iter().flat_map(Application::references))
    }
}

impl Application {
    /// The arguments' references, in order.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.arguments.iter().map(|argument| &argument.reference)
    }
}
