//! The engine against a reference: random declarations over random backends, answered by a model that is slow and obvious.
//!
//! [`generate`] makes a declaration as plain data, [`backends`] says what each of its calls gets, [`model`] works the answer
//! out by recursion over trees. What the engine answers must be the same: every byte, every field that is named as missing,
//! every instant at which a call was made.
//!
//! The cases are the same each time; `REFERENCE_TIMES=20` makes twenty times as many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod again;
mod backends;
mod check;
mod constructs;
mod functions;
mod generate;
mod json;
mod model;
mod numbers;
mod streamed;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// The same cases each time.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn holds(cases: u32, check: impl Fn(&[u8]) -> Result<(), String>) {
    let times: u32 = std::env::var("REFERENCE_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let cases = cases * times;
    let bytes = proptest::collection::vec(proptest::prelude::any::<u8>(), 150..900);
    let result = runner(cases).run(&bytes, |bytes| check(&bytes).map_err(TestCaseError::fail));
    match result {
        Ok(()) => {}
        Err(TestError::Fail(problem, bytes)) => panic!("{problem}\nthe case: {bytes:?}"),
        Err(aborted) => panic!("{aborted}"),
    }
}

#[test]
fn the_engine_answers_what_the_reference_answers() {
    holds(300, check::rest);
}

#[test]
fn graphql_and_rest_give_the_same_data_and_the_same_missing_fields() {
    holds(100, check::graphql);
}

#[test]
fn a_stream_and_rest_give_the_same_data_and_the_same_missing_fields() {
    holds(150, streamed::stream);
}

#[test]
fn only_latencies_change_nothing() {
    holds(100, check::latencies);
}

#[test]
fn asked_again_only_what_is_not_kept_is_asked_for_and_a_keyed_write_is_not_made_twice() {
    holds(100, again::again);
}

#[test]
fn each_listed_construct_is_among_the_cases() {
    let few: Vec<(&str, usize)> = constructs::counted(300).into_iter().filter(|(_, cases)| *cases < 10).collect();
    assert!(few.is_empty(), "in too few cases: {few:?}");
}
