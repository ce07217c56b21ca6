//! The primitives of the state machines that calls share. They are named here and not by std, since the model checker's
//! stand in for them in `tests/loom.rs`.

pub(crate) use std::sync::atomic;
pub(crate) use std::sync::{Mutex, MutexGuard};
