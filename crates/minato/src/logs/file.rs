//! A log file: `core.log`, before it `core.log.1.gz` and so on, the oldest last.
//!
//! It is moved away when it has become too large or too old, between two lines. Numbers go up from
//! the oldest down, so that a process that dies in the middle leaves no two under one name. What was
//! moved away is packed beside; a file that was left unpacked is packed at the next turn.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use minato_types::clock::Timestamp;

/// How much is gathered before it is written, in bytes.
const MOST_GATHERED: usize = 64 << 10;

/// When files are moved away, and how many are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Most bytes of a file; a single line may be longer.
    pub size: u64,
    /// How long a file is written to, from its first line.
    pub age: Option<Duration>,
    /// How many are kept beside the one that is written to.
    pub count: u32,
}

/// The file of one component.
pub(super) struct LogFile {
    path: PathBuf,
    rotation: Rotation,
    file: Option<File>,
    /// Its length as of the last write.
    length: u64,
    /// What of it does not count, as moving it away has failed.
    ignored: u64,
    began: Timestamp,
    gathered: Vec<u8>,
    gathered_lines: usize,
    packing: Option<JoinHandle<()>>,
}

impl LogFile {
    pub(super) fn new(path: PathBuf, rotation: Rotation) -> Self {
        Self {
            path,
            rotation,
            file: None,
            length: 0,
            ignored: 0,
            began: Timestamp::from_micros(0),
            gathered: Vec::new(),
            gathered_lines: 0,
            packing: None,
        }
    }

    /// Adds a line; how many lines were lost on the way, and why.
    pub(super) fn add(&mut self, line: &[u8], now: Timestamp) -> Result<(), (usize, io::Error)> {
        let mut outcome = Ok(());
        if self.is_due(line.len(), now) {
            outcome = self.flush(now);
            // Where it can't be moved away it is written on.
            if let Err(error) = self.rotate(now) {
                tracing::warn!(path = %self.path.display(), error = &error as &dyn std::error::Error, "a log file can't be moved away");
                (self.ignored, self.began) = (self.length, now);
            }
        }
        self.gathered.extend_from_slice(line);
        self.gathered_lines += 1;
        if self.gathered.len() >= MOST_GATHERED && outcome.is_ok() {
            outcome = self.flush(now);
        }
        outcome
    }

    fn is_due(&mut self, more: usize, now: Timestamp) -> bool {
        // Opened first, as what an earlier process has written counts.
        if self.open(now).is_err() {
            return false;
        }
        let held = self.length - self.ignored.min(self.length) + self.gathered.len() as u64;
        let too_old = self.rotation.age.is_some_and(|age| now.since(self.began) >= age);
        held > 0 && (held + more as u64 > self.rotation.size || too_old)
    }

    /// Writes what was gathered, whole lines or none.
    pub(super) fn flush(&mut self, now: Timestamp) -> Result<(), (usize, io::Error)> {
        let (bytes, lines) = (std::mem::take(&mut self.gathered), std::mem::take(&mut self.gathered_lines));
        if bytes.is_empty() {
            return Ok(());
        }
        let length = self.length;
        let written = self.open(now).and_then(|file| {
            file.write_all(&bytes).inspect_err(|_| {
                // What is there of the last line would run into the next one.
                let _ = file.set_len(length);
            })
        });
        match written {
            Ok(()) => self.length += bytes.len() as u64,
            Err(error) => {
                // Opened anew: the folder may have been away.
                self.file = None;
                return Err((lines, error));
            }
        }
        Ok(())
    }

    fn open(&mut self, now: Timestamp) -> io::Result<&mut File> {
        if self.file.is_none() {
            let file = OpenOptions::new().append(true).create(true).mode(0o640).open(&self.path)?;
            let about = file.metadata()?;
            self.length = about.len();
            self.ignored = 0;
            self.began = now;
            if self.length > 0 {
                let since = about.created().or_else(|_| about.modified())?.duration_since(UNIX_EPOCH);
                let micros = i64::try_from(since.unwrap_or_default().as_micros()).unwrap_or(i64::MAX);
                self.began = Timestamp::from_micros(micros).min(now);
            }
            self.file = Some(file);
            self.pack_leftovers();
        }
        self.file.as_mut().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    /// Moves the file away, and begins a new one with the next line.
    fn rotate(&mut self, now: Timestamp) -> io::Result<()> {
        self.finish_packing();
        let mut old = numbered(&self.path)?;
        old.sort_unstable_by_key(|old| std::cmp::Reverse(old.number));
        for old in old {
            if old.number >= self.rotation.count {
                fs::remove_file(&old.path)?;
            } else {
                fs::rename(&old.path, self.numbered(old.number + 1, old.packed))?;
            }
        }
        if self.rotation.count == 0 {
            fs::remove_file(&self.path)?;
        } else {
            fs::rename(&self.path, self.numbered(1, false))?;
        }
        self.file = None;
        self.open(now).map(drop)
    }

    fn numbered(&self, number: u32, packed: bool) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}{}", if packed { ".gz" } else { "" }));
        name.into()
    }

    /// Packs what is not packed, beside the writing.
    fn pack_leftovers(&mut self) {
        let Ok(old) = numbered(&self.path) else { return };
        let plain: Vec<PathBuf> = old.into_iter().filter(|old| !old.packed).map(|old| old.path).collect();
        if plain.is_empty() {
            return;
        }
        self.finish_packing();
        let pack_all = move || {
            for path in plain {
                if let Err(error) = pack(&path) {
                    tracing::warn!(path = %path.display(), error = &error as &dyn std::error::Error, "a log file can't be packed");
                }
            }
        };
        // Without a thread it stays as it is until the next turn.
        self.packing = std::thread::Builder::new().name("log-pack".to_owned()).spawn(pack_all).ok();
    }

    fn finish_packing(&mut self) {
        if let Some(packing) = self.packing.take() {
            let _ = packing.join();
        }
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        self.finish_packing();
    }
}

/// A file that was moved away.
struct Old {
    number: u32,
    packed: bool,
    path: PathBuf,
}

/// Those of a file, in no order.
fn numbered(path: &Path) -> io::Result<Vec<Old>> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix(&own).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let inner = rest.strip_suffix(".gz");
        if let Ok(number) = inner.unwrap_or(rest).parse() {
            found.push(Old { number, packed: inner.is_some(), path: entry.path() });
        }
    }
    Ok(found)
}

/// Packs a file. Until the packed one is whole it has another name.
fn pack(path: &Path) -> io::Result<()> {
    let named = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (part, done) = (named(".gz.part"), named(".gz"));
    let write = || {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o640).open(&part)?;
        let mut packer = GzEncoder::new(file, Compression::default());
        io::copy(&mut File::open(path)?, &mut packer)?;
        packer.finish()?.sync_all()?;
        fs::rename(&part, &done)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn now() -> Timestamp {
        use minato_types::clock::Clock as _;
        minato_types::clock::SystemClock.now()
    }

    fn write(file: &mut LogFile, texts: impl IntoIterator<Item = String>, at: Timestamp) {
        for text in texts {
            file.add(format!("{text}\n").as_bytes(), at).unwrap();
        }
        file.flush(at).unwrap();
        file.finish_packing();
    }

    /// Names and texts, packed or not.
    fn found(folder: &Path) -> Vec<(String, String)> {
        let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        let read = |path: PathBuf| {
            let (name, mut text) = (path.file_name().unwrap().to_str().unwrap().to_owned(), String::new());
            let file = File::open(&path).unwrap();
            if name.strip_suffix(".gz").is_some() {
                flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
            } else {
                File::open(path).unwrap().read_to_string(&mut text).unwrap();
            }
            (name, text)
        };
        found.into_iter().map(read).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    fn numbers(range: std::ops::Range<u32>) -> impl Iterator<Item = String> {
        range.map(|n| format!("line {n}"))
    }

    #[test]
    fn a_file_that_is_too_large_is_moved_away_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let rotation = Rotation { size: 14, age: None, count: 2 };
        let path = folder.path().join("core.log");
        // Another component's, and what only looks like one of ours.
        for other in ["coreX.log.1", "core.log.old", "core.log.1x"] {
            fs::write(folder.path().join(other), "").unwrap();
        }
        write(&mut LogFile::new(path, rotation), numbers(0..9), now());
        for other in ["coreX.log.1", "core.log.old", "core.log.1x"] {
            fs::remove_file(folder.path().join(other)).unwrap();
        }
        let expected = [
            ("core.log", "line 8\n"),
            ("core.log.1.gz", "line 6\nline 7\n"),
            ("core.log.2.gz", "line 4\nline 5\n"),
        ];
        assert_eq!(found(folder.path()), pairs(&expected));
    }

    #[test]
    fn a_restart_goes_on_where_the_last_process_was() {
        let folder = tempfile::tempdir().unwrap();
        let rotation = Rotation { size: 14, age: None, count: 1 };
        let path = folder.path().join("core.log");
        write(&mut LogFile::new(path.clone(), rotation), numbers(0..1), now());
        // It died while it was packing.
        fs::write(folder.path().join("core.log.1"), "older\n").unwrap();
        fs::write(folder.path().join("core.log.1.gz.part"), "half").unwrap();
        write(&mut LogFile::new(path.clone(), rotation), numbers(1..2), now());
        let expected = [("core.log", "line 0\nline 1\n"), ("core.log.1.gz", "older\n")];
        assert_eq!(found(folder.path()), pairs(&expected));
        write(&mut LogFile::new(path, rotation), numbers(2..3), now());
        let expected = [("core.log", "line 2\n"), ("core.log.1.gz", "line 0\nline 1\n")];
        assert_eq!(found(folder.path()), pairs(&expected));
    }

    #[test]
    fn a_file_that_is_too_old_is_moved_away() {
        let folder = tempfile::tempdir().unwrap();
        let rotation = Rotation { size: 1 << 20, age: Some(Duration::from_hours(24)), count: 9 };
        let path = folder.path().join("core.log");
        let start = now();
        let mut file = LogFile::new(path.clone(), rotation);
        write(&mut file, numbers(0..2), start);
        write(&mut file, numbers(2..3), start.plus(Duration::from_hours(23)));
        drop(file);
        // Its age outlives the process.
        write(&mut LogFile::new(path, rotation), numbers(3..4), start.plus(Duration::from_hours(25)));
        let expected = [("core.log", "line 3\n"), ("core.log.1.gz", "line 0\nline 1\nline 2\n")];
        assert_eq!(found(folder.path()), pairs(&expected));
    }

    #[test]
    fn none_need_be_kept_and_fewer_than_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("core.log");
        let rotation = Rotation { size: 7, age: None, count: 5 };
        write(&mut LogFile::new(path.clone(), rotation), numbers(0..9), now());
        assert_eq!(found(folder.path()).len(), 6);
        write(&mut LogFile::new(path, Rotation { count: 0, ..rotation }), numbers(9..10), now());
        assert_eq!(found(folder.path()), pairs(&[("core.log", "line 9\n")]));
    }

    #[test]
    fn what_can_t_be_written_is_counted_and_writing_goes_on_later() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        let rotation = Rotation { size: 1 << 20, age: None, count: 1 };
        let mut file = LogFile::new(inner.join("core.log"), rotation);
        file.add(b"1\n", now()).unwrap();
        file.add(b"2\n", now()).unwrap();
        assert_eq!(file.flush(now()).unwrap_err().0, 2);
        fs::create_dir(&inner).unwrap();
        write(&mut file, numbers(3..4), now());
        assert_eq!(found(&inner), pairs(&[("core.log", "line 3\n")]));
    }

    /// On a device that is always full nothing is written, and nothing waits.
    #[test]
    fn a_full_disk() {
        let rotation = Rotation { size: 1 << 30, age: None, count: 1 };
        let mut file = LogFile::new("/dev/full".into(), rotation);
        for _ in 0..3 {
            file.add(b"x\n", now()).unwrap();
            let (lost, error) = file.flush(now()).unwrap_err();
            assert_eq!((lost, error.kind()), (1, io::ErrorKind::StorageFull));
        }
    }
}
