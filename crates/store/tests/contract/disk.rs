//! What only the disk can get wrong: crashes, leftovers and other processes.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use minato_store::disk::DiskStore;
use minato_store::{BlobStore, Error};
use minato_types::digest::Algorithm;
use minato_types::id::UploadId;
use tempfile::TempDir;

use crate::place::{body, collect_files, content, empty, read_all, sha256, stuck, sweep};

struct Crashed {
    folder: TempDir,
    id: UploadId,
    bytes: Bytes,
}

impl Crashed {
    /// A session that holds the first 100 000 of its bytes.
    async fn new() -> Self {
        let crashed =
            Self { folder: TempDir::new().unwrap(), id: UploadId::random(), bytes: content(250_000) };
        let store = crashed.store();
        store.begin(&crashed.id, Algorithm::Sha256).await.unwrap();
        store.append(&crashed.id, None, body(&crashed.bytes.slice(..100_000))).await.unwrap();
        crashed
    }

    fn store(&self) -> Arc<dyn BlobStore> {
        Arc::new(DiskStore::open(self.folder.path()).unwrap())
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("uploads/{}{suffix}", self.id))
    }

    /// The session stands at `offset` and takes the rest from there.
    async fn resumes_at(&self, offset: usize) {
        let store = self.store();
        assert_eq!(store.offset(&self.id).await.unwrap(), offset as u64);
        let rest = body(&self.bytes.slice(offset..));
        let sealed = store.seal(&self.id, &sha256(&self.bytes), Some(offset as u64), rest).await.unwrap();
        assert!(read_all(&store, &sealed.key, self.bytes.len()).await == self.bytes);
        assert_eq!(names(&self.folder.path().join("uploads")), Vec::<String>::new());
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    collect_files(folder, &mut found);
    found
}

#[tokio::test]
async fn bytes_beyond_the_record_are_cut_off() {
    let crashed = Crashed::new().await;
    let mut file = File::options().append(true).open(crashed.file("")).unwrap();
    file.write_all(b"half of an append").unwrap();
    crashed.resumes_at(100_000).await;
}

#[tokio::test]
async fn a_torn_record_means_hashing_the_file_again() {
    for torn in ["", "{\"algorithm\":\"sha256\",\"off", "\0\0\0\0", "[]", "{}"] {
        let crashed = Crashed::new().await;
        fs::write(crashed.file(".state"), torn).unwrap();
        crashed.resumes_at(100_000).await;
    }
}

#[tokio::test]
async fn a_record_with_a_broken_hash_means_hashing_the_file_again() {
    let crashed = Crashed::new().await;
    let record = fs::read_to_string(crashed.file(".state")).unwrap();
    fs::write(crashed.file(".state"), record.replace("\"hash\":\"", "\"hash\":\"00")).unwrap();
    crashed.resumes_at(100_000).await;
}

#[tokio::test]
async fn a_lost_record_means_hashing_the_file_again() {
    let crashed = Crashed::new().await;
    fs::remove_file(crashed.file(".state")).unwrap();
    crashed.resumes_at(100_000).await;
}

#[tokio::test]
async fn a_file_shorter_than_its_record_counts_as_it_is() {
    let crashed = Crashed::new().await;
    File::options().write(true).open(crashed.file("")).unwrap().set_len(70_000).unwrap();
    crashed.resumes_at(70_000).await;
}

/// A power cut can leave a hole in a file that was never synced; its saved hash must not
/// vouch for bytes that are gone.
#[tokio::test]
async fn a_saved_hash_is_not_trusted_after_a_restart_of_the_machine() {
    let crashed = Crashed::new().await;
    let record = fs::read_to_string(crashed.file(".state")).unwrap();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let earlier = record.replace(boot.trim(), "00000000-0000-0000-0000-000000000000");
    assert_ne!(earlier, record);
    fs::write(crashed.file(".state"), earlier).unwrap();
    let mut holed = crashed.bytes[..100_000].to_vec();
    holed[4096..8192].fill(0);
    fs::write(crashed.file(""), &holed).unwrap();
    let store = crashed.store();
    let rest = body(&crashed.bytes.slice(100_000..));
    let seal = store.seal(&crashed.id, &sha256(&crashed.bytes), None, rest).await;
    assert!(matches!(seal, Err(Error::DigestMismatch { .. })), "{seal:?}");
    // With its bytes as they were, it goes on.
    fs::write(crashed.file(""), &crashed.bytes[..100_000]).unwrap();
    crashed.resumes_at(100_000).await;
}

#[tokio::test]
async fn a_lock_of_another_process_is_busy() {
    let crashed = Crashed::new().await;
    let file = File::open(crashed.file("")).unwrap();
    file.lock().unwrap();
    let store = crashed.store();
    let digest = sha256(&crashed.bytes);
    assert!(matches!(store.append(&crashed.id, None, empty()).await, Err(Error::Busy)));
    assert!(matches!(store.seal(&crashed.id, &digest, None, empty()).await, Err(Error::Busy)));
    assert_eq!(sweep(&*store, 0, |_| false).await, 0);
    assert_eq!(store.offset(&crashed.id).await.unwrap(), 100_000);
    drop(file);
    crashed.resumes_at(100_000).await;
}

#[tokio::test]
async fn a_sweep_clears_leftovers_but_nothing_in_use() {
    let crashed = Crashed::new().await;
    let store = crashed.store();
    let uploads = crashed.folder.path().join("uploads");
    let orphan = uploads.join(format!("{}.state", UploadId::random()));
    let foreign = uploads.join("lost+found");
    for path in [&uploads.join("put-0123"), &uploads.join("check-0123"), &orphan, &foreign] {
        fs::write(path, "left").unwrap();
    }
    let old = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in names(&uploads) {
        File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    }
    let bytes = content(5_000_000);
    let digest = sha256(&bytes);
    let put = store.put(&digest, stuck(&bytes));
    let mut put = std::pin::pin!(put);
    let is_begun = |path: &String| path.contains("/uploads/put-") && !path.ends_with("/put-0123");
    while !names(&uploads).iter().any(is_begun) {
        tokio::time::timeout(Duration::from_millis(20), &mut put).await.unwrap_err();
    }
    let known = crashed.id;
    assert_eq!(sweep(&*store, 60, |id| *id == known).await, 0);
    // The session, its record, the put under way, and what is not ours.
    assert_eq!(names(&uploads).len(), 4, "{:?}", names(&uploads));
    assert_eq!(sweep(&*store, 60, |_| false).await, 1);
    assert_eq!(names(&uploads).len(), 2, "{:?}", names(&uploads));
}

#[tokio::test]
async fn a_failed_put_leaves_no_file() {
    let folder = TempDir::new().unwrap();
    let store = DiskStore::open(folder.path()).unwrap();
    for size in [10, 1_000_000] {
        let bytes = content(size);
        store.put(&sha256(b"other"), body(&bytes)).await.unwrap_err();
    }
    let (bytes, digest) = (content(1_000_000), sha256(b"other"));
    let put = store.put(&digest, stuck(&bytes));
    tokio::time::timeout(Duration::from_millis(100), put).await.unwrap_err();
    for _ in 0..100 {
        if names(folder.path()).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", names(folder.path()));
}

#[tokio::test]
async fn a_tidied_away_folder_is_made_again() {
    let folder = TempDir::new().unwrap();
    let store: Arc<dyn BlobStore> = Arc::new(DiskStore::open(folder.path()).unwrap());
    let bytes = content(10);
    let digest = sha256(&bytes);
    fs::remove_dir(folder.path().join("blobs/sha256").join(&digest.hex()[..2])).unwrap();
    let sealed = store.put(&digest, body(&bytes)).await.unwrap();
    assert!(read_all(&store, &sealed.key, 10).await == bytes);
}

#[tokio::test]
async fn a_truncated_blob_is_an_error_and_no_short_answer() {
    let folder = TempDir::new().unwrap();
    let store: Arc<dyn BlobStore> = Arc::new(DiskStore::open(folder.path()).unwrap());
    let bytes = content(1_000_000);
    let sealed = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
    let path = folder.path().join(&sealed.key.0);
    File::options().write(true).open(path).unwrap().set_len(500_000).unwrap();
    let stream = store.read(&sealed.key, 0..1_000_000).await.unwrap();
    let read: Result<Vec<Bytes>, _> = futures_util::TryStreamExt::try_collect(stream).await;
    assert_eq!(read.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    assert!(store.read(&sealed.key, 499_000..501_000).await.is_err());
}

#[tokio::test]
async fn a_full_disk_says_so_and_gives_the_space_back() {
    // Every write to it fails with ENOSPC; needs no privileges, unlike a small file system.
    let folder = TempDir::new().unwrap();
    let store = DiskStore::open(folder.path()).unwrap();
    let id = UploadId::random();
    store.begin(&id, Algorithm::Sha256).await.unwrap();
    let file = folder.path().join(format!("uploads/{id}"));
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    for size in [10, 1_000_000] {
        let bytes = content(size);
        let append = store.append(&id, None, body(&bytes)).await;
        assert!(matches!(append, Err(Error::NoSpace(_))), "{append:?}");
        let seal = store.seal(&id, &sha256(&bytes), None, body(&bytes)).await;
        assert!(matches!(seal, Err(Error::NoSpace(_))), "{seal:?}");
    }
    assert_eq!(names(&folder.path().join("blobs")), Vec::<String>::new());
}

/// The kernel reports lost pages once; a second seal would be told that all is well.
#[tokio::test]
async fn a_session_whose_sync_failed_is_gone() {
    let folder = TempDir::new().unwrap();
    let store = DiskStore::open(folder.path()).unwrap();
    for size in [10, 40_000_000] {
        let (id, bytes) = (UploadId::random(), content(size));
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        let file = folder.path().join(format!("uploads/{id}"));
        fs::remove_file(&file).unwrap();
        // Takes every write and refuses every sync.
        std::os::unix::fs::symlink("/dev/null", &file).unwrap();
        let seal = store.seal(&id, &sha256(&bytes), None, body(&bytes)).await;
        assert!(matches!(seal, Err(Error::Other(_))), "{seal:?}");
        assert!(matches!(store.offset(&id).await, Err(Error::NotFound)));
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_lost_root_is_no_usable_store() {
    let folder = TempDir::new().unwrap();
    let store = DiskStore::open(folder.path()).unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    assert!(matches!(store.check().await, Err(Error::Unavailable(_))));
}
