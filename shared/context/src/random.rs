//! Numbers for ids that only need to be unique.

use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

/// Not zero, and unpredictable enough for an id: the standard library's randomly keyed hasher over a counter. It asks the system for
/// nothing but its key.
pub(crate) fn random_u64() -> u64 {
    thread_local! {
        static SOURCE: (RandomState, Cell<u64>) = (RandomState::new(), const { Cell::new(0) });
    }
    SOURCE.with(|(state, counter)| {
        loop {
            counter.set(counter.get().wrapping_add(1));
            let mut hasher = state.build_hasher();
            hasher.write_u64(counter.get());
            let value = hasher.finish();
            if value != 0 {
                return value;
            }
        }
    })
}
