//! No call outlives its last waiter.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::time::Duration;

use home::{kit, well};
use trefoil_testing::End;

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_ends_every_call() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(200).json("{}");
    backends.on("orders", "/users/").slow(200).json("[]");
    let kit = kit(&backends);
    let left = tokio::time::timeout(Duration::from_millis(50), kit.get("/home")).await;
    assert!(left.is_err());
    for backend in ["users", "orders"] {
        assert_eq!(backends.calls(backend)[0].end, End::GivenUp, "{backend}");
    }
    assert!(backends.calls("recommendations").is_empty());
}
