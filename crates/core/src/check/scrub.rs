//! Reads all blobs again, one after another, and compares them with their digests.
//!
//! How far a round has come is kept in the database: whoever goes on, after a stop or at the next
//! scheduled time, goes on there. A blob that is stored anew behind that place is read in the next
//! round.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use minato_db::check::{self, Checked, State};
use minato_db::task::Claimed;
use minato_queue::{Cx, JobError, Unit};
use minato_store::hashing::hash_stream;
use minato_store::{ByteStream, StorageKey};
use minato_types::digest::Digest;
use minato_types::id::BlobId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::desk::{Desk, Done, store_error};
use super::report::What;
use crate::job::JobKind;
use crate::{App, Error, Result};

const KIND: &str = JobKind::Scrub.as_str();

const MIB: f64 = 1_048_576.0;

/// How often the place is written down.
const SAVE: Duration = Duration::from_secs(1);

/// What to do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Mebibytes that are read in a second, at most.
    pub(crate) rate: u32,
    /// Marks damaged blobs and sets their bytes aside; otherwise nothing is changed.
    pub(crate) repair: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { rate: 20, repair: true }
    }
}

impl Parameters {
    pub(super) fn check(self) -> Result<()> {
        if (1..=100_000).contains(&self.rate) {
            Ok(())
        } else {
            Err(Error::invalid("parameters.rate", "expected mebibytes in a second, from 1 to 100000"))
        }
    }
}

/// Runs the job: goes on with the round that was broken off, or begins one, and ends with it.
pub(crate) async fn run(
    app: &App,
    task: &Claimed,
    parameters: Parameters,
    cx: &Cx,
) -> Done<Map<String, Value>> {
    let mut conn = app.db.read().await?;
    let state = check::get_state(&mut conn, KIND).await?;
    let (before, total) = check::sum_bytes(&mut conn, state.position).await?;
    drop(conn);
    let [done, total] = [before, total].map(|bytes| u64::try_from(bytes).unwrap_or_default());
    let rate = f64::from(parameters.rate) * MIB;
    let mut desk = Desk::new(app, task, cx, parameters.repair);
    (desk.total, desk.unit) = (total, Unit::Bytes { most_per_second: rate });
    if state.position != BlobId(0) {
        cx.info(format!("goes on behind blob {}", state.position));
    }
    cx.info(format!("reads {} bytes, {} MiB in a second at most", total - done, parameters.rate));
    let mut round = Round { desk, state, rate, done, saved_at: Instant::now() };
    let outcome = round.run().await;
    // Whatever ended it.
    round.save().await?;
    round.desk.tell();
    outcome?;
    round.desk.end();
    Ok(Map::new())
}

struct Round<'a> {
    desk: Desk<'a>,
    state: State,
    /// Bytes in a second.
    rate: f64,
    /// Bytes of the blobs up to the place.
    done: u64,
    saved_at: Instant,
}

impl Round<'_> {
    async fn run(&mut self) -> Done<()> {
        const BATCH: i64 = 100;
        loop {
            let mut conn = self.desk.app.db.read().await?;
            let blobs = check::list_by_id(&mut conn, self.state.position, BATCH).await?;
            drop(conn);
            if blobs.is_empty() {
                let State { findings, bytes, .. } = self.state;
                let ended_at = Some(self.desk.app.clock.now());
                self.state = State { bytes, ended_at, found: findings, ..State::default() };
                return Ok(());
            }
            for blob in &blobs {
                self.look_at(blob).await?;
                self.state.position = blob.id;
                self.done += blob.size;
                if self.saved_at.elapsed() >= SAVE {
                    self.save().await?;
                }
                self.desk.checkpoint(self.done).await?;
            }
        }
    }

    async fn save(&mut self) -> Result<()> {
        let mut tx = self.desk.app.db.begin().await?;
        check::put_state(&mut tx, KIND, &self.state).await?;
        tx.commit().await?;
        self.saved_at = Instant::now();
        Ok(())
    }

    async fn look_at(&mut self, blob: &Checked) -> Done<()> {
        let before = self.desk.report.total();
        self.verify(blob).await?;
        self.desk.report.blobs += 1;
        self.state.findings += i64::try_from(self.desk.report.total() - before).unwrap_or_default();
        Ok(())
    }

    async fn verify(&mut self, blob: &Checked) -> Done<()> {
        /// A broken connection is no damage.
        const TRIES: usize = 3;
        let key = StorageKey(blob.storage_key.clone());
        let mut failure = None;
        for _ in 0..TRIES {
            match self.desk.app.store.stat(&key).await.map_err(store_error)? {
                None => return Ok(self.desk.damaged(blob, What::Missing, blob.size).await?),
                Some(size) if size != blob.size => {
                    return Ok(self.desk.damaged(blob, What::Size, size).await?);
                }
                Some(_) => {}
            }
            match self.hash(blob, &key).await? {
                Ok(digest) if digest == blob.digest => return Ok(self.desk.recovered(blob).await?),
                Ok(_) => return Ok(self.desk.damaged(blob, What::Content, blob.size).await?),
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure {
            self.desk.cx.error(format!("{}: {error}", blob.digest));
        }
        Ok(self.desk.damaged(blob, What::Unreadable, blob.size).await?)
    }

    /// Hashes a blob, no faster than it may be read.
    async fn hash(&mut self, blob: &Checked, key: &StorageKey) -> Done<io::Result<Digest>> {
        let stream = match self.desk.app.store.read_afresh(key, blob.size).await {
            Ok(stream) => stream,
            // It went since; the next look at it tells.
            Err(minato_store::Error::NotFound) => return Ok(Err(io::ErrorKind::NotFound.into())),
            Err(error @ minato_store::Error::Unavailable(_)) => return Err(store_error(error)),
            Err(error) => return Ok(Err(io::Error::other(error))),
        };
        let read = Arc::new(AtomicU64::new(0));
        let stream = paced(stream, self.rate, Arc::clone(&read));
        let mut hashing = std::pin::pin!(hash_stream(stream, blob.digest.algorithm()));
        let mut ticks = tokio::time::interval(SAVE);
        let hashed = loop {
            tokio::select! {
                hashed = &mut hashing => break hashed,
                () = self.desk.cx.stopped() => return Err(JobError::Stopped),
                _ = ticks.tick() => self.desk.checkpoint(self.done + read.load(Ordering::Relaxed)).await?,
            }
        };
        if hashed.is_ok() {
            self.desk.report.bytes += blob.size;
            self.state.bytes += i64::try_from(blob.size).unwrap_or_default();
        }
        Ok(hashed)
    }
}

/// The same stream with `rate` bytes in a second at most, which are counted.
fn paced(stream: ByteStream, rate: f64, read: Arc<AtomicU64>) -> ByteStream {
    let mut due = tokio::time::Instant::now();
    Box::pin(stream.and_then(move |chunk| {
        #[expect(clippy::cast_precision_loss, reason = "a chunk is small")]
        let takes = Duration::from_secs_f64(chunk.len() as f64 / rate);
        due = due.max(tokio::time::Instant::now()) + takes;
        let read = Arc::clone(&read);
        async move {
            tokio::time::sleep_until(due).await;
            read.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            Ok(chunk)
        }
    }))
}
