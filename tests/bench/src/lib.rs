//! What the programs of the benchmark share: the three bodies, and how a program says where it listens and when it ends.

pub mod bodies;
pub mod program;
