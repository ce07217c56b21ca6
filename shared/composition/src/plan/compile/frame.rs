//! The outermost piece of the answer, and the objects in it.

use bytes::Bytes;

use super::{Compiler, Given, Task, root};
use crate::fragment::Buffer;
use crate::project::{self, Selection};
use crate::shape::Shape;

impl Compiler<'_> {
    /// The outermost piece: the answer's struct has no values of its own, so an empty body gives its frame.
    pub(super) fn frame(&mut self, selection: Option<&Selection>) -> Buffer {
        let Shape::Object(id) = &self.declaration.answer else {
            self.error("the answer must be a struct".to_owned());
            return Buffer::default();
        };
        let uncalled = self.shapes.get(*id).fields.iter().filter(|field| !field.is_filled());
        for rust in uncalled.map(|field| field.rust.clone()).collect::<Vec<_>>() {
            self.error(format!("no call fills `{rust}`; give it `#[call(…)]`"));
        }
        // Where nothing is shown there is nothing to select, and everything is made.
        let shows_nothing = self.shows_nothing();
        let selection = selection.filter(|_| !shows_nothing);
        let compiled =
            project::compile_sites(self.shapes, self.naming, &self.declaration.answer, selection, &[], false);
        let projected = compiled.program.run(&Bytes::from_static(b"{}"));
        let mut frame = projected.map(|projected| projected.buffer).unwrap_or_default();
        let mut sites = compiled.sites;
        if self.declaration.root || shows_nothing {
            root::bare(&mut frame, &mut sites);
        }
        for found in sites {
            let names = Vec::new();
            self.tasks.push_back(Task {
                found,
                from: None,
                names,
                variants: Vec::new(),
                parent: None,
                level: 0,
                exposed: true,
                way: Vec::new(),
                given: Given::default(),
            });
        }
        frame
    }
}
