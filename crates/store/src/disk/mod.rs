//! Blobs as files below one folder.
//!
//! Several processes may share the folder; what they agree on is in the files alone
//! (locks, names, records), nothing is kept in memory between calls. See `layout` for the
//! tree, `session` for how a file becomes a blob, `intake` for how bytes get in and
//! `read` for how they get out. Every blocking call runs on Tokio's blocking threads and
//! none of them waits for a client.

mod durable;
mod intake;
mod layout;
mod list;
mod read;
mod session;
mod sweep;

use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use minato_types::clock::Timestamp;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;

use self::durable::sort_error;
use self::intake::{End, Head, Intake};
use self::layout::Layout;

use self::session::{Place, Session};
use crate::{BlobStore, ByteStream, Error, Listing, Sealed, Space, Stale, StorageKey};

/// A [`BlobStore`] in a folder.
#[derive(Debug)]
pub struct DiskStore {
    place: Arc<Place>,
    buffers: Arc<read::Pool>,
}

/// Which file a body goes to.
#[derive(Clone, Copy)]
enum Target {
    Session(UploadId, Option<u64>),
    Put(Algorithm),
}

impl DiskStore {
    /// Opens the store below `root`, making its folders when they are missing. Blocks; meant
    /// for the start of the process.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let layout = Layout::prepare(root).map_err(sort_error)?;
        // Where there is no such file, no record is trusted by another process: slower, not wrong.
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map_or_else(|_| uuid::Uuid::new_v4().to_string(), |id| id.trim().to_owned());
        Ok(Self { place: Arc::new(Place { layout, boot }), buffers: Arc::default() })
    }

    /// Brings `body` into a file and then does `conclude` with it: all in one blocking call
    /// when the body is small.
    async fn receive<T: Send + 'static>(
        &self,
        target: Target,
        preferred: Option<Algorithm>,
        mut body: ByteStream,
        conclude: impl FnOnce(Session) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = Arc::clone(&self.place);
        let open = move || match target {
            Target::Session(id, at) => place.open(id, at, preferred),
            Target::Put(algorithm) => place.open_put(algorithm),
        };
        // A chunk in the wrong place has to be refused before its body is read.
        let early = match target {
            Target::Session(_, Some(_)) => Some(hop(open.clone()).await?),
            _ => None,
        };
        let head = Head::read(&mut body).await;
        if matches!(head.end, End::Open) {
            let session = match early {
                Some(session) => session,
                None => hop(open).await?,
            };
            return receive_large(session, head, body, conclude).await;
        }
        hop(move || {
            let mut session = early.map_or_else(open, Ok)?;
            let result = session.append(&head.chunks);
            finish(session, result, head.end, conclude)
        })
        .await
    }
}

async fn receive_large<T: Send + 'static>(
    session: Session,
    head: Head,
    mut body: ByteStream,
    conclude: impl FnOnce(Session) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let mut intake = Intake::new(session);
    let end = intake.receive(head.chunks, &mut body).await;
    let Some((session, result)) = intake.settle().await else {
        return Err(Error::Other("an upload was settled twice".into()));
    };
    hop(move || finish(session, result, end, conclude)).await
}

/// Ends an append, whichever way it went.
fn finish<T>(
    session: Session,
    written: std::io::Result<()>,
    end: End,
    conclude: impl FnOnce(Session) -> Result<T, Error>,
) -> Result<T, Error> {
    match (written, end) {
        (Err(error), _) => {
            // Also gives back the space when the disk is full.
            let _ = session.revert();
            Err(sort_error(error))
        }
        (Ok(()), End::Broken(error)) => {
            session.keep()?;
            Err(Error::Interrupted(error))
        }
        (Ok(()), End::Open | End::Complete) => conclude(session),
    }
}

#[async_trait]
impl BlobStore for DiskStore {
    async fn begin(&self, id: &UploadId, algorithm: Algorithm) -> Result<(), Error> {
        let (place, id) = (Arc::clone(&self.place), *id);
        hop(move || place.begin(&id, algorithm)).await
    }

    async fn offset(&self, id: &UploadId) -> Result<u64, Error> {
        let (place, id) = (Arc::clone(&self.place), *id);
        hop(move || place.offset(&id)).await
    }

    async fn append(&self, id: &UploadId, at: Option<u64>, body: ByteStream) -> Result<u64, Error> {
        self.receive(Target::Session(*id, at), None, body, Session::keep).await
    }

    async fn seal(
        &self,
        id: &UploadId,
        digest: &Digest,
        at: Option<u64>,
        body: ByteStream,
    ) -> Result<Sealed, Error> {
        let (algorithm, digest) = (digest.algorithm(), digest.clone());
        let target = Target::Session(*id, at);
        self.receive(target, Some(algorithm), body, move |session| session.seal(&digest)).await
    }

    async fn put(&self, digest: &Digest, body: ByteStream) -> Result<Sealed, Error> {
        let digest = digest.clone();
        let target = Target::Put(digest.algorithm());
        self.receive(target, None, body, move |session| session.seal(&digest)).await
    }

    async fn abort(&self, id: &UploadId) -> Result<(), Error> {
        let (place, id) = (Arc::clone(&self.place), *id);
        hop(move || place.abort(&id)).await
    }

    async fn read(&self, key: &StorageKey, range: Range<u64>) -> Result<ByteStream, Error> {
        let path = self.place.layout.blob(key).ok_or(Error::NotFound)?;
        read::read(Arc::clone(&self.buffers), path, range).await
    }

    async fn read_afresh(&self, key: &StorageKey, size: u64) -> Result<ByteStream, Error> {
        let path = self.place.layout.blob(key).ok_or(Error::NotFound)?;
        read::read_afresh(path, size).await
    }

    async fn stat(&self, key: &StorageKey) -> Result<Option<u64>, Error> {
        let Some(path) = self.place.layout.blob(key) else { return Ok(None) };
        hop(move || match fs::metadata(path).map_err(sort_error) {
            Ok(found) => Ok(found.is_file().then_some(found.len())),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn list(&self, after: Option<&StorageKey>, limit: usize) -> Result<Listing, Error> {
        let (place, after) = (Arc::clone(&self.place), after.map_or_else(String::new, |key| key.0.clone()));
        hop(move || list::list(&place.layout, &after, limit.max(1)).map_err(sort_error)).await
    }

    async fn presign(&self, _: &StorageKey) -> Result<Option<String>, Error> {
        Ok(None)
    }

    async fn delete(&self, keys: &[StorageKey]) -> Result<(), Error> {
        let paths: Vec<_> = keys.iter().filter_map(|key| self.place.layout.blob(key)).collect();
        hop(move || paths.iter().try_for_each(|path| durable::remove_file(path).map_err(sort_error))).await
    }

    async fn list_stale(&self, before: Timestamp) -> Result<Vec<Stale>, Error> {
        let place = Arc::clone(&self.place);
        hop(move || place.list_stale(before)).await
    }

    async fn remove_stale(&self, stale: &Stale, before: Timestamp) -> Result<bool, Error> {
        let (place, stale) = (Arc::clone(&self.place), stale.clone());
        hop(move || place.remove_stale(&stale, before)).await
    }

    fn provider(&self) -> &'static str {
        "filesystem"
    }

    async fn space(&self) -> Result<Option<Space>, Error> {
        let folder = self.place.layout.uploads();
        hop(move || {
            let found = rustix::fs::statvfs(&folder).map_err(|error| sort_error(error.into()))?;
            let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
            Ok(Some(Space { total: bytes(found.f_blocks), free: bytes(found.f_bavail) }))
        })
        .await
    }

    async fn check(&self) -> Result<(), Error> {
        let path = self.place.layout.new_check();
        hop(move || {
            let written = File::create_new(&path).and_then(|mut file| file.write_all(&[0; 4096]));
            written.and_then(|()| fs::remove_file(&path)).map_err(|error| {
                let _ = fs::remove_file(&path);
                match sort_error(error) {
                    Error::NotFound => Error::Unavailable("the storage folder is gone".into()),
                    error => error,
                }
            })
        })
        .await
    }
}

/// Runs blocking work. It runs to its end, also when the caller is gone.
async fn hop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Error::Other(Box::new(error))),
    }
}
