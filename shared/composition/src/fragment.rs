//! Pieces of an answer: bytes that are shared, never copied again until the answer is written, with holes where calls go.
//!
//! One projected body is one [`Buffer`]. Its parts stand in the order in which they are written: ranges of its bytes, holes
//! that calls fill, and the bounds of regions that become null as a whole when something in them cannot be null and is. A
//! [`Piece`] is a run of parts: the whole body, or one element of a batch's answer.

use std::ops::Range;

use bytes::Bytes;

/// A projected body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buffer {
    pub(crate) bytes: Bytes,
    pub(crate) parts: Vec<Part>,
    pub(crate) holes: Vec<Hole>,
    /// How many regions there are.
    pub(crate) regions: u32,
    /// What it holds for the calls in it, one for each site of its program.
    pub(crate) sites: Vec<SiteItems>,
}

/// A part of a [`Buffer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A range of the bytes.
    Bytes { start: u32, len: u32 },
    /// A place that a call fills: an index into the buffer's holes.
    Hole(u32),
    /// From here to its end, everything is null if the region is.
    Open(u32),
    /// The end of the region that was opened last.
    Close,
}

/// A place that a call fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hole {
    /// The site, of the buffer's program.
    pub(crate) site: u32,
    /// Which of the site's outputs that show calls.
    pub(crate) output: u32,
    /// Which item: the how manieth object of the site in this buffer.
    pub(crate) item: u32,
}

/// The objects of one site that a body had, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SiteItems {
    pub(crate) count: u32,
    /// What the calls of the site wait for: as many values an item as the site notes.
    pub(crate) values: Vec<Option<Bytes>>,
    /// Where each item stands: as many list indices an item as there are lists above the site.
    pub(crate) indices: Vec<u32>,
    /// The object around each item, by its site and place, where the program is tied.
    pub(crate) around: Vec<Option<(u32, u32)>>,
}

/// A run of parts of a buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) parts: Range<usize>,
}

impl Buffer {
    /// All of it.
    pub(crate) fn whole(&self) -> Piece {
        Piece { parts: 0..self.parts.len() }
    }

    /// How many bytes of its own a piece writes.
    pub(crate) fn own_len(&self, piece: &Piece) -> usize {
        let own = |part: &Part| if let Part::Bytes { len, .. } = part { *len as usize } else { 0 };
        self.parts[piece.parts.clone()].iter().map(own).sum()
    }

    pub(crate) fn slice(&self, start: u32, len: u32) -> &[u8] {
        &self.bytes[start as usize..(start + len) as usize]
    }

    /// The buffer as text, if it has no holes.
    pub fn to_text(&self) -> Option<String> {
        let mut out = Vec::with_capacity(self.bytes.len());
        for part in &self.parts {
            match *part {
                Part::Bytes { start, len } => out.extend_from_slice(self.slice(start, len)),
                Part::Hole(_) => return None,
                Part::Open(_) | Part::Close => {}
            }
        }
        String::from_utf8(out).ok()
    }
}

/// Writes bytes and cuts them into parts.
///
/// What is written is mostly what was read: as long as it is, byte for byte, it is the body itself, and nothing is copied.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    body: Bytes,
    /// While all that was written is what stands in the body: where it begins there.
    begin: usize,
    /// How much was written, as long as nothing was copied; `None` from then on.
    same: Option<usize>,
    /// What was written, once it is copied.
    out: Vec<u8>,
    pub(crate) parts: Vec<Part>,
    /// Where the bytes that belong to no part yet begin.
    pub(crate) cut: usize,
    pub(crate) holes: Vec<Hole>,
    pub(crate) regions: u32,
}

impl Writer {
    /// Writes what `body` may hold already.
    pub(crate) fn over(body: &Bytes) -> Writer {
        Writer { body: body.clone(), same: Some(0), ..Writer::default() }
    }

    /// Says where in the body the value begins that is to be written, before anything of it is.
    pub(crate) fn begin_at(&mut self, at: usize) {
        self.begin = at;
    }

    /// How many bytes were written.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.same.unwrap_or(self.out.len())
    }

    #[inline]
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    #[inline]
    pub(crate) fn byte(&mut self, byte: u8) {
        if let Some(same) = self.same {
            if self.body.get(self.begin + same) == Some(&byte) {
                self.same = Some(same + 1);
                return;
            }
            self.copy();
        }
        self.out.push(byte);
    }

    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if let Some(same) = self.same {
            let at = self.begin + same;
            // What was read a moment ago is known by where it lies.
            let here = self.body.get(at..at + bytes.len());
            if here.is_some_and(|here| std::ptr::eq(here, bytes) || here == bytes) {
                self.same = Some(same + bytes.len());
                return;
            }
            self.copy();
        }
        self.out.extend_from_slice(bytes);
    }

    /// From here on, what is written is not what was read.
    #[cold]
    fn copy(&mut self) {
        if let Some(same) = self.same.take() {
            self.out.reserve(self.body.len());
            self.out.extend_from_slice(&self.body[self.begin..self.begin + same]);
        }
    }

    /// What was written, from this byte on.
    pub(crate) fn since(&self, start: usize) -> &[u8] {
        match self.same {
            Some(same) => &self.body[self.begin + start..self.begin + same],
            None => &self.out[start..],
        }
    }

    /// Puts another byte where one was written.
    pub(crate) fn set(&mut self, at: usize, byte: u8) {
        if self.since(at).first() != Some(&byte) {
            self.copy();
            self.out[at] = byte;
        }
    }

    /// Takes back all but the first bytes.
    pub(crate) fn truncate(&mut self, len: usize) {
        match &mut self.same {
            Some(same) => *same = len,
            None => self.out.truncate(len),
        }
    }

    /// Makes what was written since the last cut a part.
    pub(crate) fn cut(&mut self) {
        let end = self.len();
        push_bytes(&mut self.parts, self.cut, end);
        self.cut = end;
    }

    pub(crate) fn hole(&mut self, hole: Hole) {
        self.cut();
        self.parts.push(Part::Hole(u32::try_from(self.holes.len()).unwrap_or(u32::MAX)));
        self.holes.push(hole);
    }

    pub(crate) fn open_region(&mut self) {
        self.cut();
        self.parts.push(Part::Open(self.regions));
        self.regions += 1;
    }

    pub(crate) fn close_region(&mut self) {
        self.cut();
        self.parts.push(Part::Close);
    }

    pub(crate) fn finish(mut self, sites: Vec<SiteItems>) -> Buffer {
        self.cut();
        let bytes = match self.same {
            Some(same) => self.body.slice(self.begin..self.begin + same),
            None => self.out.into(),
        };
        Buffer { bytes, parts: self.parts, holes: self.holes, regions: self.regions, sites }
    }
}

/// Appends a range of bytes, unless it is empty. Bodies are far below 4 GiB: the pass refuses larger ones.
pub(crate) fn push_bytes(parts: &mut Vec<Part>, start: usize, end: usize) {
    if let (true, Ok(start), Ok(len)) = (end > start, u32::try_from(start), u32::try_from(end - start)) {
        parts.push(Part::Bytes { start, len });
    }
}
