//! The answer's own head: what it refers to is noted as if a call did.

use http::StatusCode;

use super::Compiler;
use crate::calls;
use crate::declare::{Reference, Root};
use crate::plan::PlannedLine;
use crate::shape::{ObjectShape, Shape};

impl Compiler<'_> {
    /// The fields that the head refers to; a plan for a selection has no head.
    pub(super) fn of_the_head(&self) -> Vec<Reference> {
        if self.selective {
            return Vec::new();
        }
        let references = self.declaration.head.iter().flat_map(|line| line.value.references());
        references.filter(|reference| reference.root == Root::Field).cloned().collect()
    }

    /// The call fields of the object that others than its own calls refer to.
    pub(super) fn beside_of(&self, object: &ObjectShape) -> Vec<usize> {
        self.beside(object).filter_map(|reference| calls::field_of(object, reference)).collect()
    }

    /// The values of a call field's body that are waited for, in the order of their numbers: paths of Rust names.
    pub(super) fn noted(&self, object: &ObjectShape, of: usize) -> Vec<Vec<String>> {
        let mut noted = calls::noted_values(object, of);
        for reference in self.beside(object).filter(|reference| calls::field_of(object, reference) == Some(of)) {
            if let Some(path) =
                object.fields[of].rest(&reference.path).filter(|path| !noted.iter().any(|other| other == path))
            {
                noted.push(path.to_vec());
            }
        }
        noted
    }

    fn beside<'b>(&'b self, object: &ObjectShape) -> impl Iterator<Item = &'b Reference> {
        let outermost = self.outermost().is_some_and(|outermost| std::ptr::eq(outermost, object));
        self.beside.iter().filter(move |_| outermost)
    }

    /// The answer's own struct.
    pub(super) fn outermost(&self) -> Option<&ObjectShape> {
        match &self.declaration.answer {
            Shape::Object(id) => Some(self.shapes.get(*id)),
            _ => None,
        }
    }

    /// Whether an answer has no body: every field is hidden, or `()`.
    pub(super) fn shows_nothing(&self) -> bool {
        self.outermost().is_some_and(|outermost| outermost.shown().next().is_none())
    }

    /// The status of an answer.
    pub(super) fn status(&mut self) -> StatusCode {
        let shown = self.outermost().and_then(|outermost| outermost.shown().next());
        let Some(declared) = self.declaration.status else {
            return if shown.is_some() { StatusCode::OK } else { StatusCode::NO_CONTENT };
        };
        let declared = StatusCode::from_u16(declared).ok().filter(StatusCode::is_success);
        match (declared, shown) {
            (Some(StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT), Some(shown)) => {
                let name = &shown.rust;
                self.error(format!(
                    "an answer with 204 or 205 has no body, and the field `{name}` would be in it; hide it, make it a `()`, or answer with 200 or 201"
                ));
                StatusCode::OK
            }
            (Some(status), _) => status,
            (None, _) => {
                self.error("an answer's status is one of success, 200 to 299".to_owned());
                StatusCode::OK
            }
        }
    }

    /// The lines of the head.
    pub(super) fn head(&mut self) -> Vec<PlannedLine> {
        let (declaration, shapes) = (self.declaration, self.shapes);
        let Shape::Object(id) = &declaration.answer else { return Vec::new() };
        if self.selective {
            return Vec::new();
        }
        let lines = declaration.head.iter();
        lines
            .map(|line| PlannedLine { place: line.place.clone(), value: self.text(shapes.get(*id), &line.value) })
            .collect()
    }
}
