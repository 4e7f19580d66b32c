//! The key that signs tokens, and the certificate by which others check them.

use data_encoding::BASE32_NOPAD;
use minato_db::Db;
use minato_types::clock::Clock;
use rsa::PrivateKey;
use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use sha2::{Digest as _, Sha256};

use crate::{Error, Result};

/// Size of the key. Verifying is what costs, with every new token; 2048 bits are good until
/// 2030 by NIST SP 800-57.
const BITS: usize = 2048;

/// Names of the rows in the database.
const KEY_ROW: &str = "token-key";
const CERTIFICATE_ROW: &str = "token-certificate";

pub(super) struct TokenKey {
    pub(super) private_pkcs1: Vec<u8>,
    pub(super) public_pkcs1: Vec<u8>,
    /// As libtrust forms it; Distribution looks the certificate's key up by it.
    pub(super) id: String,
    pub(super) certificate_pem: String,
}

/// Reads the key; makes it when there is none. Of two replicas that start together one wins.
pub(super) async fn load_or_create(db: &Db, clock: &dyn Clock) -> Result<TokenKey> {
    if let Some(key) = load(db).await? {
        return Ok(key);
    }
    let (pkcs8, certificate) = tokio::task::spawn_blocking(generate).await.map_err(Error::internal)??;
    let mut tx = db.begin().await?;
    minato_db::secret::insert_if_absent(&mut tx, KEY_ROW, &pkcs8, clock.now()).await?;
    tx.commit().await?;
    // The certificate belongs to the key that won, which may be another replica's.
    let mut conn = db.read().await?;
    let won = minato_db::secret::get(&mut conn, KEY_ROW).await?;
    drop(conn);
    let certificate = match won {
        Some(won) if won != pkcs8 => self_signed(&won)?,
        _ => certificate,
    };
    let mut tx = db.begin().await?;
    minato_db::secret::insert_if_absent(&mut tx, CERTIFICATE_ROW, certificate.as_bytes(), clock.now())
        .await?;
    tx.commit().await?;
    load(db).await?.ok_or_else(|| Error::internal("the token key was stored but can't be read"))
}

async fn load(db: &Db) -> Result<Option<TokenKey>> {
    let mut conn = db.read().await?;
    let key = minato_db::secret::get(&mut conn, KEY_ROW).await?;
    let certificate = minato_db::secret::get(&mut conn, CERTIFICATE_ROW).await?;
    let (Some(key), Some(certificate)) = (key, certificate) else { return Ok(None) };
    let private = PrivateKey::from_pkcs8_der(&key).map_err(broken)?;
    let public = private.to_public_key();
    let spki = public.to_public_key_der().map_err(broken)?;
    Ok(Some(TokenKey {
        private_pkcs1: private.to_pkcs1_der().map_err(broken)?.as_bytes().to_vec(),
        public_pkcs1: public.to_pkcs1_der().map_err(broken)?.as_bytes().to_vec(),
        id: key_id(spki.as_bytes()),
        certificate_pem: String::from_utf8(certificate).map_err(broken)?,
    }))
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal(error)
}

/// A new key in PKCS #8 and its certificate.
fn generate() -> Result<(Vec<u8>, String)> {
    let mut rng = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    let key = PrivateKey::new(&mut rng, BITS).map_err(broken)?;
    let pkcs8 = key.to_pkcs8_der().map_err(broken)?.as_bytes().to_vec();
    let certificate = self_signed(&pkcs8)?;
    Ok((pkcs8, certificate))
}

/// A self-signed certificate without end, as nobody can be told to replace it.
fn self_signed(pkcs8: &[u8]) -> Result<String> {
    let pair = rcgen::KeyPair::try_from(pkcs8).map_err(broken)?;
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).map_err(broken)?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "Minato token issuer");
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    Ok(parameters.self_signed(&pair).map_err(broken)?.pem())
}

/// libtrust's key id: SHA-256 of the public key (DER), the first 240 bits in base32, in twelve
/// groups of four joined by colons.
fn key_id(spki: &[u8]) -> String {
    let hash = Sha256::digest(spki);
    let text = BASE32_NOPAD.encode(hash.get(..30).unwrap_or_default());
    let groups: Vec<&str> = (0..12).filter_map(|i| text.get(i * 4..i * 4 + 4)).collect();
    groups.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_id_has_libtrusts_form() {
        let id = key_id(b"any");
        assert_eq!(id.len(), 12 * 4 + 11);
        assert!(id.split(':').all(|group| group.len() == 4));
    }
}
