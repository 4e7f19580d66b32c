//! Clearing away what nobody will finish: sessions the database forgot, and what crashes
//! left in `uploads/`. All of it blocks.
//!
//! A file's own time counts, because it tells of its last append; it comes from the same
//! clock of the machine that its age is measured by.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use minato_types::id::UploadId;

use super::durable::{self, sort_error};
use super::layout::{Layout, UploadsEntry};
use super::session::{Place, lock, still_named};
use crate::Error;

/// What a look into `uploads/` found to be old.
#[derive(Debug, Default)]
pub(super) struct Stale {
    pub(super) sessions: Vec<UploadId>,
    temporary: Vec<PathBuf>,
    /// Records whose session is gone.
    orphans: Vec<UploadId>,
}

impl Place {
    /// Lists what has not been touched for `age`.
    pub(super) fn find_stale(&self, age: Duration) -> Result<Stale, Error> {
        let mut stale = Stale::default();
        let mut sessions = HashSet::new();
        let mut records = Vec::new();
        for entry in fs::read_dir(self.layout.uploads()).map_err(sort_error)? {
            let entry = entry.map_err(sort_error)?;
            let name = entry.file_name();
            let kind = name.to_str().map_or(UploadsEntry::Foreign, Layout::parse_upload);
            let is_old = is_older(&entry.path(), age);
            match kind {
                UploadsEntry::Session(id) => {
                    sessions.insert(id);
                    if is_old {
                        stale.sessions.push(id);
                    }
                }
                UploadsEntry::State(id) if is_old => records.push(id),
                UploadsEntry::Temporary if is_old => stale.temporary.push(entry.path()),
                UploadsEntry::State(_) | UploadsEntry::Temporary | UploadsEntry::Foreign => {}
            }
        }
        stale.orphans = records.into_iter().filter(|id| !sessions.contains(id)).collect();
        Ok(stale)
    }

    /// Removes it, except what somebody works on after all; returns how many sessions went.
    pub(super) fn remove_stale(&self, stale: &Stale, age: Duration) -> Result<u64, Error> {
        let mut removed = 0;
        for id in &stale.sessions {
            if remove_idle(&self.layout.session(id), age)? {
                self.remove_records(id).map_err(sort_error)?;
                removed += 1;
            }
        }
        for path in &stale.temporary {
            remove_idle(path, age)?;
        }
        for id in &stale.orphans {
            self.remove_records(id).map_err(sort_error)?;
        }
        Ok(removed)
    }
}

/// Removes a file unless it is locked, gone, or was touched meanwhile.
fn remove_idle(path: &Path, age: Duration) -> Result<bool, Error> {
    let attempt = || {
        let file = File::open(path).map_err(sort_error)?;
        lock(&file)?;
        still_named(&file, path)?;
        if !is_older(path, age) {
            return Err(Error::Busy);
        }
        durable::remove_file(path).map_err(sort_error)
    };
    match attempt() {
        Ok(()) => Ok(true),
        Err(Error::NotFound | Error::Busy) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_older(path: &Path, age: Duration) -> bool {
    let elapsed = || -> io::Result<Duration> {
        let modified = fs::metadata(path)?.modified()?;
        // A time in the future is no age.
        Ok(modified.elapsed().unwrap_or_default())
    };
    elapsed().is_ok_and(|elapsed| elapsed >= age)
}
