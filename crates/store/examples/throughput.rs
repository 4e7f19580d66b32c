//! How fast bytes go through a store, without HTTP around it:
//! `cargo run --release -p minato-store --example throughput [folder or s3:// URL] [rounds]`.
//! The keys for S3 come from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
//!
//! Prints MB/s (10^6) and CPU seconds per GB (10^9) of this process, for plain SHA-256,
//! for putting and reading 256 MiB, and the rate of durable 1 KiB blobs.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measuring tool"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use minato_store::disk::DiskStore;
use minato_store::hasher::Hasher;
use minato_store::s3::{S3Config, S3Credentials, S3Store};
use minato_store::{BlobStore, ByteStream};
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;
use minato_types::secret::Secret;

const LARGE: usize = 256 * 1024 * 1024;
/// What Hyper hands over at a time when the sender is fast.
const CHUNK: usize = 64 * 1024;
const SMALL_BLOBS: usize = 400;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut arguments = std::env::args().skip(1);
    let temporary = tempfile::tempdir().unwrap();
    let place = arguments.next().unwrap_or_else(|| temporary.path().display().to_string());
    let rounds = arguments.next().map_or(3, |rounds| rounds.parse().unwrap());
    let store: Arc<dyn BlobStore> = if place.starts_with("s3://") {
        Arc::new(S3Store::new(&S3Config::parse(&place, credentials()).unwrap()).unwrap())
    } else {
        Arc::new(DiskStore::open(Path::new(&place)).unwrap())
    };
    runtime.block_on(measure(store, rounds));
}

fn credentials() -> S3Credentials {
    let variable = |name| std::env::var_os(name).unwrap_or_default().into_string().unwrap();
    S3Credentials {
        access_key_id: variable("AWS_ACCESS_KEY_ID"),
        secret_access_key: Secret::new(variable("AWS_SECRET_ACCESS_KEY")),
        session_token: None,
    }
}

async fn measure(store: Arc<dyn BlobStore>, rounds: usize) {
    let content = pattern(LARGE);
    let digest = hash(&content);
    for _ in 0..rounds {
        let start = Meter::start();
        hash(&content);
        start.report_bytes("sha256, one thread");

        let start = Meter::start();
        let sealed = store.put(&digest, body(&content)).await.unwrap();
        start.report_bytes("put 256 MiB");

        let start = Meter::start();
        let mut total = 0;
        let mut stream = store.read(&sealed.key, 0..sealed.size).await.unwrap();
        while let Some(chunk) = stream.try_next().await.unwrap() {
            total += chunk.len();
        }
        assert_eq!(total, LARGE);
        start.report_bytes("read 256 MiB");
        // At once, so that the next file gets memory that the machine has at hand.
        store.delete(&[sealed.key]).await.unwrap();

        let id = UploadId::random();
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        let start = Meter::start();
        store.append(&id, None, body(&content)).await.unwrap();
        let appended = store.seal(&id, &digest, None, stream::empty().boxed()).await.unwrap();
        start.report_bytes("append 256 MiB and seal");
        store.delete(&[appended.key]).await.unwrap();

        for streams in [1, 8] {
            small_blobs(&store, streams, false).await;
            small_blobs(&store, streams, true).await;
        }
        small_reads(&store).await;
    }
}

async fn small_blobs(store: &Arc<dyn BlobStore>, streams: usize, with_session: bool) {
    let name = if with_session { "begin + seal 1 KiB" } else { "put 1 KiB" };
    let start = Meter::start();
    let seal_one = |_| async {
        let content = Bytes::from([UploadId::random().to_string().into_bytes(), vec![7; 988]].concat());
        let digest = hash(&content);
        if !with_session {
            return store.put(&digest, body(&content)).await.unwrap().key;
        }
        let id = UploadId::random();
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.seal(&id, &digest, None, body(&content)).await.unwrap().key
    };
    let keys: Vec<_> = stream::iter(0..SMALL_BLOBS).map(seal_one).buffer_unordered(streams).collect().await;
    start.report_count(&format!("{name}, {streams} at once"), SMALL_BLOBS);
    store.delete(&keys).await.unwrap();
}

async fn small_reads(store: &Arc<dyn BlobStore>) {
    let content = Bytes::from_static(b"small");
    let key = store.put(&hash(&content), body(&content)).await.unwrap().key;
    let start = Meter::start();
    let read_one =
        |_| async { store.read(&key, 0..5).await.unwrap().try_next().await.unwrap().unwrap().len() };
    let count = 20_000;
    stream::iter(0..count).map(read_one).buffer_unordered(8).for_each(|_| async {}).await;
    start.report_count("read 5 bytes, 8 at once", count);
}

fn body(content: &Bytes) -> ByteStream {
    let content = content.clone();
    let starts = (0..content.len()).step_by(CHUNK);
    stream::iter(starts.map(move |start| Ok(content.slice(start..content.len().min(start + CHUNK))))).boxed()
}

fn hash(content: &[u8]) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(content);
    hasher.finish()
}

fn pattern(length: usize) -> Bytes {
    let mut state = 1_u64;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()
    });
    Bytes::from(words.take(length / 8).flatten().collect::<Vec<u8>>())
}

struct Meter {
    wall: Instant,
    cpu: f64,
}

impl Meter {
    fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu_seconds() }
    }

    fn report_bytes(&self, name: &str) {
        let (wall, cpu) = (self.wall.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let megabytes = LARGE as f64 / 1e6;
        println!("{name:<34} {:>8.0} MB/s  {:>5.2} CPU s/GB", megabytes / wall, cpu / megabytes * 1e3);
    }

    fn report_count(&self, name: &str, count: usize) {
        let (wall, cpu) = (self.wall.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let count = count as f64;
        println!("{name:<34} {:>8.0} /s    {:>5.0} CPU us each", count / wall, cpu / count * 1e6);
    }
}

/// User and system time of this process: fields 14 and 15 of its `stat`, in 1/100 s.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}
