//! From a path to text: what is no file, no UTF-8 or too large is said so, with what to do.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::fault::{ConfigError, Fault};
use super::mark::Mark;

/// The most bytes of a configuration. More is another file, named by mistake.
const MAX_BYTES: u64 = 1024 * 1024;

/// The text of the file at `path`.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    let name = path.display().to_string();
    let nowhere = |what: String, help: &str| {
        ConfigError::new(
            &name,
            "",
            vec![Fault { mark: Mark::Nowhere, path: String::new(), what, help: Some(help.to_owned()) }],
        )
    };
    if path.is_dir() {
        let file = path.join("gateway.yaml");
        let help = format!("name the file: `--config {}`", file.display());
        return Err(nowhere("the configuration is a folder".to_owned(), &help));
    }
    let mut bytes = Vec::new();
    let taken = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = taken {
        let help = "say where it is with `--config PATH`, and let this user read it";
        return Err(nowhere(format!("cannot read the configuration: {error}"), help));
    }
    if bytes.len() as u64 > MAX_BYTES {
        let what = format!("this is no configuration: it has more than {MAX_BYTES} bytes");
        return Err(nowhere(what, "say where it is with `--config PATH`"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let (before, bytes) = (&error.as_bytes()[..good], error.as_bytes());
        // What is no text is shown as good as it can be.
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[begin..]).chars().count() + 1;
        let fault = Fault {
            mark: Mark::File { line, column },
            path: String::new(),
            what: format!("the configuration is not UTF-8: it has the byte 0x{:02x} here", bytes[good]),
            help: Some("save the file as UTF-8".to_owned()),
        };
        // Nor does it drive a terminal.
        let shown = String::from_utf8_lossy(bytes).replace(|c: char| c.is_control() && c != '\n', "\u{fffd}");
        ConfigError::new(&name, &shown, vec![fault])
    })
}
