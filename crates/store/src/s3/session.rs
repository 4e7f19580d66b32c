//! A session between two requests, in one object:
//!
//! ```text
//! minato-session 1 <offset> <length of the header>\n
//! {"algorithm":…,"hash":…,"multipart":…,"parts":[…]}\n      the header
//! <tail: what did not fill a part yet>
//! ```
//!
//! The first line is enough to say where the session stands. The object is written whole
//! at the end of an append, so any replica can take the next one.
//!
//! Two appends at once: each writes its state only if the object is still the one it
//! read (`If-Match`), so the second loses and says `Busy`. A service that does not know
//! `If-Match` lets the later write win. That is safe too: a state names the `ETag` of
//! every part, and S3 refuses to complete an upload whose part was overwritten by the
//! other append; the tail is in the state itself, and the hash covers exactly what the
//! state names.

use bytes::Bytes;
use minato_types::digest::Algorithm;
use object_store::multipart::MultipartStore;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, PutPayload, UpdateVersion};
use serde::{Deserialize, Serialize};

use super::bucket::{Bucket, SessionName, sort_error};
use crate::hasher::Hasher;
use crate::{Error, StorageKey};

const MAGIC: &str = "minato-session 1";
/// More than the first line ever has.
const FIRST_LINE_BYTES: u64 = 80;

/// The header as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Header {
    algorithm: String,
    /// The saved hash of all bytes up to the offset.
    hash: String,
    /// The key of the blob if it becomes one of several parts.
    pub(super) target: String,
    /// The multipart upload, once there is one.
    pub(super) multipart: Option<String>,
    /// The `ETag` of each part in it.
    pub(super) parts: Vec<String>,
}

/// A session as read or about to be written.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) name: SessionName,
    pub(super) offset: u64,
    pub(super) header: Header,
    pub(super) tail: Bytes,
    /// The object that this was read from.
    pub(super) etag: Option<String>,
}

impl Session {
    pub(super) fn new(name: SessionName, algorithm: Algorithm, target: StorageKey) -> Self {
        let header = Header {
            algorithm: algorithm.as_str().to_owned(),
            hash: Hasher::new(algorithm).save(),
            target: target.0,
            multipart: None,
            parts: Vec::new(),
        };
        Self { name, offset: 0, header, tail: Bytes::new(), etag: None }
    }

    /// The hash so far; `None` when this program cannot go on with it.
    pub(super) fn hasher(&self) -> Option<Hasher> {
        Hasher::restore(self.algorithm(), &self.header.hash)
    }

    pub(super) fn set_hasher(&mut self, hasher: Option<&Hasher>) {
        self.header.hash = String::new();
        if let Some(hasher) = hasher {
            hasher.algorithm().as_str().clone_into(&mut self.header.algorithm);
            self.header.hash = hasher.save();
        }
    }

    pub(super) fn target(&self) -> StorageKey {
        StorageKey(self.header.target.clone())
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.header.algorithm.parse().unwrap_or(Algorithm::Sha256)
    }

    fn encode(&self) -> Result<PutPayload, Error> {
        let mut header = serde_json::to_vec(&self.header).map_err(|error| Error::Other(Box::new(error)))?;
        header.push(b'\n');
        let first_line = format!("{MAGIC} {} {}\n", self.offset, header.len());
        Ok([Bytes::from(first_line), Bytes::from(header), self.tail.clone()].into_iter().collect())
    }

    fn decode(name: SessionName, bytes: &Bytes, etag: Option<String>) -> Option<Self> {
        let line_end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (offset, header_length) = decode_first_line(bytes.get(..line_end)?)?;
        let header_start = line_end + 1;
        let tail_start = header_start.checked_add(usize::try_from(header_length).ok()?)?;
        let header = serde_json::from_slice(bytes.get(header_start..tail_start)?).ok()?;
        let tail = bytes.slice_ref(bytes.get(tail_start..)?);
        Some(Self { name, offset, header, tail, etag })
    }
}

fn decode_first_line(line: &[u8]) -> Option<(u64, u64)> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix(MAGIC)?.trim_start();
    let (offset, header_length) = line.split_once(' ')?;
    Some((offset.parse().ok()?, header_length.parse().ok()?))
}

impl Bucket {
    pub(super) async fn load(&self, name: SessionName) -> Result<Session, Error> {
        let result = self.quick.get(&self.session(&name)).await.map_err(sort_error)?;
        let etag = result.meta.e_tag.clone();
        let bytes = result.bytes().await.map_err(sort_error)?;
        Session::decode(name, &bytes, etag).ok_or_else(|| damaged(name))
    }

    /// Where the session stands.
    pub(super) async fn load_offset(&self, name: SessionName) -> Result<u64, Error> {
        let range = Some(GetRange::Bounded(0..FIRST_LINE_BYTES));
        let options = GetOptions { range, ..GetOptions::default() };
        let result = self.quick.get_opts(&self.session(&name), options).await.map_err(sort_error)?;
        let bytes = result.bytes().await.map_err(sort_error)?;
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        decode_first_line(line).map(|(offset, _)| offset).ok_or_else(|| damaged(name))
    }

    /// Writes the session if it still is what was read (or, a new one, unconditionally).
    /// [`Error::Busy`] when somebody else wrote or removed it meanwhile.
    pub(super) async fn save(&self, session: &mut Session) -> Result<(), Error> {
        let path = self.session(&session.name);
        let payload = session.encode()?;
        let mode = match &session.etag {
            Some(etag) => PutMode::Update(UpdateVersion { e_tag: Some(etag.clone()), version: None }),
            None => PutMode::Overwrite,
        };
        let is_conditional = session.etag.is_some();
        let result = self.quick.put_opts(&path, payload.clone(), mode.into()).await;
        let result = match result {
            Err(error) if is_conditional && is_unknown_condition(&error) => {
                self.quick.put_opts(&path, payload, PutMode::Overwrite.into()).await
            }
            result => result,
        };
        session.etag = result.map_err(sort_error)?.e_tag;
        Ok(())
    }

    /// Drops a session and its parts.
    pub(super) async fn drop_session(&self, session: &Session) -> Result<(), Error> {
        if let Some(multipart) = &session.header.multipart {
            self.drop_multipart(&self.target(session)?, multipart).await?;
        }
        self.delete(&self.session(&session.name)).await
    }

    /// Where the session's parts go.
    pub(super) fn target(&self, session: &Session) -> Result<Path, Error> {
        self.blob(&session.target()).ok_or_else(|| damaged(session.name))
    }

    /// Drops parts that no blob was made of, if they are there.
    pub(super) async fn drop_multipart(&self, target: &Path, multipart: &str) -> Result<(), Error> {
        let result = self.quick.abort_multipart(target, &multipart.to_owned()).await.map_err(sort_error);
        match result {
            Err(Error::NotFound) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn is_unknown_condition(error: &object_store::Error) -> bool {
    let text = error.to_string();
    matches!(error, object_store::Error::NotImplemented { .. })
        || text.contains("status code: 501")
        || text.contains("NotImplemented")
}

fn damaged(name: SessionName) -> Error {
    Error::Other(format!("the object of upload session `{name}` is damaged").into())
}

#[cfg(test)]
mod tests {
    use minato_types::id::UploadId;

    use super::*;

    #[test]
    fn coding() {
        let name = SessionName::Upload(UploadId::random());
        let mut session = Session::new(name, Algorithm::Sha512, StorageKey("blobs/x".to_owned()));
        session.offset = u64::MAX;
        session.header.multipart = Some("a\nb".to_owned());
        session.header.parts = vec!["\"1\"".to_owned(), "2".to_owned()];
        session.tail = Bytes::from_static(b"\n{}\n");
        let bytes = Bytes::from(session.encode().unwrap());
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap();
        assert!((line.len() as u64) < FIRST_LINE_BYTES);
        let read = Session::decode(name, &bytes, None).unwrap();
        assert_eq!(format!("{read:?}"), format!("{session:?}"));
        for length in 0..bytes.len() - session.tail.len() {
            assert!(Session::decode(name, &bytes.slice(..length), None).is_none(), "{length}");
        }
    }
}
