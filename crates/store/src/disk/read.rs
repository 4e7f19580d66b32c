//! From a file to a stream.
//!
//! A short range is opened and read in one blocking call. A long one is read in chunks,
//! each when the receiver asks for it. What is in the page cache is copied right there,
//! without changing threads, so that the chunk is still in the processor's cache when it
//! is sent; only what has to come from the disk is read on a blocking thread. Chunk
//! buffers are used again, because zeroing fresh memory costs as much as reading.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use rustix::fs::{Advice, fadvise};
use rustix::io::{ReadWriteFlags, preadv2};

use super::durable::sort_error;
use super::hop;
use crate::{ByteStream, Error};

/// Ranges up to this size are one chunk.
const SHORT_BYTES: u64 = CHUNK_BYTES as u64;
const CHUNK_BYTES: usize = 128 * 1024;
/// How much is read at once past memory.
const AFRESH_BYTES: usize = 1 << 20;
/// Free buffers kept for the next reader.
const FREE_BUFFERS: usize = 32;

/// Buffers of [`CHUNK_BYTES`], used again and again.
#[derive(Debug, Default)]
pub(super) struct Pool {
    free: Mutex<Vec<Vec<u8>>>,
}

/// A buffer that goes back to its pool.
struct Buffer {
    bytes: Vec<u8>,
    pool: Arc<Pool>,
}

/// Opens the file and streams `range` of it.
pub(super) async fn read(pool: Arc<Pool>, path: PathBuf, range: Range<u64>) -> Result<ByteStream, Error> {
    let length = range.end.saturating_sub(range.start);
    if length <= SHORT_BYTES {
        let bytes = hop(move || {
            let file = File::open(path).map_err(sort_error)?;
            let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
            file.read_exact_at(&mut bytes, range.start).map_err(sort_error)?;
            Ok(bytes)
        })
        .await?;
        let chunk = (!bytes.is_empty()).then(|| Ok(Bytes::from(bytes)));
        return Ok(stream::iter(chunk).boxed());
    }
    let file = hop(move || File::open(path).map_err(sort_error)).await?;
    let file = Arc::new(file);
    let chunks = range.clone().step_by(CHUNK_BYTES).map(move |start| {
        let length = range.end.saturating_sub(start).min(CHUNK_BYTES as u64);
        let (file, pool) = (Arc::clone(&file), Arc::clone(&pool));
        async move {
            let length = usize::try_from(length).unwrap_or_default();
            let mut buffer = pool.take();
            if buffer.fill_from_cache(&file, start, length) {
                return Ok(buffer.into_chunk(length));
            }
            let read = move || buffer.fill(&file, start, length).map(|()| buffer.into_chunk(length));
            tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
        }
    });
    Ok(stream::iter(chunks).then(|chunk| chunk).boxed())
}

/// Opens the file and streams all of it as it is on the disk: what memory has of it is dropped
/// before, and after, so that others keep their room there.
pub(super) async fn read_afresh(path: PathBuf, size: u64) -> Result<ByteStream, Error> {
    let file = hop(move || {
        let file = File::open(path).map_err(sort_error)?;
        forget(&file)?;
        Ok(Arc::new(Afresh(file)))
    })
    .await?;
    let chunks = (0..size).step_by(AFRESH_BYTES).map(move |start| {
        let length = size.saturating_sub(start).min(AFRESH_BYTES as u64);
        let file = Arc::clone(&file);
        async move {
            let read = move || {
                let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
                file.0.read_exact_at(&mut bytes, start).map(|()| Bytes::from(bytes))
            };
            tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
        }
    });
    Ok(stream::iter(chunks).then(|chunk| chunk).boxed())
}

/// A file that is read past memory.
struct Afresh(File);

impl Drop for Afresh {
    fn drop(&mut self) {
        // Only costs room in memory.
        let _ = forget(&self.0);
    }
}

fn forget(file: &File) -> Result<(), Error> {
    fadvise(file, 0, None, Advice::DontNeed).map_err(|error| sort_error(error.into()))
}

impl Pool {
    fn take(self: Arc<Self>) -> Buffer {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Buffer { bytes: free.unwrap_or_else(|| vec![0; CHUNK_BYTES]), pool: self }
    }
}

impl Buffer {
    /// Reads what is in memory already; whether that was all of it. Never waits for the disk.
    fn fill_from_cache(&mut self, file: &File, start: u64, length: usize) -> bool {
        let Some(target) = self.bytes.get_mut(..length) else { return false };
        let read = preadv2(file, &mut [IoSliceMut::new(target)], start, ReadWriteFlags::NOWAIT);
        read.is_ok_and(|read| read == length)
    }

    fn fill(&mut self, file: &File, start: u64, length: usize) -> io::Result<()> {
        let target = self.bytes.get_mut(..length).ok_or(io::ErrorKind::InvalidInput)?;
        file.read_exact_at(target, start)
    }

    fn into_chunk(self, length: usize) -> Bytes {
        let mut chunk = Bytes::from_owner(self);
        chunk.truncate(length);
        chunk
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < FREE_BUFFERS {
            free.push(std::mem::take(&mut self.bytes));
        }
    }
}
