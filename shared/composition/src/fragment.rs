//! A piece of an answer: bytes that are shared, never copied again until the answer is written, with holes where calls go.

use bytes::Bytes;

/// One shared buffer and its parts in the order in which they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fragment {
    bytes: Bytes,
    /// Empty means: the whole buffer, in one piece.
    parts: Vec<Part>,
}

/// A part of a [`Fragment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A range of the buffer.
    Bytes {
        /// The offset of its first byte.
        start: u32,
        /// Its length.
        len: u32,
    },
    /// A place that a call fills; the number is the hole's within this fragment's answer.
    Hole(u32),
}

impl Fragment {
    /// A fragment of these parts; no parts mean the whole buffer.
    pub(crate) fn new(bytes: Bytes, parts: Vec<Part>) -> Fragment {
        Fragment { bytes, parts }
    }

    /// JSON text as it stands.
    pub fn text(json: impl Into<Bytes>) -> Fragment {
        Fragment { bytes: json.into(), parts: Vec::new() }
    }

    /// Writes the fragment; `fill` writes what stands in a hole.
    pub fn write<W: Extend>(&self, out: &mut W, fill: &mut impl FnMut(u32, &mut W)) {
        if self.parts.is_empty() {
            return out.extend(&self.bytes);
        }
        for part in &self.parts {
            match *part {
                Part::Bytes { start, len } => out.extend(&self.bytes[start as usize..(start + len) as usize]),
                Part::Hole(hole) => fill(hole, out),
            }
        }
    }

    /// How many bytes of its own it writes.
    pub fn len(&self) -> usize {
        if self.parts.is_empty() {
            return self.bytes.len();
        }
        let own = |part: &Part| if let Part::Bytes { len, .. } = part { *len as usize } else { 0 };
        self.parts.iter().map(own).sum()
    }

    /// Whether it writes nothing of its own.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The fragment as text, if it has no holes.
    pub fn to_text(&self) -> Option<String> {
        let mut out = Vec::with_capacity(self.len());
        let mut holes = 0;
        self.write(&mut out, &mut |_, _| holes += 1);
        String::from_utf8(out).ok().filter(|_| holes == 0)
    }
}

/// What a fragment can be written to.
pub trait Extend {
    /// Appends bytes.
    fn extend(&mut self, bytes: &[u8]);
}

impl Extend for Vec<u8> {
    fn extend(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Extend for bytes::BytesMut {
    fn extend(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Builds the outermost fragment of an answer: literal text and holes, in order.
#[derive(Debug, Default)]
pub struct FragmentBuilder {
    bytes: Vec<u8>,
    parts: Vec<Part>,
    cut: usize,
}

impl FragmentBuilder {
    /// Appends text.
    pub fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Appends a hole.
    pub fn hole(&mut self, hole: u32) {
        self.cut();
        self.parts.push(Part::Hole(hole));
    }

    /// The fragment.
    pub fn build(mut self) -> Fragment {
        self.cut();
        Fragment { bytes: self.bytes.into(), parts: self.parts }
    }

    fn cut(&mut self) {
        if let (Ok(start), Ok(len)) = (u32::try_from(self.cut), u32::try_from(self.bytes.len() - self.cut))
            && len > 0
        {
            self.parts.push(Part::Bytes { start, len });
        }
        self.cut = self.bytes.len();
    }
}
