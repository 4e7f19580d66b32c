//! Sealed blobs in the order of their keys, a page at a time. All of it blocks.
//!
//! Folders are walked in order and those behind which a page begins are not opened. Of a folder
//! only the names that may be on the page are kept, however many it has.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;

use minato_types::clock::Timestamp;

use super::layout::Layout;
use crate::{Listing, StorageKey, Stored};

/// At most `limit` blobs whose keys come behind `after`.
pub(super) fn list(layout: &Layout, after: &str, limit: usize) -> io::Result<Listing> {
    let (mut found, mut seen, mut next) = (Vec::new(), 0, None);
    for shard in Layout::shards() {
        if after > shard.as_str() && !after.starts_with(&shard) {
            continue;
        }
        let room = limit - seen;
        let keys = names(layout, &shard, after, room)?;
        seen += keys.len();
        next = keys.last().cloned().or(next);
        for key in keys {
            let Some(path) = layout.blob(&key) else { continue };
            match fs::metadata(path) {
                Ok(of) if of.is_file() => found.push(Stored { key, size: of.len(), modified: modified(&of) }),
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                // Deleted since its folder was read, or nothing of ours.
                Ok(_) | Err(_) => {}
            }
        }
        if seen >= limit {
            return Ok(Listing { found, next });
        }
    }
    Ok(Listing { found, next: None })
}

/// The first `most` keys in a folder that come behind `after`.
fn names(layout: &Layout, shard: &str, after: &str, most: usize) -> io::Result<Vec<StorageKey>> {
    let entries = match fs::read_dir(layout.shard(shard)) {
        Ok(entries) => entries,
        // An empty folder that somebody tidied away.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut keys: Vec<String> = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let Some(key) = name.to_str().map(|name| format!("{shard}{name}")) else { continue };
        if key.as_str() > after && layout.blob(&StorageKey(key.clone())).is_some() {
            keys.push(key);
        }
        if keys.len() >= most.saturating_mul(2).max(1024) {
            keys.sort_unstable();
            keys.truncate(most);
        }
    }
    keys.sort_unstable();
    keys.truncate(most);
    Ok(keys.into_iter().map(StorageKey).collect())
}

/// When a file was changed last, its name included: sealing is a rename, and leaves the time of the
/// last append as that of the content.
fn modified(of: &Metadata) -> Timestamp {
    let micros = |secs: i64, nanos: i64| secs.saturating_mul(1_000_000).saturating_add(nanos / 1000);
    let (content, name) = (micros(of.mtime(), of.mtime_nsec()), micros(of.ctime(), of.ctime_nsec()));
    Timestamp::from_micros(content.max(name))
}
