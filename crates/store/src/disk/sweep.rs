//! Clearing away what nobody will finish: sessions the database forgot, and what crashes
//! left in `uploads/`. All of it blocks.
//!
//! A file's own time counts, because it tells of its last append; it comes from the same
//! clock of the machine that its age is measured by.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;
use std::time::UNIX_EPOCH;

use minato_types::clock::Timestamp;
use minato_types::id::UploadId;

use super::durable::{self, sort_error};
use super::layout::{Layout, UploadsEntry};
use super::session::{Place, lock, still_named};
use crate::{Error, Stale};

impl Place {
    /// Lists what has not been touched since `before`.
    pub(super) fn list_stale(&self, before: Timestamp) -> Result<Vec<Stale>, Error> {
        let mut stale = Vec::new();
        let mut sessions = HashSet::new();
        let mut records: Vec<(UploadId, String)> = Vec::new();
        for entry in fs::read_dir(self.layout.uploads()).map_err(sort_error)? {
            let entry = entry.map_err(sort_error)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_old = is_older(&entry.path(), before);
            match Layout::parse_upload(&name) {
                UploadsEntry::Session(id) => {
                    sessions.insert(id);
                    if is_old {
                        stale.push(Stale::Session(id));
                    }
                }
                UploadsEntry::State(id) if is_old => records.push((id, name)),
                UploadsEntry::Temporary if is_old => stale.push(Stale::Rest(name)),
                UploadsEntry::State(_) | UploadsEntry::Temporary | UploadsEntry::Foreign => {}
            }
        }
        // Records whose session is gone.
        let orphans = records.into_iter().filter(|(id, _)| !sessions.contains(id));
        stale.extend(orphans.map(|(_, name)| Stale::Rest(name)));
        Ok(stale)
    }

    /// Removes it, unless somebody works on it after all; whether it was there.
    pub(super) fn remove_stale(&self, stale: &Stale, before: Timestamp) -> Result<bool, Error> {
        match stale {
            Stale::Session(id) => {
                let is_gone = remove_idle(&self.layout.session(id), before)?;
                if is_gone {
                    self.remove_records(id).map_err(sort_error)?;
                }
                Ok(is_gone)
            }
            Stale::Rest(name) => match Layout::parse_upload(name) {
                UploadsEntry::Temporary => remove_idle(&self.layout.uploads().join(name), before),
                UploadsEntry::State(id) => {
                    self.remove_records(&id).map_err(sort_error)?;
                    Ok(true)
                }
                UploadsEntry::Session(_) | UploadsEntry::Foreign => Ok(false),
            },
            // A folder has no parts.
            Stale::Parts { .. } => Ok(false),
        }
    }
}

/// Removes a file unless it is locked, gone, or was touched meanwhile.
fn remove_idle(path: &Path, before: Timestamp) -> Result<bool, Error> {
    let attempt = || {
        let file = File::open(path).map_err(sort_error)?;
        lock(&file)?;
        still_named(&file, path)?;
        if !is_older(path, before) {
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

fn is_older(path: &Path, before: Timestamp) -> bool {
    let modified = fs::metadata(path).and_then(|found| found.modified());
    modified.is_ok_and(|modified| {
        let since_epoch = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(0).plus(since_epoch) <= before
    })
}
