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
    /// Base URL by name.
    pub(crate) backends: &'a BTreeMap<&'static str, String>,
    /// Access token by BFF, and `expired`.
    pub(crate) tokens: &'a BTreeMap<&'static str, String>,
    /// The PEM file that a client of `tls` must trust.
    pub(crate) tls_ca: PathBuf,
}

/// A written file. Dropping this removes it.
#[derive(Debug)]
pub(crate) struct ReadyFile(PathBuf);

/// The file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the ready file {} cannot be written: {source}", .path.display())]
pub(crate) struct ReadyError {
    path: PathBuf,
    source: io::Error,
}

/// Removes what an earlier demo that was killed may have left, lest somebody believes it.
pub(crate) fn clear(path: &Path) -> Result<(), ReadyError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(ReadyError { path: path.to_owned(), source }),
        _ => Ok(()),
    }
}

/// Writes beside `path` and renames, so that a reader finds all or nothing. Only this user may read it: it has tokens.
pub(crate) fn write(path: &Path, ready: &Ready<'_>) -> Result<ReadyFile, ReadyError> {
    let written = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut draft = NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut draft, ready)?;
        draft.write_all(b"\n")?;
        draft.persist(path)?;
        Ok(())
    };
    written().map_err(|source| ReadyError { path: path.to_owned(), source })?;
    Ok(ReadyFile(path.to_owned()))
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // If it cannot be removed, somebody else has done so.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_contract_and_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        let (backends, tokens) = (BTreeMap::from([("users", "http://u".to_owned())]), BTreeMap::new());
        let ready = Ready {
            public: "http://p".to_owned(),
            tls: "https://t".to_owned(),
            admin: "http://a".to_owned(),
            issuer: "http://i",
            backends: &backends,
            tokens: &tokens,
            tls_ca: "/ca.pem".into(),
        };
        let file = write(&path, &ready).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let names: Vec<&String> = read.as_object().unwrap().keys().collect();
        assert_eq!(names, ["admin", "backends", "issuer", "public", "tls", "tls_ca", "tokens"]);
        assert_eq!(read["backends"]["users"], "http://u");
        drop(file);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let path = Path::new("/nowhere/at/all.json");
        clear(path).unwrap();
        let (backends, tokens) = (BTreeMap::new(), BTreeMap::new());
        let text = String::new;
        let ready = Ready {
            public: text(),
            tls: text(),
            admin: text(),
            issuer: "",
            backends: &backends,
            tokens: &tokens,
            tls_ca: PathBuf::new(),
        };
        assert!(write(path, &ready).unwrap_err().to_string().contains("/nowhere/at/all.json"));
    }
}
