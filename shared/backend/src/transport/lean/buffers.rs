//! The buffers of each thread: what is read and written passes through them, so a connection that waits has none, and the memory
//! that calls walk through stays small.

use std::cell::Cell;

/// The most that one read takes: 64 KiB.
const READ_BYTES: usize = 64 << 10;
/// A buffer of heads that has grown beyond this is not kept: 64 KiB.
const MOST_KEPT: usize = 64 << 10;

thread_local! {
    // Taken out while they are used: whoever might come in between gets one of its own.
    static READ: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
    static WRITE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Reads with the thread's buffer. Its content is whatever was read last.
pub(super) fn read<T>(with: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut buffer = READ.take().unwrap_or_else(|| vec![0; READ_BYTES].into_boxed_slice());
    let result = with(&mut buffer);
    READ.set(Some(buffer));
    result
}

/// Writes with the thread's buffer, which is empty.
pub(super) fn write<T>(with: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let mut buffer = WRITE.take();
    let result = with(&mut buffer);
    if buffer.capacity() <= MOST_KEPT {
        buffer.clear();
        WRITE.set(buffer);
    }
    result
}
