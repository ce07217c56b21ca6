//! The committed documents are what the code serves.

use std::path::Path;
use std::process::Command;

use crate::harness::{Demo, GATEWAY};

#[test]
fn the_committed_documents_are_what_the_code_serves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    for bff in ["web", "mobile", "partner"] {
        for (command, file) in [("openapi", format!("{bff}.json")), ("graphql", format!("{bff}.graphql"))] {
            let served = Command::new(GATEWAY).args([command, bff]).output().unwrap();
            assert!(served.status.success(), "{}", String::from_utf8_lossy(&served.stderr));
            let committed = std::fs::read(folder.join(&file)).unwrap_or_default();
            assert!(
                committed == served.stdout,
                "openapi/{file} is stale: run `cargo run -- openapi --write openapi` and `cargo run -- graphql --write openapi`, read the change, commit it"
            );
        }
    }
}

#[tokio::test]
async fn the_served_document_is_the_committed_one_and_needs_no_token() {
    let demo = Demo::start().await;
    let served = demo.get_with("/web/openapi.json", &[]).await;
    assert_eq!(served.status, 200);
    let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/web.json")).unwrap();
    assert_eq!(served.text, committed);
}
