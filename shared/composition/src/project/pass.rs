//! The one pass over a body. What is in order is written as one run of bytes; nothing is allocated per member or item.

use bytes::Bytes;

use super::reorder::Slot;
use super::scan::Reader;
use super::{Capture, Element, Program, Projected, ShapeError};
use crate::fragment::{Hole, SiteItems, Writer};

pub(super) fn run(program: &Program, body: &Bytes, at: &[Box<str>]) -> Result<Projected, ShapeError> {
    let text = std::str::from_utf8(body).map_err(|error| ShapeError(format!("not UTF-8: {error}")))?;
    if u32::try_from(body.len().saturating_mul(2)).is_err() {
        return Err(ShapeError("larger than 2 GiB".to_owned()));
    }
    let mut pass = Pass {
        program,
        body,
        writer: Writer::over(body),
        slots: Vec::new(),
        came: Vec::new(),
        places: Vec::new(),
        follows: Vec::new(),
        captures: vec![None; if program.split { 0 } else { program.captures }],
        nulls: Vec::new(),
        sites: vec![SiteItems::default(); program.sites.len()],
        open_items: Vec::new(),
        indices: Vec::new(),
    };
    let mut reader = Reader::new(text);
    let read = pass.envelope(&mut reader, at).and_then(|()| reader.end());
    read.map(|()| pass.finish()).map_err(|wrong| ShapeError(wrong.to_string()))
}

/// The state of one pass.
pub(super) struct Pass<'p> {
    pub(super) program: &'p Program,
    body: &'p Bytes,
    /// What is written, in the order in which it came, and its parts.
    pub(super) writer: Writer<'p>,
    /// A stack: the slots of the objects that are open and whose members do not come in order.
    pub(super) slots: Vec<Slot>,
    /// A stack: which members of the objects that are open have come, a bit for each.
    pub(super) came: Vec<u64>,
    /// Room to put slots in order: which slot each output has.
    pub(super) places: Vec<usize>,
    /// Which member came after which the last time, for each object of the program. Zero: nothing is known; else one more than
    /// its number.
    pub(super) follows: Vec<u32>,
    pub(super) captures: Vec<Option<Bytes>>,
    /// Of each element, where the body is split, whether it is null.
    pub(super) nulls: Vec<bool>,
    sites: Vec<SiteItems>,
    /// A stack: the objects with calls that are open.
    pub(super) open_items: Vec<OpenItem>,
    /// A stack: where the lists that are open stand.
    pub(super) indices: Vec<u32>,
}

impl<'p> Pass<'p> {
    fn finish(self) -> Projected {
        let (buffer, pieces) = self.writer.finish(self.body, self.sites);
        let elements = if self.program.split {
            pieces.into_iter().zip(self.nulls).map(|(piece, null)| Element { piece, null }).collect()
        } else {
            vec![Element { piece: buffer.whole(), null: buffer.bytes == "null" }]
        };
        Projected { buffer, captures: self.captures, elements }
    }

    /// Notes a value. It is a slice of the body, unless it is a default.
    pub(super) fn note(&mut self, capture: Capture, raw: &[u8]) {
        if raw == b"null" {
            return;
        }
        let range = self.body.as_ptr_range();
        let within = range.contains(&raw.as_ptr());
        let value = if within { self.body.slice_ref(raw) } else { Bytes::copy_from_slice(raw) };
        let place = match capture {
            Capture::Body(number) if self.program.split => {
                let last = self.captures.len() - self.program.captures;
                self.captures.get_mut(last + number)
            }
            Capture::Body(number) => self.captures.get_mut(number),
            Capture::Item { up, number } => {
                let open = self.open_items.len().checked_sub(1 + up).map(|at| self.open_items[at]);
                open.and_then(|open| self.sites[open.site as usize].values.get_mut(open.first + number))
            }
        };
        if let Some(place) = place {
            *place = Some(value);
        }
    }

    /// Enters an object with calls: one more item of its site.
    pub(super) fn open_item(&mut self, site: u32) -> (u32, u32) {
        let items = &mut self.sites[site as usize];
        let (item, first) = (items.count, items.values.len());
        items.count += 1;
        items.values.resize(first + self.program.sites[site as usize].values, None);
        // In a split body the first index stands for the element itself.
        items.indices.extend_from_slice(&self.indices[usize::from(self.program.split)..]);
        if self.program.tied {
            items.around.push(self.open_items.last().map(|around| (around.site, around.item)));
        }
        self.open_items.push(OpenItem { site, item, first });
        for output in 0..self.program.sites[site as usize].unseen {
            self.writer.hole(Hole { site, output, item });
        }
        (site, item)
    }
}

/// An object with calls that is open.
#[derive(Clone, Copy)]
pub(super) struct OpenItem {
    site: u32,
    item: u32,
    /// The index of its first value.
    first: usize,
}
