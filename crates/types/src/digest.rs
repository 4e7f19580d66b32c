//! Content digests (OCI image-spec, "Digests"): `algorithm ":" encoded`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A hash function that content may be addressed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256, which every registry must support.
    Sha256,
    /// SHA-512, registered by image-spec as optional.
    Sha512,
}

impl Algorithm {
    /// The registered spelling, as it stands before the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// Length of the encoded part, in hex characters.
    pub const fn hex_len(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl FromStr for Algorithm {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "sha512" => Ok(Self::Sha512),
            _ => Err(InvalidDigest),
        }
    }
}

/// The digest of some content: a supported algorithm and its lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    text: Box<str>,
}

/// The text is no digest that this registry can check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `sha256:` and 64, or `sha512:` and 128 lower-case hex characters")]
pub struct InvalidDigest;

impl Digest {
    /// Builds a digest from a finished hash. `None` when the length does not fit.
    pub fn from_hash(algorithm: Algorithm, hash: &[u8]) -> Option<Self> {
        use fmt::Write as _;
        if hash.len() * 2 != algorithm.hex_len() {
            return None;
        }
        let mut text = String::with_capacity(algorithm.as_str().len() + 1 + algorithm.hex_len());
        text.push_str(algorithm.as_str());
        text.push(':');
        for byte in hash {
            write!(text, "{byte:02x}").ok()?;
        }
        Some(Self { algorithm, text: text.into_boxed_str() })
    }

    /// The hash function.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hex part, without the algorithm.
    pub fn hex(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, hex)| hex)
    }

    /// The whole digest as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let (algorithm, hex) = text.split_once(':').ok_or(InvalidDigest)?;
        let algorithm: Algorithm = algorithm.parse()?;
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if hex.len() != algorithm.hex_len() || !hex.bytes().all(lower_hex) {
            return Err(InvalidDigest);
        }
        Ok(Self { algorithm, text: text.into() })
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;

    fn try_from(text: String) -> Result<Self, InvalidDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.text.into()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let a = |n: usize| "a".repeat(n);
        for good in [format!("sha256:{}", a(64)), format!("sha512:{}", a(128))] {
            assert_eq!(good.parse::<Digest>().unwrap().as_str(), good);
        }
        for bad in [
            String::new(),
            "sha256".to_owned(),
            "sha256:".to_owned(),
            format!("sha256:{}", a(63)),
            format!("sha256:{}", a(65)),
            format!("sha256:{}", "A".repeat(64)),
            format!("sha256:{}", "g".repeat(64)),
            format!("SHA256:{}", a(64)),
            format!("sha512:{}", a(64)),
            format!("md5:{}", a(32)),
            format!("sha256:{}\n", a(64)),
        ] {
            assert_eq!(bad.parse::<Digest>(), Err(InvalidDigest), "{bad:?}");
        }
    }

    #[test]
    fn hash_to_text() {
        let digest = Digest::from_hash(Algorithm::Sha256, &[0xab; 32]).unwrap();
        assert_eq!(digest.hex(), "ab".repeat(32));
        assert_eq!(Digest::from_hash(Algorithm::Sha256, &[0; 31]), None);
    }
}
