//! Starts the demo, asks it, and ends it.

mod answer;
mod demo;
mod jaeger;
mod proxy;
#[path = "../../../shared/backend/tests/zone/mod.rs"]
#[expect(dead_code, reason = "the backend's tests use all of it")]
mod zone;

pub(crate) use answer::Answer;
pub(crate) use demo::{Demo, GATEWAY, terminate};
pub(crate) use jaeger::Jaeger;
pub(crate) use proxy::{Fault, Proxy};
pub(crate) use zone::{Records, Zone};
