//! Pieces of an answer: bytes that are shared, never copied again until the answer is written, with holes where calls go.
//!
//! One projected body is one [`Buffer`]. Its parts stand in the order in which they are written: ranges of its bytes, holes
//! that calls fill, and the bounds of regions that become null as a whole when something in them cannot be null and is. A
//! [`Piece`] is a run of parts: the whole body, or one element of a batch's answer.

mod writer;

use std::ops::Range;

use bytes::Bytes;

pub(crate) use self::writer::{Place, Writer};

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
