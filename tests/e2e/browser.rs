//! A real browser, headless: the explorer runs a query, the documents show the operations, and nothing leaves this machine.

use std::path::Path;
use std::process::Command;

use crate::harness::Demo;

async fn browse(script: &'static str) {
    let demo = Demo::start().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/browser");
    assert!(
        folder.join("node_modules/playwright-core").exists() && Path::new("/usr/bin/chromium").exists(),
        "the browser tests need Debian's chromium and `npm ci` in tests/browser: ./tests/run installs both"
    );
    let ready = demo.ready_file();
    let run = move || Command::new("node").arg(script).arg(ready).current_dir(folder).output().expect("node runs");
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn the_explorer_runs_a_query_and_shows_the_result() {
    browse("explorer.mjs").await;
}

#[tokio::test]
async fn the_documents_show_the_operations() {
    browse("docs.mjs").await;
}

#[tokio::test]
async fn a_screen_fills_in_part_by_part_and_says_what_is_missing() {
    browse("screen.mjs").await;
}
