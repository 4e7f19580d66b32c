//! Where clauses run, and the material they work with.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use minato_store::disk::DiskStore;
use minato_store::hasher::Hasher;
use minato_store::{BlobStore, ByteStream, Stale, StorageKey};
use minato_types::clock::{Clock as _, SystemClock};
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;
use tempfile::TempDir;

/// An empty place of some backend.
#[async_trait]
pub(crate) trait Place: Send + Sync {
    /// Opens a store there, as another replica would.
    fn open(&self) -> Arc<dyn BlobStore>;

    /// The keys of everything that looks like a sealed blob.
    async fn sealed(&self) -> Vec<String>;
}

pub(crate) type SomePlace = Arc<dyn Place>;
pub(crate) type Clause = fn(SomePlace) -> Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) struct Folder(pub(crate) TempDir);

pub(crate) fn in_folder() -> SomePlace {
    let folder = Folder(TempDir::new().unwrap());
    // Makes the tree.
    drop(folder.open());
    Arc::new(folder)
}

#[async_trait]
impl Place for Folder {
    fn open(&self) -> Arc<dyn BlobStore> {
        Arc::new(DiskStore::open(self.0.path()).unwrap())
    }

    async fn sealed(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect_files(&self.0.path().join("blobs"), &mut found);
        found
    }
}

pub(crate) fn collect_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(&path, found);
        } else {
            found.push(path.display().to_string());
        }
    }
}

/// Removes what nobody has touched for so many seconds and no row knows; how many sessions went.
pub(crate) async fn sweep(
    store: &dyn BlobStore,
    age_secs: u64,
    is_known: impl Fn(&UploadId) -> bool,
) -> usize {
    let now = SystemClock.now();
    // Times of files and objects are rounded.
    let before = if age_secs == 0 {
        now.plus(Duration::from_secs(2))
    } else {
        now.minus(Duration::from_secs(age_secs))
    };
    let mut sessions = 0;
    for stale in store.list_stale(before).await.unwrap() {
        if stale.session().is_some_and(&is_known) {
            continue;
        }
        let is_gone = store.remove_stale(&stale, before).await.unwrap();
        sessions += usize::from(is_gone && matches!(stale, Stale::Session(_)));
    }
    sessions
}

/// Bytes that repeat nowhere near a buffer's size.
pub(crate) fn content(length: usize) -> Bytes {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ (length as u64);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    Bytes::from(bytes)
}

pub(crate) fn digest_of(algorithm: Algorithm, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    digest_of(Algorithm::Sha256, bytes)
}

/// The bytes as a body in network-sized chunks.
pub(crate) fn body(bytes: &Bytes) -> ByteStream {
    stream::iter(chunks(bytes).into_iter().map(Ok)).boxed()
}

pub(crate) fn empty() -> ByteStream {
    stream::empty().boxed()
}

/// The bytes, and then a failing connection.
pub(crate) fn broken(bytes: &Bytes) -> ByteStream {
    let end = stream::once(async { Err(io::Error::new(io::ErrorKind::ConnectionReset, "reset")) });
    body(bytes).chain(end).boxed()
}

/// The bytes, and then nothing more, for ever.
pub(crate) fn stuck(bytes: &Bytes) -> ByteStream {
    body(bytes).chain(stream::pending()).boxed()
}

/// A body that must not be read.
pub(crate) fn forbidden() -> ByteStream {
    stream::poll_fn(|_| -> std::task::Poll<Option<io::Result<Bytes>>> { panic!("the body was read") }).boxed()
}

fn chunks(bytes: &Bytes) -> Vec<Bytes> {
    (0..bytes.len())
        .step_by(50_001)
        .map(|start| bytes.slice(start..bytes.len().min(start + 50_001)))
        .collect()
}

pub(crate) async fn collect(stream: ByteStream) -> Bytes {
    let chunks: Vec<Bytes> = stream.try_collect().await.unwrap();
    Bytes::from(chunks.concat())
}

pub(crate) async fn read_all(store: &Arc<dyn BlobStore>, key: &StorageKey, length: usize) -> Bytes {
    collect(store.read(key, 0..length as u64).await.unwrap()).await
}
