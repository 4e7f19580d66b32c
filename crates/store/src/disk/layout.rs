//! The storage tree:
//!
//! ```text
//! <root>/
//! ├── uploads/
//! │   ├── <upload id>              bytes of an open session; flock'ed by its writer
//! │   ├── <upload id>.state        where it stands (JSON, see `session::Record`)
//! │   ├── <upload id>.state.new    the next state, about to be renamed
//! │   ├── put-<random>             a blob being put without a session
//! │   └── check-<random>           a probe of `check`, gone at once
//! └── blobs/
//!     └── <sha256 | sha512>/
//!         └── <first 2 of hex>/
//!             └── <hex>.<generation>     a sealed blob: complete, durable, never changed
//! ```
//!
//! Names are decided here and nowhere else. A generation is random, so the same content
//! sealed twice gives two files, and deleting one never touches the other. Both folders
//! have to lie on one file system, because sealing is a rename.
//!
//! A file under `blobs/` was complete before it got its name. That some row names it is
//! not promised: a crash between sealing and the row's commit leaves an unnamed file, until a check
//! of the store finds it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;

use super::durable;
use crate::StorageKey;

const UPLOADS: &str = "uploads";
const BLOBS: &str = "blobs";
const STATE_SUFFIX: &str = ".state";
const NEW_STATE_SUFFIX: &str = ".state.new";
const PUT_PREFIX: &str = "put-";
const CHECK_PREFIX: &str = "check-";

/// The paths below one root folder.
#[derive(Debug)]
pub(super) struct Layout {
    root: PathBuf,
}

/// What a name in `uploads/` stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UploadsEntry {
    /// A session's bytes.
    Session(UploadId),
    /// A session's state, written or about to be.
    State(UploadId),
    /// A put or a probe in flight, or what a crash left of one.
    Temporary,
    /// Nothing of ours.
    Foreign,
}

impl Layout {
    /// Makes the folders that are missing and their names durable, so that sealing never
    /// has to think of a folder's folder.
    pub(super) fn prepare(root: &Path) -> io::Result<Self> {
        let layout = Self { root: root.to_owned() };
        fs::create_dir_all(layout.uploads())?;
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let folder = layout.blobs(algorithm);
            fs::create_dir_all(&folder)?;
            for first in 0..=u8::MAX {
                durable::create_dir(&folder.join(format!("{first:02x}")))?;
            }
            durable::sync_dir(&folder)?;
        }
        durable::sync_dir(&root.join(BLOBS))?;
        durable::sync_dir(root)?;
        if let Some(parent) = root.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            // May be unreadable for us; then the administrator made the root.
            let _ = durable::sync_dir(parent);
        }
        Ok(layout)
    }

    pub(super) fn uploads(&self) -> PathBuf {
        self.root.join(UPLOADS)
    }

    fn blobs(&self, algorithm: Algorithm) -> PathBuf {
        self.root.join(BLOBS).join(algorithm.as_str())
    }

    pub(super) fn session(&self, id: &UploadId) -> PathBuf {
        self.uploads().join(id.to_string())
    }

    pub(super) fn state(&self, id: &UploadId) -> PathBuf {
        self.uploads().join(format!("{id}{STATE_SUFFIX}"))
    }

    pub(super) fn new_state(&self, id: &UploadId) -> PathBuf {
        self.uploads().join(format!("{id}{NEW_STATE_SUFFIX}"))
    }

    pub(super) fn new_put(&self) -> PathBuf {
        self.uploads().join(format!("{PUT_PREFIX}{}", uuid::Uuid::new_v4().simple()))
    }

    pub(super) fn new_check(&self) -> PathBuf {
        self.uploads().join(format!("{CHECK_PREFIX}{}", uuid::Uuid::new_v4().simple()))
    }

    /// A key of a new generation.
    pub(super) fn new_key(digest: &Digest) -> StorageKey {
        let hex = digest.hex();
        let shard = hex.get(..2).unwrap_or(hex);
        let algorithm = digest.algorithm().as_str();
        StorageKey(format!("{BLOBS}/{algorithm}/{shard}/{hex}.{}", generation()))
    }

    /// The folders of sealed blobs as keys begin in them, in the order of keys.
    pub(super) fn shards() -> impl Iterator<Item = String> {
        [Algorithm::Sha256, Algorithm::Sha512].into_iter().flat_map(|algorithm| {
            (0..=u8::MAX).map(move |first| format!("{BLOBS}/{}/{first:02x}/", algorithm.as_str()))
        })
    }

    /// Where a folder of [`shards`](Self::shards) is.
    pub(super) fn shard(&self, shard: &str) -> PathBuf {
        self.root.join(shard)
    }

    /// Where a sealed blob is. `None` for a key that this layout never gave out; such a
    /// key must not lead out of `blobs/`.
    pub(super) fn blob(&self, key: &StorageKey) -> Option<PathBuf> {
        is_blob_key(&key.0).then(|| self.root.join(&key.0))
    }

    pub(super) fn parse_upload(name: &str) -> UploadsEntry {
        if name.starts_with(PUT_PREFIX) || name.starts_with(CHECK_PREFIX) {
            return UploadsEntry::Temporary;
        }
        if let Ok(id) = name.parse() {
            return UploadsEntry::Session(id);
        }
        let stem = name.strip_suffix(NEW_STATE_SUFFIX).or_else(|| name.strip_suffix(STATE_SUFFIX));
        match stem.and_then(|stem| stem.parse().ok()) {
            Some(id) => UploadsEntry::State(id),
            None => UploadsEntry::Foreign,
        }
    }
}

/// Twelve random hex characters: enough that no digest gets the same one twice.
fn generation() -> String {
    let mut text = uuid::Uuid::new_v4().simple().to_string();
    text.truncate(12);
    text
}

fn is_blob_key(key: &str) -> bool {
    let mut parts = key.split('/');
    let (Some(BLOBS), Some(algorithm), Some(shard), Some(name), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let Some((hex, generation)) = name.split_once('.') else { return false };
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    algorithm.parse::<Algorithm>().is_ok()
        && plain(hex)
        && plain(generation)
        && shard.len() == 2
        && hex.starts_with(shard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let digest: Digest = format!("sha256:{}", "ab".repeat(32)).parse().unwrap();
        let (one, two) = (Layout::new_key(&digest), Layout::new_key(&digest));
        assert_ne!(one, two);
        assert!(one.0.starts_with(&format!("blobs/sha256/ab/{}.", digest.hex())));
        let layout = Layout { root: "/root".into() };
        assert_eq!(layout.blob(&one), Some(Path::new("/root").join(&one.0)));
        for bad in [
            "",
            "/etc/passwd",
            "blobs/sha256/ab/../../../x.y",
            "blobs/sha256/../ab.x",
            "blobs/md5/ab/ab.x",
            "blobs/sha256/ab/cd.x",
            "blobs/sha256/ab/ab",
            "blobs/sha256/ab/ab.x/y",
            "blobs/sha256/ab/ab.x.y",
            "uploads/sha256/ab/ab.x",
        ] {
            assert_eq!(layout.blob(&StorageKey(bad.to_owned())), None, "{bad:?}");
        }
    }

    #[test]
    fn names_in_uploads() {
        let id = UploadId::random();
        let check = |name: String, entry| assert_eq!(Layout::parse_upload(&name), entry, "{name}");
        check(id.to_string(), UploadsEntry::Session(id));
        check(format!("{id}.state"), UploadsEntry::State(id));
        check(format!("{id}.state.new"), UploadsEntry::State(id));
        check("put-12ab".to_owned(), UploadsEntry::Temporary);
        check("check-12ab".to_owned(), UploadsEntry::Temporary);
        check("lost+found".to_owned(), UploadsEntry::Foreign);
        check(format!("{id}.bak"), UploadsEntry::Foreign);
    }
}
