//! The partner client's backend for frontend.
