//! The ready file: where everything is, for whoever waits for the demo. Written whole, once all is up; gone at the end.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

/// What the file says. Its members are a contract with those who read it: see the README's section on the demo.
#[derive(Debug, Serialize)]
pub(crate) struct Ready<'a> {
    /// Base URLs.
    pub(crate) public: String,
    pub(crate) tls: String,
    pub(crate) admin: String,
    pub(crate) issuer: &'a str,
    /// The page that shows a screen filling in.
    pub(crate) screen: &'a str,
    /// Base URL by name.
    pub(crate) backends: &'a BTreeMap<&'static str, String>,
    /// Access token by BFF, and `expired`.
    pub(crate) tokens: &'a BTreeMap<&'static str, String>,
    /// The PEM file that a client of `tls` must trust.
    pub(crate) tls_ca: PathBuf,
}

/// What tells a ready file from any other: all of these are in it.
const MEMBERS: [&str; 7] = ["public", "tls", "admin", "issuer", "backends", "tokens", "tls_ca"];

/// A written file. Dropping this removes it, unless something else is there by then.
#[derive(Debug)]
pub(crate) struct ReadyFile {
    path: PathBuf,
    text: Vec<u8>,
}

/// The file cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadyError {
    #[error(
        "the ready file {} cannot be written: {}\n  Name a file in a folder where this user may write:  --ready-file PATH",
        .path.display(), .source
    )]
    Io { path: PathBuf, source: io::Error },
    #[error("the ready file {} cannot be written: a folder is there\n  Name a file:  --ready-file {}", .0.display(), .0.join("ready.json").display())]
    Folder(PathBuf),
    #[error(
        "the ready file {} cannot be written: there is no folder {}\n  Make it first, or name another file:  --ready-file PATH",
        .path.display(), .folder.display()
    )]
    NoFolder { path: PathBuf, folder: PathBuf },
    #[error(
        "{} is there already, and no demo wrote it: it stays as it is.\n  Name another file:  --ready-file PATH",
        .0.display()
    )]
    Foreign(PathBuf),
}

/// Asks whether the file can be written, before anything is started; writes and removes nothing. What an earlier demo that
/// was killed left may be there; anything else may not.
pub(crate) fn must_be_writable(path: &Path) -> Result<(), ReadyError> {
    let refuse = |source: io::Error| ReadyError::Io { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(ReadyError::Folder(path.to_owned()));
    }
    if !folder(path).is_dir() {
        return Err(ReadyError::NoFolder { path: path.to_owned(), folder: folder(path).to_owned() });
    }
    match std::fs::read(path) {
        Ok(text) if is_ready_file(&text) => {}
        Ok(_) => return Err(ReadyError::Foreign(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(refuse(error)),
    }
    // What is written beside it goes at once.
    draft(path).map(drop).map_err(refuse)
}

/// Removes what an earlier demo that was killed may have left, lest somebody believes it.
pub(crate) fn clear(path: &Path) -> Result<(), ReadyError> {
    must_be_writable(path)?;
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(ReadyError::Io { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Writes beside `path` and renames, so that a reader finds all or nothing. Only this user may read it: it has tokens. What
/// has come there meanwhile is not replaced.
pub(crate) fn write(path: &Path, ready: &Ready<'_>) -> Result<ReadyFile, ReadyError> {
    let written = || {
        let mut text = serde_json::to_vec_pretty(ready)?;
        text.push(b'\n');
        let mut draft = draft(path)?;
        draft.write_all(&text)?;
        draft.persist_noclobber(path)?;
        Ok(text)
    };
    match written() {
        Ok(text) => Ok(ReadyFile { path: path.to_owned(), text }),
        Err(source) => Err(ReadyError::Io { path: path.to_owned(), source }),
    }
}

/// A new file in the same folder. Its own name is of no interest to whoever reads the error.
fn draft(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder(path)).map_err(|error| io::Error::from(error.kind()))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_ready_file(text: &[u8]) -> bool {
    let read: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_slice(text);
    read.is_ok_and(|members| MEMBERS.iter().all(|member| members.contains_key(*member)))
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        if std::fs::read(&self.path).is_ok_and(|text| text == self.text) {
            // If it cannot be removed, somebody else has done so.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(path: &Path) -> Result<ReadyFile, ReadyError> {
        let (backends, tokens) = (BTreeMap::from([("users", "http://u".to_owned())]), BTreeMap::new());
        let ready = Ready {
            public: "http://p".to_owned(),
            tls: "https://t".to_owned(),
            admin: "http://a".to_owned(),
            issuer: "http://i",
            screen: "http://s",
            backends: &backends,
            tokens: &tokens,
            tls_ca: "/ca.pem".into(),
        };
        write(path, &ready)
    }

    #[test]
    fn the_file_is_the_contract_and_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        let file = written(&path).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let names: Vec<&String> = read.as_object().unwrap().keys().collect();
        assert_eq!(names, ["admin", "backends", "issuer", "public", "screen", "tls", "tls_ca", "tokens"]);
        assert_eq!(read["backends"]["users"], "http://u");
        drop(file);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_demo_left_is_replaced_and_anything_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        std::mem::forget(written(&path).unwrap());
        must_be_writable(&path).unwrap();
        assert!(path.exists(), "asking removes nothing");
        clear(&path).unwrap();
        assert!(!path.exists());
        for text in ["my thesis", "{}", r#"{"public": "x"}"#, "[1]", ""] {
            std::fs::write(&path, text).unwrap();
            for error in [must_be_writable(&path).unwrap_err(), clear(&path).unwrap_err(), written(&path).unwrap_err()]
            {
                assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
            }
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        let error = must_be_writable(folder.path()).unwrap_err().to_string();
        assert!(error.contains("a folder is there") && error.contains(folder.path().to_str().unwrap()), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn what_took_the_files_place_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        let file = written(&path).unwrap();
        std::fs::write(&path, "mine now").unwrap();
        drop(file);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine now");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named_before_anything_starts() {
        let path = Path::new("/nowhere/at/all.json");
        let error = must_be_writable(path).unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all.json") && error.contains("no folder /nowhere/at"), "{error}");
        assert!(!error.contains(".tmp"), "{error}");
        assert!(written(path).unwrap_err().to_string().contains("/nowhere/at/all.json"));
    }
}
