//! A bucket under a prefix: clients with bounded patience, the names of objects, and what
//! the errors of S3 mean.
//!
//! Names, below the prefix:
//!
//! ```text
//! uploads/<upload id>                        an open session (see `session`)
//! uploads/put-<upload id>                    a large put under way
//! blobs/<algorithm>/<2 hex>/<hex>.<gen>      a sealed blob that was known by its digest
//! blobs/uploads/<upload id>                  a sealed blob of several parts from a session:
//!                                            its name is fixed before its digest is known,
//!                                            because S3 renames nothing
//! ```

use std::error::Error as StdError;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use minato_types::digest::Digest;
use minato_types::id::UploadId;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::HttpError;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, GetOptions, ObjectStore, ObjectStoreExt, RetryConfig};

use super::config::{S3Config, S3Redirect};
use super::unfinished::Unfinished;
use crate::{ByteStream, Error, StorageKey};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an answer, or the next piece of one, may take.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// The same where a whole part goes up first, or S3 puts thousands of them together.
const LONG_READ_TIMEOUT: Duration = Duration::from_secs(20);
/// Objects up to this size are sent in no time, so they get the shorter one.
const SHORT_PUT_BYTES: usize = 1 << 20;
/// After this long nothing is tried again. With the time-outs above: a service that refuses
/// connections fails after about one second, a silent one after ten.
const RETRY_FOR: Duration = Duration::from_secs(4);
const RETRIES: usize = 3;

/// A bucket under a prefix.
#[derive(Debug)]
pub(super) struct Bucket {
    prefix: String,
    /// For everything short.
    pub(super) quick: AmazonS3,
    /// For parts and their completion.
    pub(super) patient: AmazonS3,
    /// Signs for clients; never sends anything.
    pub(super) signer: Option<AmazonS3>,
    pub(super) unfinished: Unfinished,
}

impl Bucket {
    pub(super) fn new(config: &S3Config) -> Result<Self, Error> {
        let build = |endpoint: Option<&str>, read_timeout| {
            builder(config, endpoint, read_timeout).build().map_err(|error| Error::Other(Box::new(error)))
        };
        let endpoint = config.endpoint.as_deref();
        let signer = match &config.redirect {
            S3Redirect::Off => None,
            S3Redirect::SameEndpoint => Some(build(endpoint, READ_TIMEOUT)?),
            S3Redirect::Endpoint(public) => Some(build(Some(public), READ_TIMEOUT)?),
        };
        Ok(Self {
            prefix: config.prefix.clone(),
            quick: build(endpoint, READ_TIMEOUT)?,
            patient: build(endpoint, LONG_READ_TIMEOUT)?,
            signer,
            unfinished: Unfinished::new(config, &client_options(config.endpoint.as_deref(), READ_TIMEOUT))?,
        })
    }

    /// A name with the prefix before it.
    pub(super) fn below(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }

    fn path(&self, name: &str) -> Path {
        Path::from(self.below(name))
    }

    /// Where all sealed blobs are.
    pub(super) fn blobs(&self) -> Path {
        self.path("blobs")
    }

    pub(super) fn uploads(&self) -> Path {
        self.path("uploads")
    }

    pub(super) fn session(&self, name: &SessionName) -> Path {
        self.path(&format!("uploads/{name}"))
    }

    /// The object under a key. `None` for a key that was never given out here.
    pub(super) fn blob(&self, key: &StorageKey) -> Option<Path> {
        let is_plain = key.0.starts_with("blobs/")
            && key.0.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
            && key.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/.-".contains(&byte));
        is_plain.then(|| self.path(&key.0))
    }

    /// A stretch of an object (all of it without a range) as S3 sends it.
    pub(super) async fn get(&self, path: &Path, range: Option<Range<u64>>) -> Result<ByteStream, Error> {
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        let result = self.quick.get_opts(path, options).await.map_err(sort_error)?;
        Ok(result.into_stream().map_err(std::io::Error::other).boxed())
    }

    pub(super) async fn put(&self, path: &Path, chunks: Vec<Bytes>) -> Result<(), Error> {
        let is_short = chunks.iter().map(Bytes::len).sum::<usize>() <= SHORT_PUT_BYTES;
        let client = if is_short { &self.quick } else { &self.patient };
        client.put(path, chunks.into_iter().collect()).await.map_err(sort_error)?;
        Ok(())
    }

    /// Deletes an object that may be gone already.
    pub(super) async fn delete(&self, path: &Path) -> Result<(), Error> {
        match self.quick.delete(path).await.map_err(sort_error) {
            Err(Error::NotFound) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// What a session's object is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionName {
    /// A session that somebody can come back to.
    Upload(UploadId),
    /// A large put: nobody can.
    Put(UploadId),
}

impl SessionName {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name.strip_prefix("put-") {
            Some(id) => id.parse().ok().map(Self::Put),
            None => name.parse().ok().map(Self::Upload),
        }
    }
}

impl std::fmt::Display for SessionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Upload(id) => write!(f, "{id}"),
            Self::Put(id) => write!(f, "put-{id}"),
        }
    }
}

/// A key of a new generation for content known by its digest.
pub(super) fn key_by_digest(digest: &Digest) -> StorageKey {
    let hex = digest.hex();
    let shard = hex.get(..2).unwrap_or(hex);
    let generation = uuid::Uuid::new_v4().simple();
    StorageKey(format!("blobs/{}/{shard}/{hex}.{generation}", digest.algorithm().as_str()))
}

pub(super) fn key_by_upload(id: &UploadId) -> StorageKey {
    StorageKey(format!("blobs/uploads/{id}"))
}

fn is_plain_http(endpoint: Option<&str>) -> bool {
    endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"))
}

fn client_options(endpoint: Option<&str>, read_timeout: Duration) -> ClientOptions {
    let is_plain_http = is_plain_http(endpoint);
    ClientOptions::new()
        .with_allow_http(is_plain_http)
        // Loading them takes time, and fails where none are installed.
        .with_no_system_certificates(is_plain_http)
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_read_timeout(read_timeout)
        // It would cut off long downloads.
        .with_timeout_disabled()
}

fn builder(config: &S3Config, endpoint: Option<&str>, read_timeout: Duration) -> AmazonS3Builder {
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            base: 2.0,
        },
        max_retries: RETRIES,
        retry_timeout: RETRY_FOR,
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&config.bucket)
        .with_region(&config.region)
        .with_access_key_id(&config.credentials.access_key_id)
        .with_secret_access_key(config.credentials.secret_access_key.expose())
        .with_virtual_hosted_style_request(!config.path_style)
        // Over TLS the bytes are protected already; signing them would hash everything twice.
        .with_unsigned_payload(!is_plain_http(endpoint))
        .with_client_options(client_options(endpoint, read_timeout))
        .with_retry(retry);
    if let Some(token) = &config.credentials.session_token {
        builder = builder.with_token(token.expose());
    }
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(bucket_endpoint(config, endpoint));
    }
    builder
}

/// The library wants the bucket in the address when it is not in the path.
fn bucket_endpoint(config: &S3Config, endpoint: &str) -> String {
    match endpoint.split_once("://") {
        Some((scheme, rest)) if !config.path_style => format!("{scheme}://{}.{rest}", config.bucket),
        _ => endpoint.to_owned(),
    }
}

/// Sorts an S3 error by what the caller can do about it.
pub(super) fn sort_error(error: object_store::Error) -> Error {
    let text = error.to_string();
    if ["StorageFull", "QuotaExceeded", "InsufficientStorage"].iter().any(|code| text.contains(code)) {
        return Error::NoSpace(std::io::Error::new(std::io::ErrorKind::StorageFull, error));
    }
    if text.contains("NoSuchBucket") {
        return Error::Unavailable(Box::new(error));
    }
    match &error {
        object_store::Error::NotFound { .. } => Error::NotFound,
        object_store::Error::Precondition { .. } | object_store::Error::AlreadyExists { .. } => Error::Busy,
        _ if is_transport_error(&error) || is_server_error(&text) => Error::Unavailable(Box::new(error)),
        _ => Error::Other(Box::new(error)),
    }
}

fn is_transport_error(error: &object_store::Error) -> bool {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<HttpError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// The library keeps the type with the status to itself; its text is all there is.
fn is_server_error(text: &str) -> bool {
    let status = text.split_once("status code: ").map(|(_, rest)| rest);
    status.is_some_and(|status| ["5", "429", "408"].iter().any(|code| status.starts_with(code)))
        // A success status with an error in the body (`InternalError`, `SlowDown`).
        || text.contains("Server returned error response")
}
