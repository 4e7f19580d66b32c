//! TLS from certificate and key files.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::TlsFiles;

/// The certificates in a file, at least one.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let shown = file.display();
    let chain = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("the certificate `{shown}` can't be read"))?;
    if chain.is_empty() {
        bail!("`{shown}` holds no certificate; expected PEM");
    }
    Ok(chain)
}

/// Reads the certificate of our own authority, to be given to users; nothing but certificates may
/// stand in the file.
pub fn authority(file: &Path) -> Result<String> {
    certificates(file)?;
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("`{shown}` can't be read"))?;
    if text.contains("PRIVATE KEY") {
        bail!("`{shown}` holds a private key; expected certificates only, as everybody can download it");
    }
    Ok(text)
}

/// Reads the files; says which one is wrong.
pub fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>> {
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .with_context(|| format!("the key `{}` can't be read", files.key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .with_context(|| format!("certificate `{}` and its key do not fit", files.certificate.display()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
