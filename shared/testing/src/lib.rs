//! The kit with which a team tests its endpoints: an in-memory transport and fake backends.
