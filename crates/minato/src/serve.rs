//! The life of the process: open everything, serve, and end in order.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use minato_core::metrics::LogLosses;
use minato_core::{App, Background, Parts, Startup, setup};
use minato_db::Db;
use minato_store::BlobStore;
use minato_store::disk::DiskStore;
use minato_store::s3::S3Store;
use minato_types::clock::SystemClock;
use minato_types::secret::Secret;
use minato_web::{Ingress, MetricsPage, Proxy, Server};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::{Config, Storage};
use crate::{tls, traces};

/// Name of the file in the data folder that keeps the password made up at the first start.
const PASSWORD_FILE: &str = "admin-password";

/// Runs until a signal to stop comes.
pub async fn run(config: Config, log_losses: Arc<LogLosses>) -> Result<()> {
    make_data_dir(&config.data_dir)?;
    let _lock = lock(&config)?;
    let tls = config.tls.as_ref().map(tls::load).transpose()?;
    let app = open(&config, log_losses).await?;
    minato_core::settings::overwrite(&app).await.context("the settings can't be overwritten")?;
    let password = make_admin(&app, &config).await?;
    let ingress = Ingress {
        external_url: config.external_url.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        tls: tls.is_some(),
        redirect_clients: config.redirect_clients.clone(),
        traces: config.traces.as_ref().map(|_| traces::HOOKS),
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let proxy = Proxy::new(Arc::clone(&app), ingress);
    let figures = Figures::start(&config, proxy.metrics()).await?;
    let server = Server::bind(config.listen, tls, proxy)
        .await
        .with_context(|| format!("can't listen on {}", config.listen))?;
    let listening = server.local_addr()?;
    app.note_listening(scheme, listening);
    let address = format!("{scheme}://{listening}");
    let stop = stop_signal()?;
    let background = Background::start(&app);
    greet(&config, &address, password.as_ref(), figures.as_ref());
    tracing::info!(address, version = env!("CARGO_PKG_VERSION"), "ready");
    let drained = server.run(stop, config.shutdown_grace).await;
    if !drained {
        tracing::warn!("some requests were cut off, as they had not ended in time");
    }
    background.stop().await;
    if let Some(figures) = figures {
        figures.stop().await;
    }
    app.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// The listener that tells figures, until the last request has ended.
struct Figures {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    serving: JoinHandle<bool>,
}

impl Figures {
    async fn start(config: &Config, page: MetricsPage) -> Result<Option<Self>> {
        let Some(address) = config.metrics_listen else { return Ok(None) };
        let server = Server::bind(address, None, page)
            .await
            .with_context(|| format!("can't listen on {address} for metrics"))?;
        let (end, ended) = oneshot::channel();
        let address = server.local_addr()?;
        let ended = async {
            let _ = ended.await;
        };
        let serving = tokio::spawn(server.run(ended, Duration::from_secs(1)));
        Ok(Some(Self { address, end, serving }))
    }

    async fn stop(self) {
        drop(self.end);
        let _ = self.serving.await;
    }
}

/// The certificate by which others can check our tokens, as PEM. May be asked for while the
/// registry runs.
pub async fn token_certificate(config: &Config) -> Result<String> {
    make_data_dir(&config.data_dir)?;
    let app = open(config, Arc::default()).await?;
    let certificate = minato_core::token::certificate(&app).to_owned();
    app.close().await?;
    Ok(certificate)
}

/// Opens database and store, and puts the parts together.
pub(crate) async fn open(config: &Config, log_losses: Arc<LogLosses>) -> Result<Arc<App>> {
    let parts = Parts {
        db: Db::open(&config.database).await.context("the database can't be opened")?,
        store: open_store(&config.storage)?,
        clock: Arc::new(SystemClock),
        startup: Startup {
            upload_lifetime: config.upload_lifetime,
            sweep_interval: config.sweep_interval,
            gc: config.gc,
            undo_period: config.undo_period,
            outbound: config.outbound.clone(),
            external_url: config.external_url.clone(),
            internal_url: config.internal_url.clone(),
            job_workers: config.job_workers,
            job_lease: config.job_lease,
            robot_secret_overlap: config.robot_secret_overlap,
            overwritten_settings: config.overwritten_settings.clone(),
            authority: config.tls_authority.as_deref().map(tls::authority).transpose()?,
            log_losses,
            ..Startup::default()
        },
    };
    Ok(App::new(parts).await?)
}

fn make_data_dir(path: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("the data folder `{}` can't be made", path.display()))
}

/// Makes sure that nobody else uses the embedded database. The lock goes with the process, however
/// that ends.
pub(crate) fn lock(config: &Config) -> Result<Option<File>> {
    if !matches!(config.database, minato_db::Options::Sqlite { .. }) {
        return Ok(None);
    }
    let path = config.data_dir.join("lock");
    let file = File::create(&path).with_context(|| format!("`{}` can't be made", path.display()))?;
    if file.try_lock().is_err() {
        bail!(
            "another Minato uses the data folder `{}`; stop it, or give this one another `data_dir`",
            config.data_dir.display()
        );
    }
    Ok(Some(file))
}

fn open_store(storage: &Storage) -> Result<Arc<dyn BlobStore>> {
    Ok(match storage {
        Storage::Disk(path) => {
            let store = DiskStore::open(path);
            Arc::new(store.with_context(|| format!("the storage `{}` can't be opened", path.display()))?)
        }
        Storage::S3(config) => Arc::new(S3Store::new(config).context("the storage can't be opened")?),
    })
}

/// At the first start, makes the administrator; returns the password if it was made up.
async fn make_admin(app: &App, config: &Config) -> Result<Option<Secret>> {
    if setup::is_done(app).await? {
        return Ok(None);
    }
    if let Some(given) = &config.admin_password {
        let made = setup::first_start(app, given).await;
        made.context("the value of `admin_password` (variable `MINATO_ADMIN_PASSWORD`) can't be used")?;
        return Ok(None);
    }
    let made_up = setup::generate_password()?;
    // Kept before it counts: a password that nobody knows would lock everybody out.
    keep_password(&config.data_dir.join(PASSWORD_FILE), &made_up)?;
    if setup::first_start(app, &made_up).await? {
        return Ok(Some(made_up));
    }
    // Another replica was faster, and its password is the one that counts.
    std::fs::remove_file(config.data_dir.join(PASSWORD_FILE))?;
    Ok(None)
}

fn keep_password(path: &Path, password: &Secret) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        writeln!(file, "{}", password.expose())?;
        file.sync_all()?;
        // Its name as well: it must not be lost with the power when the database is not.
        File::open(path.parent().unwrap_or(path))?.sync_all()
    };
    write().with_context(|| format!("the first password can't be kept in `{}`", path.display()))
}

/// Tells a person where to look and how to sign in.
#[expect(clippy::print_stdout, reason = "for the person who started it")]
fn greet(config: &Config, address: &str, password: Option<&Secret>, figures: Option<&Figures>) {
    let file = config.data_dir.join(PASSWORD_FILE);
    let shown = config.external_url.as_deref().unwrap_or(address);
    println!("Minato listens on {address}");
    println!("  data:    {}", config.data_dir.display());
    println!("  console: {shown}/");
    if let Some(figures) = figures {
        println!("  metrics: http://{}/metrics", figures.address);
    }
    match password {
        Some(password) => println!("  sign in: admin / {}   (kept in {})", password.expose(), file.display()),
        None if file.exists() => println!("  sign in: admin, first password in {}", file.display()),
        None => println!("  sign in: admin"),
    }
}

/// Done when somebody asks the process to end.
fn stop_signal() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}
