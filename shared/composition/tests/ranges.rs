//! A call that asks for a part gets one: 206 is success where a `Range` was sent, and nowhere else.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use trefoil_composition::{Bff, StandardCaller, backend, composition, input};
use trefoil_testing::{FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Rows;

#[input]
pub(crate) struct RowsInput {
    /// Which of them, as `items=0-24`.
    #[header("range")]
    pub(crate) range: Option<String>,
}

/// Some of the rows.
#[composition(get = "/rows", input = RowsInput)]
pub(crate) struct RowsPage {
    /// The rows.
    #[call(Rows, get = "/rows", header("range" = header.range), pass = [416])]
    pub(crate) rows: Vec<u32>,
    /// Which of how many they are.
    #[from(rows, header = "content-range")]
    pub(crate) of: Option<String>,
}

#[tokio::test(start_paused = true)]
async fn a_part_is_success_where_one_was_asked_for_and_only_there() {
    let backends = FakeBackends::new();
    backends
        .on("rows", "/rows")
        .reply(Reply::answer(206, "application/json", "[1,2]").header("content-range", "items 0-1/9"));
    let kit =
        Kit::new(&Bff::new("web").caller::<StandardCaller>().endpoint::<RowsPage>(), &backends).caller("u-1", &[]);
    let asking = kit.clone().header("range", "items=0-1");
    let answer = asking.get("/rows").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, r#"{"rows":[1,2],"of":"items 0-1/9"}"#));
    assert_eq!(backends.calls("rows")[0].header("range"), Some("items=0-1"));
    // Nobody asked for a part.
    let answer = kit.get("/rows").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (502, Some("backend-status")));
    assert_eq!(backends.calls("rows")[1].header("range"), None);
    // A server may answer with all of it (RFC 9110, section 14.2).
    backends.on("rows", "/rows").json("[1,2,3]");
    assert_eq!(asking.get("/rows").await.text(), r#"{"rows":[1,2,3],"of":null}"#);
    backends.on("rows", "/rows").status(416);
    assert_eq!(asking.get("/rows").await.status, 416);
    // Several parts in one body are no JSON.
    backends.on("rows", "/rows").answer(206, "multipart/byteranges; boundary=x", "--x");
    assert_eq!(asking.get("/rows").await.json()["code"], "backend-shape");
}
