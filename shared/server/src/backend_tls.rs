//! The files of `backends.<name>.tls`: read once, at start. What they hold is judged by who uses it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use trefoil_backend::TlsPem;

use crate::config::{Config, ConfigError};

/// What the files hold, by the backend's name. All that cannot be read is told at once.
pub(crate) fn load(config: &Config) -> Result<BTreeMap<String, TlsPem>, ConfigError> {
    let mut faults = Vec::new();
    let mut loaded = BTreeMap::new();
    for (name, backend) in &config.backends {
        let mut read = |key: &str, path: &Option<PathBuf>| {
            let path = path.as_ref()?;
            std::fs::read(path)
                .map_err(|error| {
                    let what = format!("cannot read {} (`backends.{name}.tls.{key}`): {error}", path.display());
                    faults.push(config.fault(&["backends", name, "tls", key], what, None));
                })
                .ok()
        };
        let ca = read("ca_file", &backend.tls.ca_file);
        let client = read("client_cert_file", &backend.tls.client_cert_file);
        let client = client.zip(read("client_key_file", &backend.tls.client_key_file));
        if ca.is_some() || client.is_some() {
            loaded.insert(name.clone(), TlsPem { ca, client });
        }
    }
    if faults.is_empty() { Ok(loaded) } else { Err(config.error(faults)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    #[test]
    fn files_are_read_and_those_that_cannot_be_are_named_where_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, "the authorities").unwrap();
        let parse = |tls: &str| {
            let text = format!("version: 1\nbackends:\n  users:\n    url: https://users.test\n    tls:\n{tls}");
            Config::parse("gateway.yaml", &text, &Environment::empty(), &[]).unwrap()
        };
        let loaded = load(&parse(&format!("      ca_file: {}\n", ca.display()))).unwrap();
        assert_eq!(loaded["users"].ca.as_deref(), Some(b"the authorities".as_slice()));
        let missing = "      client_cert_file: /nowhere/a.pem\n      client_key_file: /nowhere/a.key\n";
        let error = load(&parse(missing)).unwrap_err();
        let named: Vec<_> = error.faults().iter().map(|fault| format!("{} {}", fault.mark, fault.what)).collect();
        assert!(named[0].starts_with("6:") && named[0].contains("/nowhere/a.pem"), "{named:?}");
        assert!(named[1].starts_with("7:") && named[1].contains("`backends.users.tls.client_key_file`"), "{named:?}");
    }
}
