//! The export, tested as its team would: in process, over fake backends.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use trefoil::testing::{Answer, FakeBackends, Kit, Reply};

async fn ask(backends: &FakeBackends) -> Answer {
    Kit::new(&bff_partner::bff(), backends)
        .caller("acme", &["inventory:read"])
        .claim("partner", "acme")
        .get("/inventory.csv")
        .await
}

fn levels(from: u64, count: u64) -> String {
    let level = |id| format!(r#"{{"product_id":{id},"available":2,"warehouses":[{{"code":"LIS","quantity":2}}]}}"#);
    format!("[{}]", (from..from + count).map(level).collect::<Vec<_>>().join(","))
}

#[tokio::test]
async fn it_has_a_header_row_and_all_pages() {
    let backends = FakeBackends::new();
    backends
        .on("inventory", "/stock?")
        .asked(|call| Reply::json(&if call.path.contains("after=0&") { levels(1, 100) } else { levels(101, 7) }));
    let answer = ask(&backends).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, Some("text/csv; charset=utf-8; header=present"))
    );
    let lines: Vec<&str> = answer.text().split("\r\n").collect();
    assert_eq!(
        (lines[0], lines[1], lines[107]),
        ("product_id,available,warehouse,quantity", "1,2,\"LIS\",2", "107,2,\"LIS\",2")
    );
    assert_eq!(lines.len(), 109, "a header, 107 lines, and the end of the last");
    let calls = backends.calls("inventory");
    let paths: Vec<&str> = calls.iter().map(|call| call.path.as_str()).collect();
    assert_eq!(paths, ["/stock?after=0&limit=100", "/stock?after=100&limit=100"]);
    assert!(calls.iter().all(|call| call.header("x-partner") == Some("acme")));
}

#[tokio::test]
async fn nothing_in_it_is_a_formula_or_leaves_its_cell() {
    let backends = FakeBackends::new();
    backends.on("inventory", "/stock?").json(
        r#"[{"product_id":1,"available":0,"warehouses":[]},
            {"product_id":2,"available":3,"warehouses":[{"code":"=cmd|'/C calc'!A0","quantity":1},{"code":"a\",\"b\r\nc","quantity":2}]}]"#,
    );
    let answer = ask(&backends).await;
    let lines: Vec<&str> = answer.text().splitn(4, "\r\n").collect();
    assert_eq!(lines[1..], ["1,0,,", "2,3,\"'=cmd|'/C calc'!A0\",1", "2,3,\"a\"\",\"\"b\r\nc\",2\r\n"]);
}

#[tokio::test]
async fn half_an_export_is_none() {
    let backends = FakeBackends::new();
    backends.on("inventory", "/stock?after=0&").json(&levels(1, 100));
    backends.on("inventory", "/stock?after=100&").status(500);
    let answer = ask(&backends).await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.json()["code"], "backend-status");
}
