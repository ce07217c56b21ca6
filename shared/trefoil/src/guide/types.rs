//! Which types can stand where, and what is refused.
//!
//! | where | types |
//! | --- | --- |
//! | a parameter: `#[path]`, `#[query]`, `#[header("…")]`; a claim of a [`caller`](macro@crate::caller) | `String`, `bool`, `i8` to `i64`, `u8` to `u64`, `f32`, `f64`, an enum with [`view`](macro@crate::view), and, save in a path, an `Option` of one. **No list**: a client gives a parameter once, and twice is a fault (422); take a list in the body, or as text that the backend takes apart |
//! | what a reference puts into a URL, a header or a tag | the same |
//! | a body | a view, a list, a map, or an `Option` of one |
//! | a field of a view | all of these, other views, `Option`, `Vec`, `Box`, maps with `String` keys (`BTreeMap`, `HashMap`), [`Raw`](crate::Raw), a tagged enum of views |
//! | the key of a `batch`, and `by` | `String`, a whole number, an enum |
//!
//! - **Identifiers, dates, times, decimals** have no types of their own: a UUID or a date is a `String` and goes through as it
//!   came. A number keeps its literal (`1.10`, `9007199254740993`); one that does not fit its type is a failure of the call. So it is
//!   in the body of a REST request; what comes as an argument or a variable of GraphQL goes on by its value, `1.10` as `1.1`.
//!   `usize`, `isize` and 128 bits have no place: what they hold depends on the machine, or fits no client.
//! - **An `Option` that is null skips, save where it is a parameter of the request.** A parameter, or a part of the body, that
//!   the client did not give leaves its query parameter, header or member out, and the call is made. A claim that the token has
//!   not, a need that is null (`needs(warehouse: Option<String>)`, also where it was supplied by a parameter) and a backend's
//!   null skip each call that refers to them: null, and complete. So a call that shall be made without the value takes it as a
//!   parameter of the endpoint.
//! - **A view may contain itself** in a `Vec`, or in an `Option<Box<…>>`: `pub parent: Option<Box<Category>>`. Without the
//!   `Box` rustc says that the type is infinite. Calls in a view that contains itself by its plain members are made level by
//!   level; calls that lead back to themselves without end are refused at start.
//! - **A map comes whole**: its keys are data. It is a scalar, `JSON`, in GraphQL, and a view in it cannot have calls: that is
//!   refused at start, and a list is the way.
//! - **A view is not generic**, `Page<T>` neither: clients see one name and one set of fields in OpenAPI and GraphQL, and
//!   `PageOfOrder` would be a name that nobody wrote. Write a struct for each; `#[serde(flatten)]` shares the members that are
//!   the same.
//!
//! ```standalone_crate
//! # fn main() {}
//! use std::collections::BTreeMap;
//!
//! use trefoil::view;
//!
//! #[view]
//! pub struct Category {
//!     /// A UUID, as it came.
//!     pub id: String,
//!     pub parent: Option<Box<Category>>,
//!     pub children: Vec<Category>,
//!     pub labels: BTreeMap<String, String>,
//! }
//! ```
