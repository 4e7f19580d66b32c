//! The one struct of parts that everything runs on.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use minato_clients::{Guard, Outbound};
use minato_db::Db;
use minato_store::BlobStore;
use minato_types::clock::Clock;

use crate::audit::Queue;
use crate::authn::password::Verified;
use crate::authn::throttle::Throttle;
use crate::cache::Cache;
use crate::metrics::{LogLosses, Metrics};
use crate::pull::Recorder;
use crate::settings::{Changes, Remembered};
use crate::token::TokenService;
use crate::webhook::pulls::Pulls;
use crate::{Error, Result};

/// Minato's parts, shared by everything that runs.
pub struct App {
    pub(crate) db: Db,
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) startup: Startup,
    pub(crate) cache: Cache,
    pub(crate) tokens: TokenService,
    pub(crate) verified: Verified,
    pub(crate) throttle: Throttle,
    pub(crate) pulls: Recorder,
    pub(crate) remembered_settings: Remembered,
    pub(crate) audit: Queue,
    pub(crate) told_pulls: Pulls,
    pub(crate) outbound: Outbound,
    /// What clients call this registry by, as one of them did last.
    host: RwLock<Arc<str>>,
    /// Where this process listens, if nobody but this machine can come there.
    listening: OnceLock<String>,
    pub(crate) metrics: Metrics,
}

/// What an [`App`] is built from.
pub struct Parts {
    /// The database, with its schema up to date.
    pub db: Db,
    /// Where blobs live.
    pub store: Arc<dyn BlobStore>,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// What start-up configuration decided.
    pub startup: Startup,
}

/// Start-up configuration as far as it changes what is done.
#[derive(Clone, Debug)]
pub struct Startup {
    /// How long an upload session may stay unfinished.
    pub upload_lifetime: Duration,
    /// How often pull times and counts are written.
    pub pull_flush_interval: Duration,
    /// How often expired upload sessions are looked for.
    pub sweep_interval: Duration,
    /// When garbage is collected.
    pub gc: GcTimes,
    /// How long deletions can be undone; 0 for not at all.
    pub undo_period: Duration,
    /// What may be called from here.
    pub outbound: Guard,
    /// How many tasks this process runs at once; 0 leaves them to others.
    pub job_workers: usize,
    /// How long a task is a process's own without a sign of life.
    pub job_lease: Duration,
    /// How long a robot's secret stays good after it was replaced.
    pub robot_secret_overlap: Duration,
    /// Settings that are set at every start; none can be changed later then.
    pub overwritten_settings: Option<Changes>,
    /// Certificate of the authority that people have to trust to come here by TLS, as PEM.
    pub authority: Option<String>,
    /// How many log lines were lost.
    pub log_losses: Arc<LogLosses>,
    /// The public address, by which scanners come, without a slash at its end.
    pub external_url: Option<String>,
    /// By what address scanners come that are to use the one inside, without a slash at its end.
    pub internal_url: Option<String>,
    /// How long a scanner is left alone before it is asked for a report, the first time and at least.
    pub scan_pause: Duration,
}

/// When garbage is collected.
#[derive(Clone, Copy, Debug)]
pub struct GcTimes {
    /// How long the bytes of what was deleted stay, for those who are reading them.
    pub delay: Duration,
    /// How long a blob stays that a push has named and no manifest needs yet.
    pub hold: Duration,
    /// How often garbage is looked for.
    pub interval: Duration,
}

impl Default for GcTimes {
    fn default() -> Self {
        Self {
            delay: Duration::from_mins(2),
            hold: Duration::from_hours(1),
            interval: Duration::from_secs(30),
        }
    }
}

impl Default for Startup {
    fn default() -> Self {
        Self {
            upload_lifetime: Duration::from_hours(24),
            pull_flush_interval: Duration::from_secs(10),
            sweep_interval: Duration::from_mins(1),
            gc: GcTimes::default(),
            undo_period: Duration::ZERO,
            outbound: Guard::default(),
            job_workers: 10,
            job_lease: Duration::from_secs(30),
            robot_secret_overlap: Duration::from_mins(5),
            overwritten_settings: None,
            authority: None,
            log_losses: Arc::default(),
            external_url: None,
            internal_url: None,
            scan_pause: Duration::from_secs(2),
        }
    }
}

impl App {
    /// Puts the parts together; reads (or, at the very first start, makes) the token key.
    pub async fn new(parts: Parts) -> Result<Arc<Self>> {
        let tokens = TokenService::load(&parts.db, parts.clock.as_ref()).await?;
        let cache = Cache::new(parts.db.is_exclusive());
        Ok(Arc::new(Self {
            cache,
            tokens,
            verified: Verified::new()?,
            throttle: Throttle::default(),
            pulls: Recorder::default(),
            remembered_settings: Remembered::default(),
            audit: Queue::default(),
            told_pulls: Pulls::default(),
            outbound: Outbound::new(parts.startup.outbound.clone()).map_err(Error::internal)?,
            host: RwLock::new("localhost".into()),
            listening: OnceLock::new(),
            metrics: Metrics::default(),
            db: parts.db,
            store: parts.store,
            clock: parts.clock,
            startup: parts.startup,
        }))
    }

    /// Start-up configuration.
    pub fn startup(&self) -> &Startup {
        &self.startup
    }

    /// Remembers the address by which a client called, without a slash at its end; for what is told
    /// when no client is there.
    pub fn note_address(&self, base_url: &str) {
        let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        if *self.host() != *host {
            *self.host.write().unwrap_or_else(PoisonError::into_inner) = host.into();
        }
    }

    /// What clients call this registry by: `registry.example.com`, with a port if it has one.
    pub(crate) fn host(&self) -> Arc<str> {
        Arc::clone(&self.host.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says where this process listens. An address of this machine only is where scanners come as long as no
    /// public one is set: on one machine nothing has to be set.
    pub fn note_listening(&self, scheme: &str, address: SocketAddr) {
        if address.ip().is_loopback() {
            self.listening.get_or_init(|| format!("{scheme}://{address}"));
        }
    }

    /// By what address others come: what was configured, never what a client called by.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.startup.external_url.as_deref().or_else(|| self.listening.get().map(String::as_str))
    }

    /// Where time comes from.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Number of SQL statements run so far, for tests that bound them.
    pub fn statements(&self) -> u64 {
        self.db.statements()
    }

    /// Writes what is still in memory and closes the database. The last call on an `App`.
    pub async fn close(&self) -> Result<()> {
        let pulls = crate::pull::flush(self).await;
        let audit = crate::audit::flush(self).await;
        let jobs = crate::job::throughput::flush(self).await;
        self.db.close().await;
        pulls.and(audit).and(jobs)
    }
}
