//! From parts to a blob.
//!
//! Everything is checked before the parts are put together, when the hash is at hand. When
//! it is not (the digest is of another algorithm than the session, or the saved hash did
//! not restore), the parts can be read only once they are an object: then the object is
//! read, and on a mismatch turned back into a session.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use minato_types::digest::Digest;
use object_store::ObjectStoreExt;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;

use super::bucket::{Bucket, SessionName, key_by_digest, sort_error};
use super::draft::{Draft, End, Settled, sort_part_error};
use super::session::Session;
use crate::hasher::Hasher;
use crate::hashing::hash_stream;
use crate::{Error, Sealed, StorageKey};

impl Settled {
    /// Checks the content and makes it a blob.
    pub(super) async fn seal(self, digest: &Digest) -> Result<Sealed, Error> {
        let bucket = Arc::clone(&self.bucket);
        let mut session = self.session.clone();
        let result = if session.header.parts.is_empty() {
            self.seal_single(digest).await
        } else {
            self.seal_parts(digest).await
        };
        if result.is_ok() && !session.header.parts.is_empty() {
            // It has become the blob.
            session.header.multipart = None;
        }
        let cleared = match (session.name, &result) {
            (SessionName::Upload(_), Ok(_)) => bucket.drop_session(&session).await,
            (SessionName::Upload(_), Err(_)) => Ok(()),
            (SessionName::Put(_), _) => bucket.forget_put(&session).await,
        };
        if let Err(error) = cleared {
            // A sweep will get it.
            tracing::warn!(upload.id = %session.name, %error, "could not remove an upload session");
        }
        result
    }

    async fn seal_single(self, digest: &Digest) -> Result<Sealed, Error> {
        let Self { bucket, session, pending, received, hasher } = self;
        let chunks = pending.into_chunks();
        let actual = match hasher {
            Some(hasher) if hasher.algorithm() == digest.algorithm() => hasher.finish(),
            _ => hash_chunks(chunks.clone(), digest).await?,
        };
        check(digest, actual)?;
        let key = key_by_digest(digest);
        bucket.put(&path_of(&bucket, &key)?, chunks).await?;
        Ok(Sealed { key, size: session.offset + received })
    }

    async fn seal_parts(self, digest: &Digest) -> Result<Sealed, Error> {
        let Self { bucket, session, pending, received, hasher } = self;
        let known = hasher.filter(|hasher| hasher.algorithm() == digest.algorithm()).map(Hasher::finish);
        let is_known = known.is_some();
        if let Some(actual) = known {
            check(digest, actual)?;
        }
        let (target, key) = (bucket.target(&session)?, session.target());
        let size = session.offset + received;
        let is_sure = bucket.complete(&session, &target, pending.into_chunks()).await?;
        if is_known && is_sure {
            return Ok(Sealed { key, size });
        }
        // The right digest is also the right size.
        let stream = bucket.get(&target, None).await?;
        let actual = hash_stream(stream, digest.algorithm()).await.map_err(unavailable)?;
        if actual == *digest {
            return Ok(Sealed { key, size });
        }
        if is_sure {
            bucket.reopen(&session, &target).await?;
            return Err(Error::DigestMismatch { actual });
        }
        // Somebody else sealed the session: the object is theirs, maybe a blob in use.
        Err(Error::Busy)
    }
}

impl Bucket {
    /// Puts the parts together. `false` when the object may have been made by somebody
    /// else's call, or by an earlier try whose answer was lost.
    async fn complete(&self, session: &Session, target: &Path, rest: Vec<Bytes>) -> Result<bool, Error> {
        let multipart = session.header.multipart.clone().unwrap_or_default();
        let mut parts: Vec<PartId> =
            session.header.parts.iter().map(|etag| PartId { content_id: etag.clone() }).collect();
        let payload = rest.into_iter().collect();
        let last = self.patient.put_part(target, &multipart, parts.len(), payload).await;
        let result = match last {
            Ok(last) => {
                parts.push(last);
                self.patient.complete_multipart(target, &multipart, parts).await.map(|_| ())
            }
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => Ok(true),
            Err(error @ object_store::Error::NotFound { .. }) => match self.quick.head(target).await {
                Ok(_) => Ok(false),
                Err(_) => Err(sort_part_error(error)),
            },
            Err(error) => Err(sort_error(error)),
        }
    }

    /// Turns an object that is no blob back into the session that it was made from.
    async fn reopen(self: &Arc<Self>, sealed: &Session, target: &Path) -> Result<(), Error> {
        let mut session = Session::new(sealed.name, sealed.algorithm(), sealed.target());
        session.etag.clone_from(&sealed.etag);
        if sealed.offset > 0 {
            let mut stream = self.get(target, Some(0..sealed.offset)).await?;
            let mut draft = Draft::new(Arc::clone(self), session);
            if let End::Broken(error) = draft.receive(&mut stream).await? {
                return Err(Error::Unavailable(Box::new(error)));
            }
            draft.settle().await?.keep().await?;
        } else {
            self.save(&mut session).await?;
        }
        self.delete(target).await
    }

    /// Clears away what a put left between its beginning and its end, if there is something.
    pub(super) async fn forget_put(&self, session: &Session) -> Result<(), Error> {
        let is_written = matches!(session.name, SessionName::Put(_)) && session.etag.is_some();
        if is_written { self.drop_session(session).await } else { Ok(()) }
    }
}

fn path_of(bucket: &Bucket, key: &StorageKey) -> Result<Path, Error> {
    bucket.blob(key).ok_or_else(|| Error::Other(format!("made the bad key `{}`", key.0).into()))
}

fn check(expected: &Digest, actual: Digest) -> Result<(), Error> {
    if actual == *expected { Ok(()) } else { Err(Error::DigestMismatch { actual }) }
}

async fn hash_chunks(chunks: Vec<Bytes>, digest: &Digest) -> Result<Digest, Error> {
    let algorithm = digest.algorithm();
    hash_stream(stream::iter(chunks.into_iter().map(Ok)).boxed(), algorithm).await.map_err(unavailable)
}

fn unavailable(error: std::io::Error) -> Error {
    Error::Unavailable(Box::new(error))
}
