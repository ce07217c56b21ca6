//! Starts the demo, asks it, and ends it.

mod answer;
mod demo;
mod jaeger;
mod proxy;

pub(crate) use answer::Answer;
pub(crate) use demo::{Demo, GATEWAY, terminate};
pub(crate) use jaeger::Jaeger;
pub(crate) use proxy::{Fault, Proxy};
