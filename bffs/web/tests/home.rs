//! The landing screen, tested as its team would: in process, over fake backends, in paused time.

use trefoil::testing::{FakeBackends, Kit};

fn backends() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("users", "/users/u-1").json(
        r#"{"id":"u-1","name":"Ada Lovelace","email":"ada@example.com","segment":"desk","member_since":"2020-01-01",
            "city":"London","country":"GB","loyalty":{"tier":"gold","points":7},"password_hash":"never"}"#,
    );
    backends.on("orders", "/users/u-1/orders?limit=5").json("[]");
    backends.on("recommendations", "/segments/desk/picks?limit=6").json("[]");
    backends
}

#[tokio::test(start_paused = true)]
async fn slow_suggestions_never_hold_the_screen_up() {
    let backends = backends();
    backends.on("recommendations", "/segments/").slow(1_000).json("[]");
    backends.on("recommendations", "/segments/desk/picks?limit=6").slow(1_000).json("[]");
    let answer = Kit::new(&bff_web::bff(), &backends).caller("u-1", &["home:read"]).get("/home").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("trefoil-degraded"), Some("picks;reason=timeout"));
    assert_eq!(answer.json()["profile"]["memberSince"], "2020-01-01");
}

#[tokio::test]
async fn the_screen_is_complete_with_nothing_to_show() {
    let answer = Kit::new(&bff_web::bff(), &backends()).caller("u-1", &["home:read"]).get("/home").await;
    assert_eq!(answer.header("trefoil-degraded"), None);
    assert!(answer.text().ends_with(r#""orders":[],"picks":[]}"#), "{}", answer.text());
}
