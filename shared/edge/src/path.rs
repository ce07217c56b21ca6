//! Paths that two parties could read in two ways are refused: nothing behind ever sees one.
//!
//! There is no normalising and no redirect. What is matched, authorised, counted and logged is the one path that came.

use axum::extract::Request;
use trefoil_context::{Code, Problem};

use crate::around::{Around, Step};

/// See the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefuseOddPaths;

impl Around for RefuseOddPaths {
    type Kept = ();

    fn before(&self, request: &mut Request) -> Step<()> {
        match fault(request.uri().path()) {
            None => Step::Go(()),
            Some(fault) => Step::refuse(Problem::new(Code::InvalidPath).with_detail(fault)),
        }
    }
}

/// What is wrong with the path, if anything.
fn fault(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("the path does not begin with a slash");
    }
    let (mut encoded, mut dotted, mut doubled) = (false, false, false);
    let mut before = 0;
    for byte in path.bytes() {
        match byte {
            b'\\' => return Some("the path has a backslash"),
            0..=0x1f | 0x7f => return Some("the path has a control character"),
            b'/' => doubled |= before == b'/',
            b'%' => encoded = true,
            b'.' => dotted = true,
            _ => {}
        }
        before = byte;
    }
    if doubled {
        return Some("the path has an empty segment");
    }
    if encoded && let Some(fault) = encoded_fault(path) {
        return Some(fault);
    }
    let has_dot_segment = (dotted || encoded) && path[1..].split('/').any(is_dot_segment);
    has_dot_segment.then_some("the path has a dot segment")
}

/// What is wrong with what stands percent-encoded. It is decoded once, as a router does: `%252e` is the text `%2e`.
fn encoded_fault(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let [high, low, tail @ ..] = rest else { return Some("the path has a broken percent-encoding") };
        let (Some(high), Some(low)) = (hex(*high), hex(*low)) else {
            return Some("the path has a broken percent-encoding");
        };
        match high << 4 | low {
            b'/' => return Some("the path has an encoded slash"),
            b'\\' => return Some("the path has an encoded backslash"),
            0..=0x1f | 0x7f => return Some("the path has an encoded control character"),
            byte => decoded.push(byte),
        }
        rest = tail;
    }
    std::str::from_utf8(&decoded).is_err().then_some("the path is not UTF-8 once decoded")
}

/// `.` or `..`, plain or encoded, with or without `;parameters` after it.
fn is_dot_segment(segment: &str) -> bool {
    // No dot segment is longer than `%2e%2e` before its parameters.
    let name = segment.split(';').next().unwrap_or_default();
    if name.is_empty() || name.len() > 6 {
        return false;
    }
    let plain = name.replace("%2e", ".").replace("%2E", ".");
    plain == "." || plain == ".."
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_are_named_by_what_is_wrong_with_them() {
        for path in [
            "",
            "*",
            "web",
            "//",
            "/web//home",
            "//web/home",
            "/web/./home",
            "/web/../admin",
            "/web/..",
            "/.",
            "/web/%2e",
            "/web/%2e%2E/x",
            "/web/.%2e/x",
            "/web/..;/x",
            "/web/%2e%2e;a=b/x",
            "/web/a%2fb",
            "/web/a%2Fb",
            "/web/a%5cb",
            "/web/a\\b",
            "/web/%00",
            "/web/a%0a",
            "/web/%7f",
            "/web/%",
            "/web/%2",
            "/web/%zz",
            "/web/%ff",
            "/web/%c0%ae",
        ] {
            assert!(fault(path).is_some(), "{path}");
        }
    }

    #[test]
    fn ordinary_paths_pass() {
        for path in [
            "/",
            "/web/home",
            "/web/home/",
            "/web/a.b",
            "/web/...",
            "/web/.well-known",
            "/web/a%20b",
            "/web/%c3%a4",
            "/web/%252e%252e",
            "/web/a;b=c",
            "/web/x%2ey",
        ] {
            assert_eq!(fault(path), None, "{path}");
        }
    }
}
