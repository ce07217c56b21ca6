//! A value that is to be noted while a body is read.

use super::Capture;

/// A value to note: where, and what is left of the path to it.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) path: &'a [String],
    pub(super) capture: Capture,
}

impl<'a> Wanted<'a> {
    /// The same value, seen from inside an object; one with calls is one more to look above.
    pub(super) fn below(&self, site: bool) -> Wanted<'a> {
        let capture = match self.capture {
            Capture::Item { up, number } => Capture::Item { up: up + usize::from(site), number },
            body @ Capture::Body(_) => body,
        };
        Wanted { path: self.path, capture }
    }
}
