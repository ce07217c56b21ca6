//! The web client's backend for frontend.
