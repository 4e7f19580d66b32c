//! From a body to parts of a blob: receiving, hashing and sending at once.
//!
//! Whole parts go up while the next one is received, at most [`PARTS_IN_FLIGHT`] at a time;
//! that and the part being filled is all that is in memory. A part is sent when more than
//! its size is there, so something is always left for the last part, and what fits into
//! one part never becomes several.
//!
//! S3 takes ten thousand parts, which at 8 MiB is 78 GiB; later parts are larger (see
//! [`part_bytes`]).

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::multipart::MultipartStore;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::bucket::{Bucket, SessionName, sort_error};
use super::session::Session;
use crate::hasher::Hasher;
use crate::hashing::Hashing;
use crate::{ByteStream, Error};

const MIB: usize = 1024 * 1024;
const PARTS_IN_FLIGHT: usize = 2;
/// More do not fit into one object.
const MAX_PARTS: usize = 10_000;

/// The size of part `index`. Equal sizes as long as it goes, because some services insist on
/// them: up to 39 GiB.
pub(super) fn part_bytes(index: usize) -> usize {
    if index < MAX_PARTS / 2 { 8 * MIB } else { 64 * MIB }
}

/// How a body ended.
#[derive(Debug)]
pub(super) enum End {
    Complete,
    Broken(io::Error),
}

/// Chunks in order, and how long they are together.
#[derive(Debug, Default)]
pub(super) struct Pending {
    chunks: VecDeque<Bytes>,
    bytes: usize,
}

/// A body being received. Dropped half-way (its request was cancelled), it still records
/// what arrived, or clears away a put.
pub(super) struct Draft(Option<Running>);

struct Running {
    bucket: Arc<Bucket>,
    session: Session,
    /// The session's tail and what arrived after it.
    pending: Pending,
    received: u64,
    /// `None` when the session's hash could not be restored.
    hashing: Option<Hashing>,
    /// One place for each part sent, filled when it is there.
    parts: Vec<Option<String>>,
    uploads: JoinSet<Result<(usize, String), Error>>,
}

/// A draft at rest: all parts are there and everything is hashed.
pub(super) struct Settled {
    pub(super) bucket: Arc<Bucket>,
    /// With the parts that are there now, but standing where it stood.
    pub(super) session: Session,
    pub(super) pending: Pending,
    pub(super) received: u64,
    pub(super) hasher: Option<Hasher>,
}

impl Pending {
    fn push(&mut self, chunk: Bytes) {
        self.bytes += chunk.len();
        self.chunks.push_back(chunk);
    }

    /// Takes the first `length` bytes, or all.
    fn take(&mut self, length: usize) -> Vec<Bytes> {
        let mut taken = Vec::new();
        let mut missing = length;
        while missing > 0
            && let Some(mut chunk) = self.chunks.pop_front()
        {
            if chunk.len() > missing {
                self.chunks.push_front(chunk.split_off(missing));
            }
            missing -= chunk.len();
            self.bytes -= chunk.len();
            taken.push(chunk);
        }
        taken
    }

    pub(super) fn into_chunks(self) -> Vec<Bytes> {
        self.chunks.into()
    }
}

impl Draft {
    pub(super) fn new(bucket: Arc<Bucket>, session: Session) -> Self {
        let mut pending = Pending::default();
        pending.push(session.tail.clone());
        let hashing = session.hasher().map(Hashing::new);
        let parts = session.header.parts.iter().cloned().map(Some).collect();
        let uploads = JoinSet::new();
        Self(Some(Running { bucket, session, pending, received: 0, hashing, parts, uploads }))
    }

    /// Takes a body. After an error nothing more can be done with the draft.
    pub(super) async fn receive(&mut self, body: &mut ByteStream) -> Result<End, Error> {
        let Some(running) = &mut self.0 else { return Ok(End::Complete) };
        loop {
            match body.next().await {
                Some(Ok(chunk)) => {
                    if let Err(error) = running.take(chunk).await {
                        self.give_up().await;
                        return Err(error);
                    }
                }
                Some(Err(error)) => return Ok(End::Broken(error)),
                None => return Ok(End::Complete),
            }
        }
    }

    pub(super) async fn settle(mut self) -> Result<Settled, Error> {
        match self.0.take() {
            Some(running) => running.settle().await,
            None => Err(Error::Other("an upload was settled twice".into())),
        }
    }

    /// Leaves a session as it was, and nothing of a put.
    async fn give_up(&mut self) {
        if let Some(mut running) = self.0.take() {
            running.uploads.shutdown().await;
            let _ = running.bucket.forget_put(&running.session).await;
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let (Some(running), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) else {
            // The process stops; the session is as it was last written.
            return;
        };
        // Bounded by the time-outs of the requests that it waits for.
        runtime.spawn(async move {
            let bucket = Arc::clone(&running.bucket);
            let session = running.session.clone();
            // What fails here is left to a sweep.
            let _ = match (session.name, running.settle().await) {
                (SessionName::Upload(_), Ok(settled)) => settled.keep().await.map(|_| ()),
                _ => bucket.forget_put(&session).await,
            };
        });
    }
}

impl Running {
    async fn take(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.received += chunk.len() as u64;
        self.pending.push(chunk.clone());
        if let Some(hashing) = &mut self.hashing {
            hashing.take(chunk).await;
        }
        while self.pending.bytes > part_bytes(self.parts.len()) {
            self.send_part().await?;
        }
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), Error> {
        let multipart = self.multipart().await?;
        while self.uploads.len() >= PARTS_IN_FLIGHT {
            self.await_part().await?;
        }
        let index = self.parts.len();
        if index + 1 >= MAX_PARTS {
            return Err(Error::Other("the blob is larger than S3 takes".into()));
        }
        let payload = self.pending.take(part_bytes(index)).into_iter().collect();
        let target = self.bucket.target(&self.session)?;
        let bucket = Arc::clone(&self.bucket);
        self.parts.push(None);
        let upload = async move {
            let part = bucket.patient.put_part(&target, &multipart, index, payload).await;
            part.map(|part| (index, part.content_id)).map_err(sort_part_error)
        };
        self.uploads.spawn(upload.in_current_span());
        Ok(())
    }

    async fn await_part(&mut self) -> Result<(), Error> {
        match self.uploads.join_next().await {
            Some(Ok(uploaded)) => {
                let (index, etag) = uploaded?;
                if let Some(place) = self.parts.get_mut(index) {
                    *place = Some(etag);
                }
                Ok(())
            }
            Some(Err(error)) => Err(Error::Other(Box::new(error))),
            None => Ok(()),
        }
    }

    /// The id of the multipart upload. A new one is recorded before any part is sent, so that
    /// a sweep finds it whatever happens.
    async fn multipart(&mut self) -> Result<String, Error> {
        if let Some(multipart) = &self.session.header.multipart {
            return Ok(multipart.clone());
        }
        let target = self.bucket.target(&self.session)?;
        let multipart = self.bucket.quick.create_multipart(&target).await.map_err(sort_error)?;
        let mut session = self.session.clone();
        session.header.multipart = Some(multipart.clone());
        if let Err(error) = self.bucket.save(&mut session).await {
            let _ = self.bucket.quick.abort_multipart(&target, &multipart).await;
            return Err(error);
        }
        self.session = session;
        Ok(multipart)
    }

    async fn settle(mut self) -> Result<Settled, Error> {
        while !self.uploads.is_empty() {
            if let Err(error) = self.await_part().await {
                self.uploads.shutdown().await;
                let _ = self.bucket.forget_put(&self.session).await;
                return Err(error);
            }
        }
        self.session.header.parts = self.parts.into_iter().flatten().collect();
        let hasher = match self.hashing {
            Some(hashing) => Some(hashing.finish().await.map_err(|error| Error::Other(Box::new(error)))?),
            None => None,
        };
        let Self { bucket, session, pending, received, .. } = self;
        Ok(Settled { bucket, session, pending, received, hasher })
    }
}

impl Settled {
    /// Ends an append: what arrived is kept, and any replica may go on.
    pub(super) async fn keep(self) -> Result<u64, Error> {
        let Self { bucket, mut session, pending, received, hasher } = self;
        if received == 0 {
            return Ok(session.offset);
        }
        session.offset += received;
        session.set_hasher(hasher.as_ref());
        session.tail = match pending.into_chunks() {
            mut single if single.len() == 1 => single.pop().unwrap_or_default(),
            chunks => Bytes::from(chunks.concat()),
        };
        bucket.save(&mut session).await?;
        Ok(session.offset)
    }
}

/// A missing multipart upload means that the session was sealed or aborted meanwhile.
pub(super) fn sort_part_error(error: object_store::Error) -> Error {
    match sort_error(error) {
        Error::NotFound => Error::Busy,
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_bytes_are_cut_anywhere() {
        let content: Vec<u8> = (0..100).collect();
        for length in 0..=100 {
            let mut pending = Pending::default();
            for chunk in content.chunks(7) {
                pending.push(Bytes::copy_from_slice(chunk));
            }
            assert_eq!(pending.take(length).concat(), content[..length]);
            assert_eq!(pending.bytes, 100 - length);
            assert_eq!(pending.into_chunks().concat(), content[length..]);
        }
    }
}
