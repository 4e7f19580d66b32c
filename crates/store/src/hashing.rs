//! Hashing a stream beside whatever else is done with it, off the runtime's threads.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use minato_types::digest::{Algorithm, Digest};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ByteStream;
use crate::hasher::Hasher;
use crate::lane::Lane;

const BATCH_BYTES: usize = 512 * 1024;
const BATCHES_IN_FLIGHT: usize = 8;

/// A hash in progress.
pub(crate) struct Hashing {
    lane: Lane<Hasher, Batch>,
    room: Arc<Semaphore>,
    filling: Vec<Bytes>,
    filling_bytes: usize,
}

struct Batch {
    chunks: Vec<Bytes>,
    /// Given back when it is hashed. The last batch goes without.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Hashing {
    pub(crate) fn new(hasher: Hasher) -> Self {
        let lane = Lane::new(hasher, |hasher: &mut Hasher, batch: Batch| {
            batch.chunks.iter().for_each(|chunk| hasher.update(chunk));
            Ok(())
        });
        let room = Arc::new(Semaphore::new(BATCHES_IN_FLIGHT));
        Self { lane, room, filling: Vec::new(), filling_bytes: 0 }
    }

    /// Takes the next bytes; waits while too much is not hashed yet.
    pub(crate) async fn take(&mut self, chunk: Bytes) {
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
        let chunks = std::mem::take(&mut self.filling);
        self.lane.offer(Batch { chunks, _permit: permit });
    }

    /// The hash of everything taken.
    pub(crate) async fn finish(mut self) -> io::Result<Hasher> {
        if !self.filling.is_empty() {
            self.hand_over(None);
        }
        self.lane.finish().await
    }
}

/// Hashes a whole stream. An error is the stream's.
pub async fn hash_stream(mut stream: ByteStream, algorithm: Algorithm) -> io::Result<Digest> {
    let mut hashing = Hashing::new(Hasher::new(algorithm));
    while let Some(chunk) = stream.try_next().await? {
        hashing.take(chunk).await;
    }
    Ok(hashing.finish().await?.finish())
}
