//! Writes a [`Buffer`]. What is written is mostly what was read, so it is copied late.
//!
//! As long as what is written stands in the body side by side, it is remembered by where it stands. The first thing that does not
//! ends the run, and the run is copied at once. A body that is written just as it was read is never copied: its buffer is a slice.

use std::ops::Range;

use bytes::Bytes;

use super::{Buffer, Hole, Part, Piece, SiteItems};

/// Where something begins or ends that is no bytes: so many bytes stand before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    at: usize,
    what: Marked,
}

#[derive(Debug, Clone, Copy)]
enum Marked {
    /// A hole, by its number.
    Hole(u32),
    /// The beginning of a region, by its number.
    Open(u32),
    /// The end of the region that was opened last.
    Close,
    /// The end of a piece.
    Cut,
}

/// How much was written: a place to come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) bytes: usize,
    pub(crate) marks: usize,
}

/// All that was written, to come back to.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    run: Range<usize>,
    out: usize,
    marks: usize,
    holes: usize,
    regions: u32,
}

/// See the file.
#[derive(Debug)]
pub(crate) struct Writer<'b> {
    /// What is read: the body, or a default that stands in for what did not come.
    source: &'b [u8],
    /// What of it is written, but not copied yet.
    run: Range<usize>,
    /// What is copied.
    out: Vec<u8>,
    marks: Vec<Mark>,
    holes: Vec<Hole>,
    regions: u32,
    /// Room to put bytes and marks in order.
    ordered: (Vec<u8>, Vec<Mark>),
}

impl<'b> Writer<'b> {
    /// Writes what is mostly to be found in `source`.
    pub(crate) fn over(source: &'b [u8]) -> Writer<'b> {
        Writer {
            source,
            run: 0..0,
            out: Vec::new(),
            marks: Vec::new(),
            holes: Vec::new(),
            regions: 0,
            ordered: (Vec::new(), Vec::new()),
        }
    }

    /// How many bytes were written.
    #[inline]
    fn len(&self) -> usize {
        self.out.len() + self.run.len()
    }

    /// How much was written.
    #[inline]
    pub(crate) fn place(&self) -> Place {
        Place { bytes: self.len(), marks: self.marks.len() }
    }

    /// Writes what stands there in the source.
    #[inline]
    pub(crate) fn keep(&mut self, start: usize, end: usize) {
        if start != self.run.end {
            self.copy();
            self.run.start = start;
        }
        self.run.end = end;
    }

    /// Writes what does not stand in the source.
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) {
        self.copy();
        self.out.extend_from_slice(text);
    }

    /// Copies the run, which goes on as an empty one where it ends.
    #[inline]
    fn copy(&mut self) {
        if self.out.capacity() == 0 {
            self.out.reserve(self.source.len());
        }
        if let Some(run) = self.source.get(self.run.clone()) {
            self.out.extend_from_slice(run);
        }
        self.run.start = self.run.end;
    }

    /// Reads another source for a while. The one until now is returned, to be put back.
    pub(crate) fn read(&mut self, source: &'b [u8]) -> &'b [u8] {
        self.copy();
        self.run = 0..0;
        std::mem::replace(&mut self.source, source)
    }

    pub(crate) fn before(&self) -> Before {
        let (out, marks, holes) = (self.out.len(), self.marks.len(), self.holes.len());
        Before { run: self.run.clone(), out, marks, holes, regions: self.regions }
    }

    /// Takes back all that was written since.
    pub(crate) fn take_back(&mut self, before: Before) {
        self.run = before.run;
        self.out.truncate(before.out);
        self.marks.truncate(before.marks);
        self.holes.truncate(before.holes);
        self.regions = before.regions;
    }

    fn mark(&mut self, what: Marked) {
        self.marks.push(Mark { at: self.len(), what });
    }

    pub(crate) fn hole(&mut self, hole: Hole) {
        self.mark(Marked::Hole(u32::try_from(self.holes.len()).unwrap_or(u32::MAX)));
        self.holes.push(hole);
    }

    pub(crate) fn open_region(&mut self) {
        self.mark(Marked::Open(self.regions));
        self.regions += 1;
    }

    pub(crate) fn close_region(&mut self) {
        self.mark(Marked::Close);
    }

    /// Ends a piece: what was written since the last end.
    pub(crate) fn cut(&mut self) {
        self.mark(Marked::Cut);
    }

    /// Writes another byte where one was written.
    pub(crate) fn set(&mut self, at: Place, byte: u8) {
        self.copy();
        if let Some(written) = self.out.get_mut(at.bytes) {
            *written = byte;
        }
    }

    /// Puts all that was written since a place in the order of these ranges, of which it consists.
    pub(crate) fn reorder(&mut self, since: Place, ranges: impl Iterator<Item = Range<Place>>) {
        self.copy();
        let (bytes, marks) = &mut self.ordered;
        bytes.clear();
        marks.clear();
        bytes.reserve(self.out.len() - since.bytes);
        for Range { start, end } in ranges {
            if start.marks < end.marks {
                let to = since.bytes + bytes.len();
                let moved = |mark: &Mark| Mark { at: mark.at - start.bytes + to, ..*mark };
                marks.extend(self.marks[start.marks..end.marks].iter().map(moved));
            }
            bytes.extend_from_slice(&self.out[start.bytes..end.bytes]);
        }
        self.out.truncate(since.bytes);
        self.out.extend_from_slice(bytes);
        self.marks.truncate(since.marks);
        self.marks.extend_from_slice(marks);
    }

    /// What was written, being mostly what stands in `body`, and the pieces that were cut.
    pub(crate) fn finish(mut self, body: &Bytes, sites: Vec<SiteItems>) -> (Buffer, Vec<Piece>) {
        let length = self.len();
        let bytes = if self.out.is_empty() {
            body.slice(self.run)
        } else {
            self.copy();
            self.out.into()
        };
        let (mut parts, mut pieces) = (Vec::with_capacity(2 * self.marks.len() + 1), Vec::new());
        let (mut from, mut first) = (0, 0);
        for Mark { at, what } in self.marks {
            push_bytes(&mut parts, from, at);
            from = at;
            match what {
                Marked::Hole(number) => parts.push(Part::Hole(number)),
                Marked::Open(number) => parts.push(Part::Open(number)),
                Marked::Close => parts.push(Part::Close),
                Marked::Cut => {
                    pieces.push(Piece { parts: first..parts.len() });
                    first = parts.len();
                }
            }
        }
        push_bytes(&mut parts, from, length);
        (Buffer { bytes, parts, holes: self.holes, regions: self.regions, sites }, pieces)
    }
}

/// Appends a range of bytes, unless it is empty. Bodies are far below 4 GiB: the pass refuses larger ones.
fn push_bytes(parts: &mut Vec<Part>, start: usize, end: usize) {
    if let (true, Ok(start), Ok(len)) = (end > start, u32::try_from(start), u32::try_from(end - start)) {
        parts.push(Part::Bytes { start, len });
    }
}
