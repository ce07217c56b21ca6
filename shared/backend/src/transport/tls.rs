//! TLS with a backend: whom to believe, and who the gateway is to it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use serde::{Deserialize, Serialize};

/// Section `backends.<name>.tls`: only for an `https` URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackendTlsConfig {
    /// `ca_file`: PEM of the authorities whose certificates are believed, and no others. Default: the system's.
    pub ca_file: Option<PathBuf>,
    /// `client_cert_file`: PEM of the certificate that the gateway shows, the chain after it. Needs `client_key_file`. Default none.
    pub client_cert_file: Option<PathBuf>,
    /// `client_key_file`: PEM of its key. Default none.
    pub client_key_file: Option<PathBuf>,
}

impl BackendTlsConfig {
    /// Refuses half of a client's identity.
    pub(crate) fn check(&self) -> Result<(), String> {
        match (&self.client_cert_file, &self.client_key_file) {
            (Some(_), None) => Err("`client_cert_file` needs `client_key_file`".to_owned()),
            (None, Some(_)) => Err("`client_key_file` needs `client_cert_file`".to_owned()),
            _ => Ok(()),
        }
    }
}

/// What the files of a [`BackendTlsConfig`] hold. Who reads files hands it in.
#[derive(Clone, Default)]
pub struct TlsPem {
    /// The authorities, in PEM.
    pub ca: Option<Vec<u8>>,
    /// The gateway's certificate with its chain, and its key, in PEM.
    pub client: Option<(Vec<u8>, Vec<u8>)>,
}

impl fmt::Debug for TlsPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsPem").field("ca", &self.ca.is_some()).field("client", &self.client.is_some()).finish()
    }
}

/// TLS 1.2 and 1.3, offering the protocols of `alpn`.
pub(super) fn client_config(pem: &TlsPem, alpn: &[&str]) -> Result<ClientConfig, String> {
    let unusable = |what: &str, error: &dyn fmt::Display| format!("{what} cannot be used: {error}");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS", &error))?;
    let builder = match &pem.ca {
        None => builder.with_platform_verifier().map_err(|error| unusable("the system's certificates", &error))?,
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates("`tls.ca_file`", ca)? {
                roots.add(certificate).map_err(|error| unusable("`tls.ca_file`", &error))?;
            }
            builder.with_root_certificates(roots)
        }
    };
    let mut config = match &pem.client {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => {
            let chain = certificates("`tls.client_cert_file`", chain)?;
            let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| unusable("`tls.client_key_file`", &error))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| unusable("`tls.client_cert_file` with `tls.client_key_file`", &error))?
        }
    };
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Ok(config)
}

/// That of a client that never speaks TLS: it believes nobody, and the system's many certificates are not read for it.
pub(super) fn unused() -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("TLS cannot be used: {error}"))?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn certificates(what: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|error| format!("{what} is not PEM: {error}"))?;
    if found.is_empty() { Err(format!("there is no certificate in {what}")) } else { Ok(found) }
}
