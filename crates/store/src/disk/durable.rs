//! What makes files survive a power cut, and what the errors of files mean.
//!
//! A file's bytes are durable after `sync_data`; its *name* only after its folder was
//! synced too. Nothing here is skipped for speed.

use std::fs::{self, File};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::path::Path;

use bytes::Bytes;

use crate::Error;

/// Too many open files, in this process or in the system (`errno`, the same on all Linuxes).
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// Makes the names in a folder durable.
pub(super) fn sync_dir(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes a folder that may be there already.
pub(super) fn create_dir(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Gives a file its final name; not durable before [`sync_named`].
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(to);
    match fs::rename(from, to) {
        // Somebody tidied an empty folder away.
        Err(error) if error.kind() == ErrorKind::NotFound && !folder.exists() => {
            fs::create_dir_all(folder)?;
            sync_dir(folder.parent().unwrap_or(folder))?;
            fs::rename(from, to)
        }
        result => result,
    }
}

/// Makes a file's bytes and its name durable, both at once: each waits for the disk, and for a
/// small blob that is all there is to wait for.
pub(super) fn sync_named(file: &File, path: &Path) -> io::Result<()> {
    std::thread::scope(|scope| {
        let name = scope.spawn(|| sync_dir(path.parent().unwrap_or(path)));
        let bytes = file.sync_data();
        let name = name.join().unwrap_or_else(|_| Err(io::Error::other("syncing a folder panicked")));
        bytes.and(name)
    })
}

/// Removes a file that may be gone already.
pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes all chunks at the file's cursor, in as few calls as the system allows.
pub(super) fn write_all(mut file: &File, chunks: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = chunks.iter().map(|chunk| IoSlice::new(chunk)).collect();
    let mut rest = slices.as_mut_slice();
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Sorts a file error by what the caller can do about it.
pub(super) fn sort_error(error: io::Error) -> Error {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::NotFound, _) => Error::NotFound,
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => Error::NoSpace(error),
        (_, Some(EMFILE | ENFILE)) => Error::Unavailable(Box::new(error)),
        _ => Error::Other(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sorted() {
        let sort = |code| sort_error(io::Error::from_raw_os_error(code));
        assert!(matches!(sort(2), Error::NotFound));
        assert!(matches!(sort(28), Error::NoSpace(_)), "ENOSPC");
        assert!(matches!(sort(122), Error::NoSpace(_)), "EDQUOT");
        assert!(matches!(sort(24), Error::Unavailable(_)), "EMFILE");
        assert!(matches!(sort(23), Error::Unavailable(_)), "ENFILE");
        assert!(matches!(sort(5), Error::Other(_)), "EIO");
    }

    #[test]
    fn chunks_are_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        // More slices than one call takes (1024), and empty ones at both ends.
        let mut chunks: Vec<Bytes> = vec![Bytes::new()];
        chunks.extend((0..3000_u32).map(|number| Bytes::from(number.to_string())));
        chunks.push(Bytes::new());
        write_all(&File::create(&path).unwrap(), &chunks).unwrap();
        assert_eq!(fs::read(&path).unwrap(), chunks.concat());
    }
}
