//! One file on its way to being a blob: opening, recording, sealing. All of it blocks.
//!
//! A session's truth is its file; the record beside it only saves reading it again. The
//! record is written after an append, not synced, and trusted under two conditions:
//!
//! - It parses, and the file is at least as long as it says. What is beyond is the rest
//!   of an append that a crash cut off, and is truncated.
//! - It was written since this machine was started. After a power cut the unsynced file
//!   may have holes that the saved hash knows nothing of; then the file is hashed again.
//!   (Replicas on several machines that share the folder hash again as well, each time a
//!   session moves between them.)
//!
//! Without a record the whole file counts and is hashed again. So a wrong record costs
//! time, never a wrong blob. The one who holds the lock on the file is its only writer.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;
use serde::{Deserialize, Serialize};

use super::durable::{self, sort_error};
use super::layout::Layout;
use crate::hasher::Hasher;
use crate::{Error, Sealed};

/// How much is read at once when a file is hashed again.
const REREAD_BYTES: usize = 256 * 1024;

/// Where sessions live.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) layout: Layout,
    /// Names this run of the machine.
    pub(super) boot: String,
}

/// The record beside a session's file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    algorithm: String,
    offset: u64,
    hash: String,
    boot: String,
}

/// An open, locked session, or a put (which is a session that nobody can resume).
#[derive(Debug)]
pub(super) struct Session {
    place: Arc<Place>,
    path: PathBuf,
    /// `None` for a put: its file goes when this does.
    id: Option<UploadId>,
    file: Arc<File>,
    has_record: bool,
    /// A sync failed. The kernel reports that once and then takes the lost pages for clean, so
    /// no later sync could be believed: the session has to go.
    is_lost: bool,
    /// Where it stood when it was opened.
    start: u64,
    end: u64,
    hasher: Hasher,
}

impl Place {
    /// Opens session `id`. An empty one takes the algorithm `preferred`.
    pub(super) fn open(
        self: &Arc<Self>,
        id: UploadId,
        at: Option<u64>,
        preferred: Option<Algorithm>,
    ) -> Result<Session, Error> {
        let path = self.layout.session(&id);
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(sort_error)?;
        lock(&file)?;
        let length = still_named(&file, &path)?;
        let (has_record, record) = self.read_record(&id).map_err(sort_error)?;
        let record = record.filter(|record| record.offset <= length);
        let start = record.as_ref().map_or(length, |record| record.offset);
        if let Some(at) = at
            && at != start
        {
            return Err(Error::WrongOffset { offset: start });
        }
        if start < length {
            file.set_len(start).map_err(sort_error)?;
        }
        let hasher = match record {
            _ if start == 0 && preferred.is_some() => preferred.map(Hasher::new),
            Some(record) => record.hasher(&self.boot),
            // Nothing says which algorithm; a wrong guess is made good when sealing.
            None if length == 0 => Some(Hasher::new(Algorithm::Sha256)),
            None => None,
        };
        let hasher = match hasher {
            Some(hasher) => hasher,
            None => hash_file(&file, start, preferred.unwrap_or(Algorithm::Sha256)).map_err(sort_error)?,
        };
        (&file).seek(SeekFrom::Start(start)).map_err(sort_error)?;
        let place = Arc::clone(self);
        let (id, file) = (Some(id), Arc::new(file));
        Ok(Session { place, path, id, file, has_record, is_lost: false, start, end: start, hasher })
    }

    /// Opens a file for a put.
    pub(super) fn open_put(self: &Arc<Self>, algorithm: Algorithm) -> Result<Session, Error> {
        let path = self.layout.new_put();
        let file = File::create_new(&path).map_err(sort_error)?;
        // Tells a sweep that it is alive.
        lock(&file)?;
        let (place, file) = (Arc::clone(self), Arc::new(file));
        let hasher = Hasher::new(algorithm);
        let (has_record, is_lost) = (false, false);
        Ok(Session { place, path, id: None, file, has_record, is_lost, start: 0, end: 0, hasher })
    }

    /// Makes an empty session. Not synced: a session is worth nothing after a power cut.
    pub(super) fn begin(&self, id: &UploadId, algorithm: Algorithm) -> Result<(), Error> {
        File::create_new(self.layout.session(id)).map_err(sort_error)?;
        // SHA-256 is what is taken without a record: nearly every session begins with one file.
        if algorithm == Algorithm::Sha256 {
            return Ok(());
        }
        self.write_record(id, 0, &Hasher::new(algorithm)).map_err(sort_error)
    }

    /// Where the session stands, without the lock; while somebody appends, where it stood before
    /// (or, during the very first append, somewhere on the way).
    pub(super) fn offset(&self, id: &UploadId) -> Result<u64, Error> {
        let length = fs::metadata(self.layout.session(id)).map_err(sort_error)?.len();
        let (_, record) = self.read_record(id).map_err(sort_error)?;
        Ok(record.map(|record| record.offset).filter(|offset| *offset <= length).unwrap_or(length))
    }

    /// Removes a session. Its writer, if there is one, is refused from now on.
    pub(super) fn abort(&self, id: &UploadId) -> Result<(), Error> {
        durable::remove_file(&self.layout.session(id)).map_err(sort_error)?;
        self.remove_records(id).map_err(sort_error)
    }

    pub(super) fn remove_records(&self, id: &UploadId) -> io::Result<()> {
        durable::remove_file(&self.layout.state(id))?;
        durable::remove_file(&self.layout.new_state(id))
    }

    /// Whether there is a record file, and the record if it is whole.
    fn read_record(&self, id: &UploadId) -> io::Result<(bool, Option<Record>)> {
        match fs::read(self.layout.state(id)) {
            Ok(bytes) => Ok((true, serde_json::from_slice(&bytes).ok())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok((false, None)),
            Err(error) => Err(error),
        }
    }

    fn write_record(&self, id: &UploadId, offset: u64, hasher: &Hasher) -> io::Result<()> {
        let record = Record {
            algorithm: hasher.algorithm().as_str().to_owned(),
            offset,
            hash: hasher.save(),
            boot: self.boot.clone(),
        };
        let (new, path) = (self.layout.new_state(id), self.layout.state(id));
        fs::write(&new, serde_json::to_vec(&record)?)?;
        fs::rename(new, path)
    }
}

impl Record {
    /// The saved hash, if it can be trusted in this run of the machine.
    fn hasher(&self, boot: &str) -> Option<Hasher> {
        let algorithm = self.algorithm.parse().ok()?;
        if self.offset == 0 {
            return Some(Hasher::new(algorithm));
        }
        Hasher::restore(algorithm, &self.hash).filter(|_| self.boot == boot)
    }
}

impl Session {
    pub(super) fn file(&self) -> &Arc<File> {
        &self.file
    }

    pub(super) fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Notes `written` bytes that are in the file and in `hasher`.
    pub(super) fn advance(&mut self, written: u64, hasher: Hasher) {
        self.end += written;
        self.hasher = hasher;
    }

    /// Appends a few chunks on this thread.
    pub(super) fn append(&mut self, chunks: &[Bytes]) -> io::Result<()> {
        durable::write_all(&self.file, chunks)?;
        for chunk in chunks {
            self.hasher.update(chunk);
            self.end += chunk.len() as u64;
        }
        Ok(())
    }

    /// Ends an append: what arrived is kept, and anybody may go on.
    pub(super) fn keep(self) -> Result<u64, Error> {
        if let Some(id) = self.id
            && self.end > self.start
        {
            self.place.write_record(&id, self.end, &self.hasher).map_err(sort_error)?;
        }
        Ok(self.end)
    }

    /// Notes that a sync of the file failed.
    pub(super) fn lose(&mut self) {
        self.is_lost = true;
    }

    /// Forgets what was appended since the session was opened. Its record still fits.
    pub(super) fn revert(self) -> Result<(), Error> {
        match self.id {
            Some(id) if self.is_lost => self.place.abort(&id),
            _ => self.file.set_len(self.start).map_err(sort_error),
        }
    }

    /// Checks the content and makes it a blob.
    pub(super) fn seal(mut self, digest: &Digest) -> Result<Sealed, Error> {
        let actual = if self.hasher.algorithm() == digest.algorithm() {
            self.hasher.clone().finish()
        } else {
            hash_file(&self.file, self.end, digest.algorithm()).map_err(sort_error)?.finish()
        };
        if actual != *digest {
            self.revert()?;
            return Err(Error::DigestMismatch { actual });
        }
        let key = Layout::new_key(digest);
        let Some(target) = self.place.layout.blob(&key) else {
            return Err(Error::Other(format!("made the bad key `{}`", key.0).into()));
        };
        // The name is new and in no row yet, so it may be given before the bytes are synced; one
        // commit of the file system's journal then takes both.
        if let Err(error) = durable::rename(&self.path, &target) {
            let _ = self.keep();
            // `NotFound`: somebody aborted the session meanwhile.
            return Err(sort_error(error));
        }
        if let Err(error) = durable::sync_named(&self.file, &target) {
            let _ = fs::remove_file(&target);
            self.path = PathBuf::new();
            return Err(sort_error(error));
        }
        // From here on it is a blob. A record left behind is swept later.
        if let Some(id) = self.id.take()
            && self.has_record
        {
            let _ = self.place.remove_records(&id);
        }
        self.path = PathBuf::new();
        Ok(Sealed { key, size: self.end })
    }
}

/// A put that came to nothing leaves nothing.
impl Drop for Session {
    fn drop(&mut self) {
        if self.id.is_none() && !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

pub(super) fn lock(file: &File) -> Result<(), Error> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::Busy),
        Err(TryLockError::Error(error)) => Err(sort_error(error)),
    }
}

/// The length of a locked file that still has its name. Between opening and locking it may
/// have been sealed: then it is a blob now, and must not be touched.
pub(super) fn still_named(file: &File, path: &std::path::Path) -> Result<u64, Error> {
    let ours = file.metadata().map_err(sort_error)?;
    let named = fs::metadata(path).map_err(sort_error)?;
    if (ours.dev(), ours.ino()) == (named.dev(), named.ino()) { Ok(ours.len()) } else { Err(Error::NotFound) }
}

/// Hashes the first `length` bytes of a file.
fn hash_file(mut file: &File, length: u64, algorithm: Algorithm) -> io::Result<Hasher> {
    file.seek(SeekFrom::Start(0))?;
    let mut source = file.take(length);
    let mut hasher = Hasher::new(algorithm);
    let mut buffer = vec![0; REREAD_BYTES];
    let mut total = 0;
    loop {
        match source.read(&mut buffer) {
            Ok(0) if total == length => return Ok(hasher),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                hasher.update(buffer.get(..read).unwrap_or_default());
                total += read as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
