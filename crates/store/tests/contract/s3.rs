//! Every clause on S3, and what only S3 can get wrong.
//!
//! Needs `MINATO_TEST_S3_URL` (an `s3://` URL) and the keys `AWS_ACCESS_KEY_ID` and
//! `AWS_SECRET_ACCESS_KEY`; each clause works under a prefix of its own. What needs no
//! server runs always.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use minato_store::s3::{S3Config, S3Credentials, S3Store, install_tls_provider};
use minato_store::{BlobStore, Error, StorageKey};
use minato_types::digest::Algorithm;
use minato_types::id::UploadId;
use minato_types::secret::Secret;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::multipart::MultipartStore;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::place::{Clause, Place, SomePlace, body, content, digest_of, empty, read_all, sha256, sweep};

const URL: &str = "MINATO_TEST_S3_URL";

/// A prefix in the bucket.
struct Prefix {
    config: S3Config,
    raw: AmazonS3,
}

impl Prefix {
    /// A new one; `None` without a server.
    fn new() -> Option<Self> {
        let url = variable(URL)?;
        let mut config = S3Config::parse(&url, credentials()).unwrap();
        let below = format!("{}/{}", config.prefix, UploadId::random());
        below.trim_matches('/').clone_into(&mut config.prefix);
        install_tls_provider();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.credentials.access_key_id)
            .with_secret_access_key(config.credentials.secret_access_key.expose())
            .with_allow_http(true);
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        Some(Self { config, raw: builder.build().unwrap() })
    }

    async fn list(&self, below: &str) -> Vec<String> {
        let prefix = Path::from(format!("{}/{below}", self.config.prefix));
        let objects: Vec<_> = self.raw.list(Some(&prefix)).try_collect().await.unwrap();
        objects.into_iter().map(|object| object.location.to_string()).collect()
    }

    fn session(&self, id: &UploadId) -> Path {
        Path::from(format!("{}/uploads/{id}", self.config.prefix))
    }
}

#[async_trait]
impl Place for Prefix {
    fn open(&self) -> Arc<dyn BlobStore> {
        Arc::new(S3Store::new(&self.config).unwrap())
    }

    async fn sealed(&self) -> Vec<String> {
        self.list("blobs").await
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.into_string().unwrap())
}

fn credentials() -> S3Credentials {
    S3Credentials {
        access_key_id: variable("AWS_ACCESS_KEY_ID").unwrap_or_default(),
        secret_access_key: Secret::new(variable("AWS_SECRET_ACCESS_KEY").unwrap_or_default()),
        session_token: None,
    }
}

/// What a server is needed for, in one test: without a server it says that it did not run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_s3() {
    if variable(URL).is_none() {
        println!("not run: S3 ({URL} is not set)");
        assert!(variable("CI_REQUIRE_S3").is_none_or(|value| value != "1"), "{URL} is not set");
        return;
    }
    let mut clauses = crate::all_clauses();
    clauses.extend(OWN_CLAUSES);
    let total = clauses.len();
    let failed: Vec<&str> = stream::iter(clauses)
        .map(|(name, clause)| async move {
            let start = Instant::now();
            let place: SomePlace = Arc::new(Prefix::new().unwrap());
            let result = tokio::spawn(clause(place)).await;
            println!("s3::{name}: {} ({:?})", if result.is_ok() { "ok" } else { "FAILED" }, start.elapsed());
            result.is_err().then_some(name)
        })
        .buffer_unordered(3)
        .filter_map(|failed| async move { failed })
        .collect()
        .await;
    assert!(failed.is_empty(), "{} of {total} failed: {failed:?}", failed.len());
}

const OWN_CLAUSES: [(&str, Clause); 6] = [
    ("a_lost_hash_means_reading_the_blob", |_| Box::pin(a_lost_hash_means_reading_the_blob())),
    ("a_damaged_session_is_an_error", |_| Box::pin(a_damaged_session_is_an_error())),
    ("nothing_is_left_behind", |_| Box::pin(nothing_is_left_behind())),
    ("a_multipart_that_was_never_noted_is_swept", |_| Box::pin(a_multipart_that_was_never_noted_is_swept())),
    ("a_seal_can_be_repeated", |_| Box::pin(a_seal_can_be_repeated())),
    ("a_missing_bucket_is_unavailable", |_| Box::pin(a_missing_bucket_is_unavailable())),
];

/// Breaks the saved hash, as another version of the program may see it.
async fn break_hash(place: &Prefix, id: &UploadId) {
    let path = place.session(id);
    let object = place.raw.get(&path).await.unwrap().bytes().await.unwrap();
    let at = object.windows(8).position(|window| window == b"\"hash\":\"").unwrap() + 8;
    let mut broken = object.to_vec();
    broken[at] = b'x';
    place.raw.put(&path, broken.into()).await.unwrap();
}

async fn a_lost_hash_means_reading_the_blob() {
    let place = Prefix::new().unwrap();
    for size in [1000, 9_000_000] {
        let (id, store, bytes) = (UploadId::random(), place.open(), content(size));
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&bytes.slice(..size - 100))).await.unwrap();
        break_hash(&place, &id).await;
        store.append(&id, None, body(&bytes.slice(size - 100..))).await.unwrap();
        let wrong = store.seal(&id, &sha256(b"other"), None, empty()).await;
        assert!(matches!(wrong, Err(Error::DigestMismatch { .. })), "{wrong:?}");
        assert_eq!(store.offset(&id).await.unwrap(), size as u64);
        let sealed = store.seal(&id, &sha256(&bytes), None, empty()).await.unwrap();
        assert!(read_all(&store, &sealed.key, size).await == bytes);
    }
}

async fn a_damaged_session_is_an_error() {
    let place = Prefix::new().unwrap();
    let (id, store) = (UploadId::random(), place.open());
    for damaged in ["", "minato-session 1", "minato-session 1 5 900\n{}", "minato-session 1 5 3\n{}\n"] {
        place.raw.put(&place.session(&id), damaged.into()).await.unwrap();
        assert!(matches!(store.append(&id, None, empty()).await, Err(Error::Other(_))), "{damaged:?}");
    }
    assert_eq!(sweep(&*store, 0, |_| false).await, 1);
    assert!(matches!(store.offset(&id).await, Err(Error::NotFound)));
}

async fn nothing_is_left_behind() {
    let place = Prefix::new().unwrap();
    let store = place.open();
    for size in [10, 9_000_000, 20_000_000] {
        let (id, bytes) = (UploadId::random(), content(size));
        store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
        store.put(&sha256(b"other"), body(&bytes)).await.unwrap_err();
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&bytes)).await.unwrap();
        store.seal(&id, &sha256(&bytes), None, empty()).await.unwrap();
    }
    assert_eq!(place.list("uploads").await, Vec::<String>::new());
    assert_eq!(place.sealed().await.len(), 6);
}

/// As a process leaves it that dies between making one and writing down its id.
async fn a_multipart_that_was_never_noted_is_swept() {
    let place = Prefix::new().unwrap();
    let (store, lost, known) = (place.open(), UploadId::random(), UploadId::random());
    let digest = sha256(b"a put under way");
    let target = |name: String| Path::from(format!("{}/blobs/{name}", place.config.prefix));
    let begin = |path: Path| async { (place.raw.create_multipart(&path).await.unwrap(), path) };
    let (of_lost, lost_path) = begin(target(format!("uploads/{lost}"))).await;
    let (of_known, known_path) = begin(target(format!("uploads/{known}"))).await;
    let (of_put, put_path) = begin(target(format!("sha256/{}.0", digest.hex()))).await;
    sweep(&*store, 0, |id| *id == known).await;
    let raw = &place.raw;
    let is_there =
        |path: Path, id: String| async move { raw.put_part(&path, &id, 0, content(10).into()).await.is_ok() };
    assert!(!is_there(lost_path, of_lost).await);
    assert!(is_there(known_path, of_known).await);
    assert!(is_there(put_path, of_put).await);
}

/// The answer to a seal was lost, and the session's object still there.
async fn a_seal_can_be_repeated() {
    let place = Prefix::new().unwrap();
    let (id, store, bytes) = (UploadId::random(), place.open(), content(9_000_000));
    store.begin(&id, Algorithm::Sha256).await.unwrap();
    store.append(&id, None, body(&bytes)).await.unwrap();
    let object = place.raw.get(&place.session(&id)).await.unwrap().bytes().await.unwrap();
    let first = store.seal(&id, &sha256(&bytes), None, empty()).await.unwrap();
    place.raw.put(&place.session(&id), object.clone().into()).await.unwrap();
    let second = store.seal(&id, &sha256(&bytes), None, empty()).await.unwrap();
    assert_eq!(first.key, second.key);
    // A leftover session can't take the blob away again, whatever is asked of it.
    for digest in [digest_of(Algorithm::Sha512, b"other"), sha256(b"other")] {
        place.raw.put(&place.session(&id), object.clone().into()).await.unwrap();
        store.seal(&id, &digest, None, empty()).await.unwrap_err();
        store.append(&id, None, body(&bytes)).await.unwrap_err();
    }
    assert_eq!(sweep(&*store, 0, |_| false).await, 1);
    assert!(read_all(&store, &second.key, bytes.len()).await == bytes);
}

async fn a_missing_bucket_is_unavailable() {
    let mut config = Prefix::new().unwrap().config;
    "no-such-bucket-here".clone_into(&mut config.bucket);
    let store = S3Store::new(&config).unwrap();
    let key = StorageKey("blobs/sha256/ab/ab.0".to_owned());
    for error in [store.check().await.err(), store.read(&key, 0..1).await.err()] {
        assert!(matches!(error, Some(Error::Unavailable(_))), "{error:?}");
    }
}

fn store_at(endpoint: &str) -> S3Store {
    let url = format!("s3://bucket/prefix?endpoint={endpoint}");
    let mut keys = credentials();
    "id".clone_into(&mut keys.access_key_id);
    S3Store::new(&S3Config::parse(&url, keys).unwrap()).unwrap()
}

async fn is_unavailable_soon(store: &S3Store) {
    let bytes = content(10);
    let (id, key, digest) = (UploadId::random(), StorageKey("blobs/a".to_owned()), sha256(&bytes));
    let start = Instant::now();
    let (begun, offset, read, sealed, checked) = tokio::join!(
        store.begin(&id, Algorithm::Sha256),
        store.offset(&id),
        store.read(&key, 0..10),
        store.seal(&id, &digest, None, body(&bytes)),
        store.check(),
    );
    for error in [begun.err(), offset.err(), read.err(), sealed.err(), checked.err()] {
        assert!(matches!(error, Some(Error::Unavailable(_))), "{error:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_service_that_refuses_connections_is_unavailable() {
    for scheme in ["http", "https"] {
        // Nobody listens there.
        is_unavailable_soon(&store_at(&format!("{scheme}://127.0.0.1:1"))).await;
    }
}

#[tokio::test]
async fn a_silent_service_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    is_unavailable_soon(&store_at(&format!("http://{}", listener.local_addr().unwrap()))).await;
}

/// Answers every request with one status.
async fn answering(status: &'static str, body: &'static str) -> (String, Arc<AtomicU32>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let _ = socket.read(&mut [0; 8192]).await;
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
                let _ = socket.write_all((head + body).as_bytes()).await;
            });
        }
    });
    (address, requests)
}

#[tokio::test]
async fn an_overloaded_service_is_unavailable_after_a_few_tries() {
    let (address, requests) = answering("503 Slow Down", "<Error><Code>SlowDown</Code></Error>").await;
    is_unavailable_soon(&store_at(&address)).await;
    let requests = requests.load(Ordering::Relaxed);
    assert!((10..=25).contains(&requests), "{requests} for five calls");
}

#[tokio::test]
async fn a_full_service_says_so() {
    let body = "<Error><Code>XMinioStorageFull</Code></Error>";
    let (address, _) = answering("507 Insufficient Storage", body).await;
    let begun = store_at(&address).begin(&UploadId::random(), Algorithm::Sha256).await;
    assert!(matches!(begun, Err(Error::NoSpace(_))), "{begun:?}");
}

#[tokio::test]
async fn wrong_keys_are_no_outage() {
    let (address, _) = answering("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>").await;
    let begun = store_at(&address).begin(&UploadId::random(), Algorithm::Sha256).await;
    assert!(matches!(begun, Err(Error::Other(_))), "{begun:?}");
}

#[tokio::test]
async fn redirects_name_only_what_the_operator_said() {
    let presign = async |query: &str| {
        let url = format!("s3://bucket/prefix?endpoint=http://internal:9000{query}");
        let mut keys = credentials();
        "id".clone_into(&mut keys.access_key_id);
        keys.secret_access_key = Secret::new("hidden");
        let store = S3Store::new(&S3Config::parse(&url, keys).unwrap()).unwrap();
        store.presign(&StorageKey("blobs/sha256/ab/ab.0".to_owned())).await.unwrap()
    };
    assert_eq!(presign("").await, None);
    assert_eq!(presign("&redirect=false&redirect-endpoint=https://cdn.example").await, None);
    let same = presign("&redirect=true").await.unwrap();
    assert!(same.starts_with("http://internal:9000/bucket/prefix/blobs/sha256/ab/ab.0?"), "{same}");
    let public = presign("&redirect-endpoint=https://cdn.example").await.unwrap();
    assert!(public.starts_with("https://cdn.example/bucket/prefix/blobs/sha256/ab/ab.0?"), "{public}");
    let virtual_host = presign("&redirect-endpoint=https://cdn.example&path-style=false").await.unwrap();
    assert!(virtual_host.starts_with("https://bucket.cdn.example/prefix/blobs/"), "{virtual_host}");
    for url in [public, virtual_host] {
        assert!(!url.contains("internal") && !url.contains("hidden") && url.contains("X-Amz-Signature="));
    }
}
