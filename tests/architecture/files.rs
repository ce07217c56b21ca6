//! Every source file says what it is in its first line, and is small enough to read.

use std::path::{Path, PathBuf};

/// A file longer than this, its tests aside, has more than one behaviour in it.
const MOST_LINES: usize = 400;

/// The Rust files below a folder of the repository, sorted; build output and what is meant to be wrong left out.
pub(crate) fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder), &mut found);
    found.sort();
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() && !["target", "ui", "node_modules"].contains(&name.as_str()) {
            walk(&entry, found);
        } else if name.ends_with(".rs") {
            found.push(entry);
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for file in ["bffs", "gateway", "shared", "tests"].into_iter().flat_map(sources) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        assert!(text.starts_with("//!"), "{} does not begin with a `//!` line that says what it is", file.display());
    }
}

#[test]
fn no_file_is_longer_than_can_be_read_at_once() {
    let shipped = |file: &PathBuf| !file.components().any(|part| part.as_os_str() == "tests");
    for file in ["bffs", "gateway", "shared"].into_iter().flat_map(sources).filter(shipped) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let production = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        assert!(
            production <= MOST_LINES,
            "{} has {production} lines; the most is {MOST_LINES}: split it by behaviour",
            file.display()
        );
    }
}
