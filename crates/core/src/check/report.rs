//! What a check tells: how much it looked at, and what it found.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Findings that are told one by one; the log has the others.
pub(super) const MOST_FINDINGS: usize = 100;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Bytes that no row names.
    Orphan,
    /// A blob whose bytes are not in the store.
    Missing,
    /// A blob with more or fewer bytes than it should have.
    Size,
    /// A blob whose bytes are others than they should be.
    Content,
    /// A blob whose bytes can't be read.
    Unreadable,
    /// A blob that was marked as damaged and is not.
    Recovered,
    /// A manifest that is not what its digest says.
    Manifest,
    /// What an upload left that nobody works on.
    Upload,
}

impl What {
    /// The word for it; of damage also in the blob's row.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orphan => "orphan",
            Self::Missing => "missing",
            Self::Size => "size",
            Self::Content => "content",
            Self::Unreadable => "unreadable",
            Self::Recovered => "recovered",
            Self::Manifest => "manifest",
            Self::Upload => "upload",
        }
    }

    /// Whether somebody may miss what it is about.
    pub(super) const fn is_damage(self) -> bool {
        match self {
            Self::Missing | Self::Size | Self::Content | Self::Unreadable | Self::Manifest => true,
            Self::Orphan | Self::Recovered | Self::Upload => false,
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub what: What,
    /// The digest, where one is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// What the store calls it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Bytes that there are; of a missing blob those that there should be.
    pub size: u64,
    /// Repositories and manifests that need it, some of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed_by: Vec<String>,
    /// Whether this run repaired it, as far as that goes.
    pub repaired: bool,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, size) = (self.what.as_str(), self.size);
        let name = if self.digest.is_empty() { &self.key } else { &self.digest };
        write!(f, "{what}: {name} ({size} bytes)")?;
        if !self.digest.is_empty() && !self.key.is_empty() {
            write!(f, " at {}", self.key)?;
        }
        if !self.needed_by.is_empty() {
            write!(f, ", needed by {}", self.needed_by.join(", "))?;
        }
        if self.repaired {
            let how = match self.what {
                What::Orphan => "set aside",
                What::Missing => "marked",
                What::Size | What::Content => "marked and set aside",
                What::Recovered => "served again",
                What::Upload => "dropped",
                What::Unreadable | What::Manifest => return Ok(()),
            };
            write!(f, "; {how}")?;
        }
        Ok(())
    }
}

/// Where a comparison goes on that was broken off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(super) enum Place {
    /// Blobs, behind this storage key.
    Blobs { after: String },
    /// Manifests, behind this id.
    Manifests { after: i64 },
    /// Uploads.
    Uploads,
}

impl Default for Place {
    fn default() -> Self {
        Self::Blobs { after: String::new() }
    }
}

/// What a check has to tell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Blobs that were looked at.
    pub blobs: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// Manifests that were looked at.
    pub manifests: u64,
    /// Bytes without a row that are too young to tell: a push may be about to name them.
    pub young: u64,
    /// How much of each was found.
    pub found: BTreeMap<What, u64>,
    /// How much of it was repaired.
    pub repaired: u64,
    /// The first findings.
    pub findings: Vec<Finding>,
    pub(super) place: Place,
}

impl Report {
    /// How much was found.
    pub fn total(&self) -> u64 {
        self.found.values().sum()
    }

    /// How much of it is damage.
    pub(super) fn damaged(&self) -> u64 {
        self.found.iter().filter(|(what, _)| what.is_damage()).map(|(_, count)| count).sum()
    }

    pub(super) fn add(&mut self, finding: Finding) {
        *self.found.entry(finding.what).or_default() += 1;
        self.repaired += u64::from(finding.repaired);
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "looked at {} blobs, {} manifests, read {} bytes: ",
            self.blobs, self.manifests, self.bytes
        )?;
        if self.found.is_empty() {
            f.write_str("nothing found")?;
        } else {
            let found: Vec<_> =
                self.found.iter().map(|(what, count)| format!("{count} {}", what.as_str())).collect();
            write!(f, "{}; {} repaired", found.join(", "), self.repaired)?;
        }
        if self.young > 0 {
            write!(f, " ({} without a row are too young to tell)", self.young)?;
        }
        Ok(())
    }
}
