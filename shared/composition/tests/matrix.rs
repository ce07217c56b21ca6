//! The failure matrix of the test kit, over a BFF with every kind of call; and that it finds what is wrong.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use home::{kit, well};
use trefoil_testing::Fault;

#[tokio::test(start_paused = true)]
async fn every_call_of_the_screen_fails_as_it_is_declared() {
    let matrix = kit(&well()).matrix("/home").await;
    matrix.assert_semantics();
    assert_eq!(matrix.cases().len(), 8 * Fault::ALL.len());
    let of = |call: &str, fault| {
        let case = matrix.cases().iter().find(|case| case.call == call && case.fault == fault).unwrap();
        (case.answer.status.as_u16(), case.answer.header("trefoil-degraded").map(str::to_owned))
    };
    assert_eq!(of("picks", Fault::Html), (200, Some("picks;reason=shape".to_owned())));
    assert_eq!(of("banner", Fault::Status404), (200, None));
    assert_eq!(of("footer", Fault::Slow), (200, Some("footer;reason=timeout;default".to_owned())));
    assert_eq!(of("orders", Fault::Broken), (503, None));
}

#[tokio::test(start_paused = true)]
async fn a_passed_status_is_the_answers() {
    let matrix = kit(&well()).matrix("/orders/7?search=ab").await;
    matrix.assert_semantics();
    let passed = matrix.cases().iter().find(|case| case.fault == Fault::Status404).unwrap();
    assert_eq!(passed.answer.status, 404);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "the matrix needs backends that are all well")]
async fn it_needs_backends_that_are_well() {
    let backends = well();
    backends.on("recommendations", "/segments/").status(500);
    kit(&backends).matrix("/home").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "`nicknameOf` is never called")]
async fn it_says_which_call_the_backends_keep_from_being_made() {
    let backends = well();
    backends.on("users", "/users/").json(r#"{"name":"Ada","segment":"home"}"#);
    kit(&backends).matrix("/home").await;
}
