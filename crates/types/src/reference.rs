//! Tags, and references: what may stand behind `/manifests/`.

use std::fmt;
use std::str::FromStr;

use crate::digest::Digest;
use crate::name::RepositoryName;

/// A tag's name (distribution-spec: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(Box<str>);

/// The text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected up to 128 letters, digits, `_`, `.` or `-`, not starting with `.` or `-`")]
pub struct InvalidTag;

impl Tag {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = InvalidTag;

    fn from_str(text: &str) -> Result<Self, InvalidTag> {
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let (first, rest) = text.as_bytes().split_first().ok_or(InvalidTag)?;
        let valid =
            word(*first) && rest.len() <= 127 && rest.iter().all(|&b| word(b) || b == b'.' || b == b'-');
        if valid { Ok(Self(text.into())) } else { Err(InvalidTag) }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tag or a digest, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// By name, which may move.
    Tag(Tag),
    /// By content, which may not.
    Digest(Digest),
}

/// The text is neither a tag nor a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// It has a colon, so it was meant as a digest.
    #[error(transparent)]
    Digest(#[from] crate::digest::InvalidDigest),
    /// It was meant as a tag.
    #[error(transparent)]
    Tag(#[from] InvalidTag),
}

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        if text.contains(':') { Ok(Self::Digest(text.parse()?)) } else { Ok(Self::Tag(text.parse()?)) }
    }
}

impl Reference {
    /// The name of what it refers to in a repository, as people write it.
    pub fn within(&self, repository: &RepositoryName) -> String {
        match self {
            Self::Tag(tag) => format!("{repository}:{tag}"),
            Self::Digest(digest) => format!("{repository}@{digest}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let long = "a".repeat(128);
        for good in ["1", "latest", "_x", "v1.2.3-rc_1", "A", long.as_str()] {
            assert!(matches!(good.parse(), Ok(Reference::Tag(_))), "{good:?}");
        }
        let too_long = "a".repeat(129);
        for bad in ["", ".x", "-x", "a b", "a/b", "ä", "sha256:abc", too_long.as_str()] {
            assert!(bad.parse::<Reference>().is_err(), "{bad:?}");
        }
    }
}
