//! No call outlives its last waiter.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::time::Duration;

use home::{kit, well};
use trefoil_composition::handler::{Backends, Handler, IntoResponse, Problem};
use trefoil_composition::{Bff, StandardCaller, backend};
use trefoil_testing::{End, FakeBackends, Kit};

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

#[backend]
pub(crate) struct Shop;

async fn both(backends: Backends) -> Result<impl IntoResponse, Problem> {
    let first = backends.get::<Shop>("/first");
    let second = backends.get::<Shop>("/second");
    let (first, second) = tokio::try_join!(first.json::<u32>(), second.json::<u32>())?;
    Ok((first + second).to_string())
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_ends_the_calls_of_a_handler() {
    let backends = FakeBackends::new();
    backends.on("shop", "/first").json("1");
    backends.on("shop", "/second").slow(200).json("2");
    let bff = Bff::new("web").caller::<StandardCaller>().handler(Handler::get("both", "/both", both).calls::<Shop>());
    let kit = Kit::new(&bff, &backends).caller("u-1", &[]);
    let left = tokio::time::timeout(Duration::from_millis(50), kit.get("/both")).await;
    assert!(left.is_err());
    let ends: Vec<End> = backends.calls("shop").into_iter().map(|call| call.end).collect();
    assert_eq!(ends, [End::Answered, End::GivenUp]);
}
