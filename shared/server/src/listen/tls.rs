//! The certificate and key of the TLS listener: read once, refused with the file's name when they do not do.

use std::path::PathBuf;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::config::TlsConfig;

/// A certificate or key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file cannot be read, or is not PEM.
    #[error("cannot use {} (`listeners.tls.{key}`): {source}", .path.display())]
    File {
        /// The key that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: pem::Error,
    },
    /// The file of certificates holds none.
    #[error("there is no certificate in {} (`listeners.tls.cert_file`)", .0.display())]
    NoCertificate(PathBuf),
    /// The key is not the certificate's, or neither can be used.
    #[error("the certificate and key of `listeners.tls` cannot be used together: {0}")]
    Rustls(#[from] rustls::Error),
}

impl TlsError {
    /// The keys of the configuration that it is about.
    pub(crate) fn path(&self) -> &'static [&'static str] {
        match self {
            TlsError::File { key: "key_file", .. } => &["listeners", "tls", "key_file"],
            TlsError::File { .. } | TlsError::NoCertificate(_) => &["listeners", "tls", "cert_file"],
            TlsError::Rustls(_) => &["listeners", "tls"],
        }
    }
}

/// Reads both files. Blocking: they are small, and it happens at start.
pub(crate) fn load(config: &TlsConfig) -> Result<RustlsConfig, TlsError> {
    let file = |key, path: &PathBuf| {
        let path = path.clone();
        move |source| TlsError::File { key, path, source }
    };
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&config.cert_file)
        .and_then(Iterator::collect)
        .map_err(file("cert_file", &config.cert_file))?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate(config.cert_file.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&config.key_file).map_err(file("key_file", &config.key_file))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(server)))
}
