//! A call starts the moment its own inputs exist, and waits for nothing else.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::time::Duration;

use home::{COMPLETE, kit, well};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn calls_run_side_by_side_and_in_a_row_only_where_data_demands() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(50).json(r#"{"name":"Ada","segment":"home","nickname":"countess"}"#);
    backends
        .on("orders", "/users/")
        .slow(100)
        .json(r#"[{"id":9007199254740993,"total":1.10,"placed_at":"2026-11-24"}]"#);
    backends.on("recommendations", "/segments/").slow(60).json(r#"["lamp"]"#);
    let started = Instant::now();
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.text(), COMPLETE);
    let took = started.elapsed();
    assert!(Duration::from_millis(110) <= took && took < Duration::from_millis(115), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_bytes_are_the_same_whatever_arrives_first() {
    let mut seed = 7_u64;
    let mut random = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % 60
    };
    for _ in 0..100 {
        let backends = well();
        backends
            .on("users", "/users/u-1")
            .slow(random())
            .json(r#"{"name":"Ada","segment":"home","nickname":"countess"}"#);
        backends
            .on("orders", "/users/u-1")
            .slow(random())
            .json(r#"[{"id":9007199254740993,"total":1.10,"placed_at":"2026-11-24"}]"#);
        backends.on("banners", "/banner").slow(random()).json(r#"{"text":"sale"}"#);
        backends.on("banners", "/footer").slow(random()).json(r#"{"text":"imprint"}"#);
        assert_eq!(kit(&backends).get("/home").await.text(), COMPLETE);
    }
}

#[tokio::test(start_paused = true)]
async fn server_timing_has_one_entry_a_call() {
    let answer = kit(&well()).get("/home").await;
    let timing = answer.header("server-timing").unwrap();
    assert_eq!(timing.split(", ").count(), 8, "{timing}");
    assert!(timing.split(", ").any(|entry| entry.starts_with("profile;dur=")), "{timing}");
}
