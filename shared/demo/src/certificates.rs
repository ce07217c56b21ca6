//! Dev certificates: an authority made at start, and a server certificate for this machine's own names.
//!
//! They lie in a folder of their own that only this user can read, and that goes when the demo ends. The authority's
//! key is never written: nobody can sign with it afterwards.

use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;

/// The names that the server certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Seconds in a mean year.
const YEAR_S: u64 = 31_556_952;

/// The files. Dropping this removes them.
#[derive(Debug)]
pub struct Certificates {
    folder: TempDir,
}

/// Why there are none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificatesError {
    /// A key or a certificate could not be made.
    #[error("a dev certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
    /// A file could not be written.
    #[error("the dev certificates could not be written: {0}")]
    Write(#[from] io::Error),
}

impl Certificates {
    /// Makes an authority and a server certificate, and writes them into a fresh temporary folder.
    ///
    /// # Errors
    /// When a key cannot be made or a file cannot be written.
    pub fn make() -> Result<Self, CertificatesError> {
        let authority = CertifiedIssuer::self_signed(authority(), KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = server()?.signed_by(&key, &authority)?;
        let private = std::fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix("trefoil-demo-").permissions(private).tempdir()?;
        let certificates = Self { folder };
        write(&certificates.authority(), &authority.pem())?;
        write(&certificates.server(), &certificate.pem())?;
        write(&certificates.server_key(), &key.serialize_pem())?;
        Ok(certificates)
    }

    /// `ca.pem`: what a client must trust.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// `server.pem`: the certificate of localhost, 127.0.0.1 and ::1.
    #[must_use]
    pub fn server(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    /// `server.key`: its private key, PKCS#8 in PEM.
    #[must_use]
    pub fn server_key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Trefoil demo authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_after = rcgen::date_time_ymd(the_year_after_next(), 1, 1);
    params
}

fn server() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(NAMES.map(String::from))?;
    params.distinguished_name.push(DnType::CommonName, NAMES[0]);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_after = rcgen::date_time_ymd(the_year_after_next(), 1, 1);
    Ok(params)
}

/// When the certificates expire. Some clients refuse those that hold for longer than 825 days.
fn the_year_after_next() -> i32 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    1972 + i32::try_from(since.as_secs() / YEAR_S).unwrap_or_default()
}

/// Only this user may read what is written.
fn write(path: &Path, pem: &str) -> io::Result<()> {
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(pem.as_bytes())
}
