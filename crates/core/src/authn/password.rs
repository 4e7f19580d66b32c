//! Hashing and checking passwords.
//!
//! New hashes are argon2id. Harbor's (PBKDF2 with SHA-256 or SHA-1) are understood, so
//! that imported users can sign in, and replaced at the first right password.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use minato_types::secret::Secret;
use minato_types::user::is_acceptable_password;
use moka::sync::Cache;
use ring::hmac;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// What a check found.
pub(crate) enum Outcome {
    /// The password is right. When its hash was of an old kind, a new one.
    Right {
        /// The hash to keep instead of the old one.
        upgraded: Option<String>,
    },
    /// The password is wrong, or there is nothing to check against.
    Wrong,
}

/// Checks passwords, a few at a time, and remembers right ones for a short while: clients that
/// send HTTP Basic send it with every request, and argon2 is slow on purpose.
pub(crate) struct Verified {
    /// Keyed by a MAC over name, password and stored hash, so that memory holds no password and
    /// a changed one is forgotten at once.
    recent: Cache<Vec<u8>, ()>,
    key: hmac::Key,
    /// Each check takes 19 MiB and a core.
    at_once: Arc<Semaphore>,
}

impl Verified {
    pub(crate) fn new() -> Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Self {
            recent: Cache::builder().max_capacity(10_000).time_to_live(Duration::from_mins(5)).build(),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            at_once: Arc::new(Semaphore::new(2)),
        })
    }

    /// Whether this very triple was found right a short while ago.
    pub(crate) fn contains(&self, username: &str, password: &Secret, hash: &str) -> bool {
        self.recent.contains_key(&self.mac(username, password, hash))
    }

    /// Checks `password` against `hash`; without a hash it takes as long and fails.
    pub(crate) async fn verify(
        &self,
        username: &str,
        password: &Secret,
        hash: Option<&str>,
    ) -> Result<Outcome> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await.map_err(Error::internal)?;
        let (candidate, stored) = (password.clone(), hash.map(str::to_owned));
        let outcome = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            check(&candidate, stored.as_deref())
        })
        .await
        .map_err(Error::internal)??;
        if let (Outcome::Right { upgraded: None }, Some(hash)) = (&outcome, hash) {
            self.recent.insert(self.mac(username, password, hash), ());
        }
        Ok(outcome)
    }

    fn mac(&self, username: &str, password: &Secret, hash: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.key);
        for part in [username, password.expose(), hash] {
            context.update(&part.len().to_le_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }
}

/// Hashes a new password. Slow; not for the runtime's threads.
pub(crate) fn hash(password: &Secret) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.expose().as_bytes())
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(hash.to_string())
}

/// Hashes a new password off the runtime's threads.
pub(crate) async fn hash_in_background(password: &Secret) -> Result<String> {
    let password = password.clone();
    tokio::task::spawn_blocking(move || hash(&password)).await.map_err(Error::internal)?
}

/// So many random letters and digits, free of those that look alike, that make a good password.
pub(crate) fn generate(length: usize) -> Result<Secret> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    loop {
        let mut random = vec![0_u8; length];
        getrandom::fill(&mut random).map_err(|error| Error::internal(error.to_string()))?;
        let text: String = random
            .iter()
            .filter_map(|&byte| LETTERS.get(usize::from(byte) % LETTERS.len()))
            .map(|&letter| char::from(letter))
            .collect();
        if is_acceptable_password(&text) {
            return Ok(Secret::new(text));
        }
    }
}

/// Where Harbor's form begins: `harbor-pbkdf2$sha256$600000$salt$hex`.
const HARBOR: &str = "harbor-pbkdf2$";

fn check(password: &Secret, stored: Option<&str>) -> Result<Outcome> {
    let Some(stored) = stored else {
        // As much work as for a user that exists.
        hash(password)?;
        return Ok(Outcome::Wrong);
    };
    if let Some(harbor) = stored.strip_prefix(HARBOR) {
        return if check_harbor(password, harbor).unwrap_or(false) {
            Ok(Outcome::Right { upgraded: Some(hash(password)?) })
        } else {
            Ok(Outcome::Wrong)
        };
    }
    let parsed = PasswordHash::new(stored).map_err(|error| Error::internal(error.to_string()))?;
    match PasswordVerifier::<PasswordHash>::verify_password(
        &Argon2::default(),
        password.expose().as_bytes(),
        &parsed,
    ) {
        Ok(()) => Ok(Outcome::Right { upgraded: None }),
        Err(_) => Ok(Outcome::Wrong),
    }
}

/// Harbor keeps 16 bytes of PBKDF2 in hex beside algorithm, iterations and salt.
fn check_harbor(password: &Secret, stored: &str) -> Option<bool> {
    let mut parts = stored.split('$');
    let (algorithm, iterations) = (parts.next()?, parts.next()?.parse().ok()?);
    let (salt, expected) = (parts.next()?, parts.next()?);
    let mut derived = [0; 16];
    let (password, salt) = (password.expose().as_bytes(), salt.as_bytes());
    match algorithm {
        "sha256" => pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, iterations, &mut derived),
        "sha1" => pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, iterations, &mut derived),
        _ => return None,
    }
    let actual = data_encoding::HEXLOWER.encode(&derived);
    Some(actual.as_bytes().ct_eq(expected.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_right(password: &str, stored: Option<&str>) -> bool {
        matches!(check(&Secret::new(password), stored).unwrap(), Outcome::Right { .. })
    }

    #[test]
    fn argon2_hashes_verify_and_differ() {
        let first = hash(&Secret::new("Correct1horse")).unwrap();
        assert!(first.starts_with("$argon2id$"));
        assert_ne!(first, hash(&Secret::new("Correct1horse")).unwrap(), "salted");
        assert!(is_right("Correct1horse", Some(&first)));
        assert!(!is_right("correct1horse", Some(&first)));
        assert!(!is_right("Correct1horse", None));
    }

    #[test]
    fn harbors_hashes_verify_and_are_upgraded() {
        // PBKDF2-HMAC test vectors of RFC 6070 (SHA-1) and of its well-known SHA-256 counterpart,
        // cut to 16 bytes as Harbor does.
        let sha1 = "harbor-pbkdf2$sha1$4096$salt$4b007901b765489abead49d926f721d0";
        let sha256 = "harbor-pbkdf2$sha256$4096$salt$c5e478d59288c841aa530db6845c4c8d";
        for stored in [sha1, sha256] {
            assert!(is_right("password", Some(stored)));
            assert!(!is_right("Password", Some(stored)));
        }
        let Outcome::Right { upgraded: Some(new) } = check(&Secret::new("password"), Some(sha256)).unwrap()
        else {
            panic!("not upgraded");
        };
        assert!(is_right("password", Some(&new)));
        assert!(!is_right("password", Some("harbor-pbkdf2$md5$1$salt$00")));
    }
}
