//! The mobile client's backend for frontend.
