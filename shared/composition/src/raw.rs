//! A value that is passed on as it came: the one exception to the allow-list.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::refer::{NeedsNothing, Sure};
use crate::shape::{Shape, Shaped, Shapes};

/// A backend's value, passed on as it came, whatever is in it: free-form attributes, a document of somebody else's.
///
/// - It is valid JSON, and lists and objects in it stand at most 64 deep; anything else is a shape failure of its call.
/// - Names, numbers and strings keep their spelling. Blanks and line breaks between them are left out. A member that stands
///   twice stays twice.
/// - Nothing in it is checked against `T` or dropped: **whatever the backend puts there, leaves**. `T` is for the documents:
///   they say what clients can expect, in the backend's names.
/// - Null is no value of it: write `Option<Raw<T>>` where there may be none.
/// - No reference leads into it, and no call in `T` would be made: a view with calls is refused at start.
/// - In GraphQL it is a `JSON` scalar: it comes whole.
pub struct Raw<T> {
    json: Box<RawValue>,
    of: PhantomData<fn() -> T>,
}

impl<T> Raw<T> {
    /// Its JSON text.
    pub fn json(&self) -> &str {
        self.json.get()
    }
}

impl<T> fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raw").field(&self.json.get()).finish()
    }
}

impl<T> Clone for Raw<T> {
    fn clone(&self) -> Raw<T> {
        Raw { json: self.json.clone(), of: PhantomData }
    }
}

impl<T> Serialize for Raw<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Raw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw<T>, D::Error> {
        Ok(Raw { json: Box::deserialize(deserializer)?, of: PhantomData })
    }
}

impl<T: Shaped> Shaped for Raw<T> {
    type Null = Sure;
    type Needs = NeedsNothing;
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::Raw(Box::new(T::shape(shapes)))
    }
}
