//! A breaker per address: one that fails again and again is not asked until a probe has gone well.

pub(crate) mod config;
pub(crate) mod gate;
pub(crate) mod state;
pub(crate) mod window;
