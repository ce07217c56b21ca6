//! Each mistake in `ui/` is refused with the message beside it.
//!
//! `TRYBUILD=overwrite cargo test -p trefoil-composition-derive --test ui` writes the messages anew; read every one as the
//! person who made the mistake would.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
