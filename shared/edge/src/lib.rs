//! The onion around every request: identity, quota, limits, CORS, compression.
