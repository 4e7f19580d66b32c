//! Blobs as objects in an S3 bucket.
//!
//! Replicas share nothing but the bucket. See `config` for what an operator says,
//! `bucket` for names and errors, `session` for what is kept between two requests,
//! `draft` for how bytes get in and `seal` for how they become a blob.
//!
//! S3 acknowledges what it has stored durably, so there is nothing to sync here.

mod bucket;
mod config;
mod draft;
mod list;
mod seal;
mod session;
mod stale;
mod unfinished;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use minato_types::clock::Timestamp;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;
use object_store::signer::{Method, Signer};
use object_store::{ObjectStore, ObjectStoreExt};

use self::bucket::{Bucket, SessionName, key_by_digest, key_by_upload, sort_error};
pub use self::config::{S3Config, S3Credentials, S3Redirect};
use self::draft::{Draft, End, Settled};
use self::session::Session;
use crate::{BlobStore, ByteStream, Error, Listing, Sealed, Space, Stale, StorageKey};

/// How long a redirect works.
const PRESIGNED_FOR: Duration = Duration::from_mins(20);

/// A [`BlobStore`] in a bucket.
#[derive(Debug)]
pub struct S3Store {
    bucket: Arc<Bucket>,
}

/// Makes *ring* the TLS implementation of this process, if none was chosen before. The HTTP
/// client is built without one, and panics when it finds none.
pub fn install_tls_provider() {
    // An error means that somebody was here first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl S3Store {
    /// Prepares to use the bucket; sends nothing yet. Calls [`install_tls_provider`].
    pub fn new(config: &S3Config) -> Result<Self, Error> {
        install_tls_provider();
        Ok(Self { bucket: Arc::new(Bucket::new(config)?) })
    }

    /// Brings `body` into the session.
    async fn receive(&self, session: Session, mut body: ByteStream) -> Result<(Settled, End), Error> {
        let mut draft = Draft::new(Arc::clone(&self.bucket), session);
        let end = draft.receive(&mut body).await?;
        Ok((draft.settle().await?, end))
    }

    async fn load(&self, id: &UploadId, at: Option<u64>) -> Result<Session, Error> {
        let session = self.bucket.load(SessionName::Upload(*id)).await?;
        match at {
            Some(at) if at != session.offset => Err(Error::WrongOffset { offset: session.offset }),
            _ => Ok(session),
        }
    }
}

#[async_trait]
impl BlobStore for S3Store {
    async fn begin(&self, id: &UploadId, algorithm: Algorithm) -> Result<(), Error> {
        let mut session = Session::new(SessionName::Upload(*id), algorithm, key_by_upload(id));
        self.bucket.save(&mut session).await
    }

    async fn offset(&self, id: &UploadId) -> Result<u64, Error> {
        self.bucket.load_offset(SessionName::Upload(*id)).await
    }

    async fn append(&self, id: &UploadId, at: Option<u64>, body: ByteStream) -> Result<u64, Error> {
        let session = self.load(id, at).await?;
        let (settled, end) = self.receive(session, body).await?;
        let offset = settled.keep().await?;
        match end {
            End::Complete => Ok(offset),
            End::Broken(error) => Err(Error::Interrupted(error)),
        }
    }

    async fn seal(
        &self,
        id: &UploadId,
        digest: &Digest,
        at: Option<u64>,
        body: ByteStream,
    ) -> Result<Sealed, Error> {
        let mut session = self.load(id, at).await?;
        if session.offset == 0 && session.algorithm() != digest.algorithm() {
            session.set_hasher(Some(&crate::hasher::Hasher::new(digest.algorithm())));
        }
        match self.receive(session, body).await? {
            (settled, End::Complete) => settled.seal(digest).await,
            (settled, End::Broken(error)) => {
                settled.keep().await?;
                Err(Error::Interrupted(error))
            }
        }
    }

    async fn put(&self, digest: &Digest, body: ByteStream) -> Result<Sealed, Error> {
        let name = SessionName::Put(UploadId::random());
        let session = Session::new(name, digest.algorithm(), key_by_digest(digest));
        match self.receive(session, body).await? {
            (settled, End::Complete) => settled.seal(digest).await,
            (settled, End::Broken(error)) => {
                let _ = settled.bucket.forget_put(&settled.session).await;
                Err(Error::Interrupted(error))
            }
        }
    }

    async fn abort(&self, id: &UploadId) -> Result<(), Error> {
        match self.bucket.load(SessionName::Upload(*id)).await {
            Ok(session) => self.bucket.drop_session(&session).await,
            Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn read(&self, key: &StorageKey, range: Range<u64>) -> Result<ByteStream, Error> {
        let path = self.bucket.blob(key).ok_or(Error::NotFound)?;
        if range.is_empty() {
            // S3 has no empty ranges.
            self.bucket.quick.head(&path).await.map_err(sort_error)?;
            return Ok(stream::empty().boxed());
        }
        self.bucket.get(&path, Some(range)).await
    }

    async fn read_afresh(&self, key: &StorageKey, _: u64) -> Result<ByteStream, Error> {
        self.bucket.get(&self.bucket.blob(key).ok_or(Error::NotFound)?, None).await
    }

    async fn stat(&self, key: &StorageKey) -> Result<Option<u64>, Error> {
        let Some(path) = self.bucket.blob(key) else { return Ok(None) };
        match self.bucket.quick.head(&path).await.map_err(sort_error) {
            Ok(found) => Ok(Some(found.size)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn list(&self, after: Option<&StorageKey>, limit: usize) -> Result<Listing, Error> {
        self.bucket.list_blobs(after, limit.max(1)).await
    }

    async fn presign(&self, key: &StorageKey) -> Result<Option<String>, Error> {
        let Some(signer) = &self.bucket.signer else { return Ok(None) };
        let path = self.bucket.blob(key).ok_or(Error::NotFound)?;
        let url = signer.signed_url(Method::GET, &path, PRESIGNED_FOR).await.map_err(sort_error)?;
        Ok(Some(url.into()))
    }

    async fn delete(&self, keys: &[StorageKey]) -> Result<(), Error> {
        let paths: Vec<_> = keys.iter().filter_map(|key| self.bucket.blob(key)).map(Ok).collect();
        let mut deleted = self.bucket.quick.delete_stream(stream::iter(paths).boxed());
        while let Some(result) = deleted.next().await {
            match result.map_err(sort_error) {
                Ok(_) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn list_stale(&self, before: Timestamp) -> Result<Vec<Stale>, Error> {
        self.bucket.list_stale(before).await
    }

    async fn remove_stale(&self, stale: &Stale, before: Timestamp) -> Result<bool, Error> {
        self.bucket.remove_stale(stale, before).await
    }

    fn provider(&self) -> &'static str {
        "s3"
    }

    async fn space(&self) -> Result<Option<Space>, Error> {
        Ok(None)
    }

    async fn check(&self) -> Result<(), Error> {
        // Not there, and S3 says so: it can be reached, knows the bucket and lets us in.
        let probe = self.bucket.session(&SessionName::Upload(UploadId::random()));
        match self.bucket.quick.get(&probe).await.map_err(sort_error) {
            Ok(_) | Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
