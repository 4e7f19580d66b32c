//! Where the bytes of blobs live: local disk or an S3 bucket.
//!
//! This crate knows upload sessions, hashes, ranges and durable writes. It knows
//! no repository, project or user; what a blob is for is the database's business.
//!
//! The order that keeps Minato honest: bytes are durable *before* a row names
//! them, and rows are gone *before* bytes are deleted.
#![warn(missing_docs)]

pub mod disk;
pub mod hasher;
pub mod hashing;
mod lane;
pub mod s3;

use std::io;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use minato_types::clock::Timestamp;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;

/// Bytes on their way in or out. An input stream's error ends the append with
/// [`Error::Interrupted`]; what arrived before it is kept.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// Where a sealed blob's bytes are: chosen by the store when it seals, kept in the
/// blob's row, and meaningless to everybody else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StorageKey(pub String);

/// What [`BlobStore::seal`] made durable.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Where the bytes are.
    pub key: StorageKey,
    /// How many there are.
    pub size: u64,
}

/// Sealed bytes as a listing shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where they are.
    pub key: StorageKey,
    /// How many there are.
    pub size: u64,
    /// When they were sealed or changed last, as the store's own clock has it. A bucket may tell of a
    /// blob of several parts when its first part came.
    pub modified: Timestamp,
}

/// A page of a listing.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What was found, by key.
    pub found: Vec<Stored>,
    /// Behind which key the next page begins; `None` when this was the last.
    pub next: Option<StorageKey>,
}

/// What is left of an upload that nobody has worked on for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// A session. Whether somebody may come back to it is for rows to say.
    Session(UploadId),
    /// Parts of a blob that no session speaks of.
    Parts {
        /// The session that they were for; a put has none.
        session: Option<UploadId>,
        /// What they would have become.
        target: StorageKey,
        /// S3's id of the multipart upload.
        id: String,
    },
    /// Something else, by its name in the store, to which nobody can come back.
    Rest(String),
}

impl Stale {
    /// The session that it belongs to.
    pub fn session(&self) -> Option<&UploadId> {
        match self {
            Self::Session(id) => Some(id),
            Self::Parts { session, .. } => session.as_ref(),
            Self::Rest(_) => None,
        }
    }
}

impl StorageKey {
    /// The digest of the bytes, where the key tells it.
    pub fn digest(&self) -> Option<Digest> {
        let mut parts = self.0.strip_prefix("blobs/")?.split('/');
        let (algorithm, name) = (parts.next()?, parts.nth(1)?);
        let (hex, _) = name.split_once('.')?;
        format!("{algorithm}:{hex}").parse().ok()
    }

    /// The upload session that became a blob under this key, where the key tells it.
    pub fn session(&self) -> Option<UploadId> {
        self.0.strip_prefix("blobs/uploads/")?.parse().ok()
    }
}

/// The room of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// All of it, in bytes.
    pub total: u64,
    /// What is left of it.
    pub free: u64,
}

/// What can go wrong with bytes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such session, or no such blob.
    #[error("not in the store")]
    NotFound,
    /// The session's bytes have another digest than was said.
    #[error("the uploaded content has digest `{actual}`")]
    DigestMismatch {
        /// What the bytes hash to.
        actual: Digest,
    },
    /// The chunk does not begin where the session ends.
    #[error("the upload stands at {offset} bytes")]
    WrongOffset {
        /// Where the next chunk has to begin.
        offset: u64,
    },
    /// Another request is writing to the session at this moment.
    #[error("the upload session is being written by another request")]
    Busy,
    /// The sender went away or sent a broken body.
    #[error("the upload was interrupted: {0}")]
    Interrupted(#[source] io::Error),
    /// The disk, or the quota on it, is full.
    #[error("the storage is full")]
    NoSpace(#[source] io::Error),
    /// The store can't be reached or is overloaded for now (S3 down, no file handles left).
    #[error("the storage is unavailable: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Anything else.
    #[error("storage failure: {0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The contract of a blob store. Each clause is a test in `tests/contract/`, run
/// against every implementation.
///
/// - A session's bytes are those of its appends, in order, whichever process made them.
/// - `seal` returns only after the bytes would survive a power cut.
/// - A sealed blob never changes; sealing the same content again gives another key.
/// - Deleting what is not there is no error.
/// - A call that is dropped half-way (its client hung up) leaves a session that goes on from
///   its [`offset`](Self::offset), which may still grow for a moment by what had arrived.
/// - Of two calls that write to one session at once, one may get [`Error::Busy`]; their bytes
///   are never mixed.
///
/// Two things are left to the caller's rows. Bytes may be sealed that no row ever names (the
/// process dies in between). And on S3 a second `seal` of one session, sent before the first
/// was answered, may succeed with the same key: only the one that deletes the session's row
/// may make a row of it.
#[async_trait]
pub trait BlobStore: Send + Sync + 'static {
    /// Opens session `id`, which must be new; its content will be hashed with `algorithm`.
    async fn begin(&self, id: &UploadId, algorithm: Algorithm) -> Result<(), Error>;

    /// How many bytes the session holds.
    async fn offset(&self, id: &UploadId) -> Result<u64, Error>;

    /// Appends `body` and returns the new size. With `at`, refuses a chunk that does
    /// not begin at the session's end, before reading any of it.
    async fn append(&self, id: &UploadId, at: Option<u64>, body: ByteStream) -> Result<u64, Error>;

    /// Appends `body` (as [`append`](Self::append) does), checks the whole content against
    /// `digest` and makes it durable. After success the session is gone. On an error it never
    /// becomes a blob: after [`Error::Interrupted`] the session keeps the appended bytes, after
    /// [`Error::DigestMismatch`] it stands where it stood before the call, after others
    /// [`offset`](Self::offset) tells (where a disk failed, the session may be gone).
    ///
    /// When `digest` is of another algorithm than the session was begun with, the content is
    /// read once more.
    async fn seal(
        &self,
        id: &UploadId,
        digest: &Digest,
        at: Option<u64>,
        body: ByteStream,
    ) -> Result<Sealed, Error>;

    /// Stores a whole blob in one go, without a session: as durable as [`seal`](Self::seal).
    async fn put(&self, digest: &Digest, body: ByteStream) -> Result<Sealed, Error>;

    /// Drops a session and its bytes, if it is there.
    async fn abort(&self, id: &UploadId) -> Result<(), Error>;

    /// Reads the bytes `range` of a sealed blob (the caller knows its size).
    async fn read(&self, key: &StorageKey, range: Range<u64>) -> Result<ByteStream, Error>;

    /// Reads a whole blob from where it is kept, past what memory remembers of it.
    async fn read_afresh(&self, key: &StorageKey, size: u64) -> Result<ByteStream, Error>;

    /// How many bytes a sealed blob has; `None` when it is not there.
    async fn stat(&self, key: &StorageKey) -> Result<Option<u64>, Error>;

    /// Lists sealed blobs by key, in the order of bytes, from behind `after`: at most `limit`, and fewer
    /// though there are more where something else lies between them.
    async fn list(&self, after: Option<&StorageKey>, limit: usize) -> Result<Listing, Error>;

    /// An address under which a client may fetch the blob by itself for a while;
    /// `None` where the store has no such thing.
    async fn presign(&self, key: &StorageKey) -> Result<Option<String>, Error>;

    /// Deletes sealed blobs.
    async fn delete(&self, keys: &[StorageKey]) -> Result<(), Error>;

    /// Lists what is left of uploads that nobody has worked on since `before`. What a put without a
    /// session left in a bucket is listed after a day only, as it may be under way.
    async fn list_stale(&self, before: Timestamp) -> Result<Vec<Stale>, Error>;

    /// Drops what [`list_stale`](Self::list_stale) listed, unless somebody works on it after all;
    /// whether it was there.
    async fn remove_stale(&self, stale: &Stale, before: Timestamp) -> Result<bool, Error>;

    /// Harbor's word for this kind of store.
    fn provider(&self) -> &'static str;

    /// The room there is; `None` where it has no end.
    async fn space(&self) -> Result<Option<Space>, Error>;

    /// Whether the store can be used now.
    async fn check(&self) -> Result<(), Error>;
}
