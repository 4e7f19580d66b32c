//! From a body to a file, as fast as the slowest of network, hash and disk.
//!
//! A body is collected into batches. Each batch goes to two lanes, one hashing and one
//! writing, while the next is received; a third lane syncs now and then, because the
//! kernel alone starts to write back so late that the final sync would do all the work.
//! At most [`BATCHES_IN_FLIGHT`] batches are in memory, so a slow disk slows the sender.
//!
//! Small bodies never come here: they end within [`Head::read`].

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::durable;
use super::session::Session;
use crate::ByteStream;
use crate::hasher::Hasher;
use crate::lane::Lane;

/// Bodies up to this size are written, hashed and sealed in one blocking call.
pub(super) const SMALL_BYTES: usize = 64 * 1024;
/// How much is handed to the lanes at once.
const BATCH_BYTES: usize = 256 * 1024;
const BATCHES_IN_FLIGHT: usize = 12;
/// How much may be written before a sync is started.
const SYNC_EVERY: u64 = 16 * 1024 * 1024;

/// How far a body was read.
#[derive(Debug)]
pub(super) enum End {
    /// There may be more.
    Open,
    /// All of it.
    Complete,
    /// Up to an error of its sender.
    Broken(io::Error),
}

/// The beginning of a body, or all of it.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) chunks: Vec<Bytes>,
    pub(super) end: End,
}

impl Head {
    /// Reads until the body ends or proves not to be small.
    pub(super) async fn read(body: &mut ByteStream) -> Self {
        let mut chunks = Vec::new();
        let mut length = 0;
        while length <= SMALL_BYTES {
            match body.next().await {
                Some(Ok(chunk)) => {
                    length += chunk.len();
                    chunks.push(chunk);
                }
                Some(Err(error)) => return Self { chunks, end: End::Broken(error) },
                None => return Self { chunks, end: End::Complete },
            }
        }
        Self { chunks, end: End::Open }
    }
}

/// A large body being received into a session. Dropped half-way (its request was
/// cancelled), it still records what arrived.
pub(super) struct Intake(Option<Running>);

struct Running {
    session: Session,
    writer: Lane<Writer, Arc<Batch>>,
    hasher: Lane<Hasher, Arc<Batch>>,
    room: Arc<Semaphore>,
    filling: Vec<Bytes>,
    filling_bytes: usize,
}

struct Batch {
    chunks: Vec<Bytes>,
    /// Given back when both lanes are done with it. The last batch goes without.
    _permit: Option<OwnedSemaphorePermit>,
}

struct Writer {
    file: Arc<File>,
    written: u64,
    unsynced: u64,
    syncer: Lane<Arc<File>, ()>,
}

impl Intake {
    pub(super) fn new(session: Session) -> Self {
        let file = Arc::clone(session.file());
        let syncer = Lane::new(Arc::clone(&file), |file: &mut Arc<File>, ()| file.sync_data());
        let writer = Writer { file, written: 0, unsynced: 0, syncer };
        let hasher = session.hasher().clone();
        Self(Some(Running {
            session,
            writer: Lane::new(writer, |writer, batch| writer.write(&batch)),
            hasher: Lane::new(hasher, |hasher, batch: Arc<Batch>| {
                batch.chunks.iter().for_each(|chunk| hasher.update(chunk));
                Ok(())
            }),
            room: Arc::new(Semaphore::new(BATCHES_IN_FLIGHT)),
            filling: Vec::new(),
            filling_bytes: 0,
        }))
    }

    /// Takes the head's chunks and the rest of the body. Stops early when writing fails,
    /// which [`settle`](Self::settle) reports.
    pub(super) async fn receive(&mut self, head: Vec<Bytes>, body: &mut ByteStream) -> End {
        let Some(running) = &mut self.0 else { return End::Complete };
        for chunk in head {
            running.take(chunk).await;
        }
        while !running.writer.has_failed() {
            match body.next().await {
                Some(Ok(chunk)) => running.take(chunk).await,
                Some(Err(error)) => return End::Broken(error),
                None => break,
            }
        }
        End::Complete
    }

    /// Waits until all that was received is hashed and written. With an error the file is
    /// in disorder beyond where the session stood.
    pub(super) async fn settle(mut self) -> Option<(Session, io::Result<()>)> {
        match self.0.take() {
            Some(running) => Some(running.settle().await),
            None => None,
        }
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        let (Some(running), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) else {
            // The process stops; the next to open the session sees to it.
            return;
        };
        // Bounded: it only waits for what is already in the lanes.
        runtime.spawn(async move {
            let (session, result) = running.settle().await;
            let _ = tokio::task::spawn_blocking(move || match result {
                Ok(()) => session.keep().map(|_| ()),
                Err(_) => session.revert(),
            })
            .await;
        });
    }
}

impl Running {
    async fn take(&mut self, chunk: Bytes) {
        self.filling_bytes += chunk.len();
        self.filling.push(chunk);
        if self.filling_bytes >= BATCH_BYTES {
            // Fails only when the semaphore is closed, which nobody does.
            let permit = Arc::clone(&self.room).acquire_owned().await.ok();
            self.hand_over(permit);
        }
    }

    fn hand_over(&mut self, permit: Option<OwnedSemaphorePermit>) {
        self.filling_bytes = 0;
        let batch = Arc::new(Batch { chunks: std::mem::take(&mut self.filling), _permit: permit });
        self.hasher.offer(Arc::clone(&batch));
        self.writer.offer(batch);
    }

    async fn settle(mut self) -> (Session, io::Result<()>) {
        self.hand_over(None);
        let Self { mut session, writer, hasher, .. } = self;
        // Both lanes are waited for, also when one failed: nobody writes to the file after this.
        let (writer, hasher) = (writer.finish().await, hasher.finish().await);
        let result = match (writer, hasher) {
            (Ok(writer), Ok(hasher)) => {
                let synced = writer.syncer.finish().await;
                synced.inspect_err(|_| session.lose()).map(|_| session.advance(writer.written, hasher))
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        (session, result)
    }
}

impl Writer {
    fn write(&mut self, batch: &Batch) -> io::Result<()> {
        durable::write_all(&self.file, &batch.chunks)?;
        let bytes: u64 = batch.chunks.iter().map(|chunk| chunk.len() as u64).sum();
        self.written += bytes;
        self.unsynced += bytes;
        if self.unsynced >= SYNC_EVERY && self.syncer.is_resting() {
            self.unsynced = 0;
            self.syncer.offer(());
        }
        Ok(())
    }
}
