//! A whole Minato, listening.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use minato_clients::Guard;
use minato_core::{App, Background, GcTimes, Parts, Startup, setup};
use minato_db::Db;
use minato_store::BlobStore;
use minato_types::clock::{Clock as _, MovableClock};
use minato_types::project::Role;
use minato_types::secret::Secret;
use minato_web::{Answers, Ingress, MetricsPage, Proxy, Server};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::backend::Backend;
use crate::browser::Browser;
use crate::persona::Persona;

/// Everybody's password.
pub const PASSWORD: &str = "Correct1horse";

/// Answers on a free port until the second is dropped.
async fn listen(answers: impl Answers) -> (SocketAddr, oneshot::Sender<()>) {
    let server = Server::bind(([127, 0, 0, 1], 0).into(), None, answers).await.unwrap();
    let address = server.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(server.run(
        async {
            let _ = stopped.await;
        },
        Duration::from_secs(1),
    ));
    (address, stop)
}

/// Receivers and scanners on this machine may be called.
fn telling() -> Startup {
    let outbound = Guard { allow: vec!["127.0.0.0/8".parse().unwrap()], deny: Vec::new() };
    Startup { outbound, scan_pause: Duration::from_millis(5), ..Startup::default() }
}

/// Nothing is swept or collected but when it is asked for.
fn untidy() -> Startup {
    let day = Duration::from_hours(24);
    let gc = GcTimes { interval: day, ..GcTimes::default() };
    Startup { gc, sweep_interval: day, ..Startup::default() }
}

/// A running instance; dropping it stops it.
pub struct TestApp {
    address: SocketAddr,
    clock: Arc<MovableClock>,
    app: Arc<App>,
    db: Db,
    backend: Backend,
    folder: Arc<TempDir>,
    metrics: MetricsPage,
    _stop: oneshot::Sender<()>,
}

impl TestApp {
    /// Starts an instance on a place of its own.
    pub async fn start() -> Self {
        Self::start_with(Ingress::default()).await
    }

    /// As [`start`](Self::start), reached as `ingress` says.
    pub async fn start_with(ingress: Ingress) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let backend = Backend::new(folder.path()).await;
        Self::start_on(backend, folder, ingress, Startup::default()).await
    }

    /// As [`start`](Self::start), with garbage collected at these times by whoever [`work`](Self::work)s.
    pub async fn start_collecting(gc: GcTimes) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let backend = Backend::new(folder.path()).await;
        Self::start_on(backend, folder, Ingress::default(), Startup { gc, ..Startup::default() }).await
    }

    /// As [`start_untidy`](Self::start_untidy), where deletions can be undone for so long.
    pub async fn start_undoing(undo_period: Duration) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let backend = Backend::new(folder.path()).await;
        let startup = Startup { undo_period, ..untidy() };
        Self::start_on(backend, folder, Ingress::default(), startup).await
    }

    /// As [`start`](Self::start), with somebody who looks all the time whether something has expired.
    pub async fn start_sweeping() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let backend = Backend::new(folder.path()).await;
        let startup = Startup { sweep_interval: Duration::from_millis(20), ..Startup::default() };
        Self::start_on(backend, folder, Ingress::default(), startup).await
    }

    /// As [`start`](Self::start), with nothing swept or collected but when it is asked for.
    pub async fn start_untidy() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let backend = Backend::new(folder.path()).await;
        Self::start_on(backend, folder, Ingress::default(), untidy()).await
    }

    /// As [`start`](Self::start), with receivers and scanners on this machine allowed.
    pub async fn start_telling() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let backend = Backend::new(folder.path()).await;
        Self::start_on(backend, folder, Ingress::default(), telling()).await
    }

    /// As [`start_telling`](Self::start_telling), listening where others could come, and not knowing by which
    /// address they do.
    pub async fn start_unknown() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let backend = Backend::new(folder.path()).await;
        Self::start_unknown_on(backend, folder, Ingress::default(), telling()).await
    }

    /// As [`start_with`](Self::start_with), with clients sent to S3; `None` where there is no S3.
    pub async fn start_redirecting(ingress: Ingress) -> Option<Self> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut backend = Backend::new(folder.path()).await;
        backend.s3_url = Some(format!("{}&redirect=true", backend.s3_url?));
        Some(Self::start_on(backend, folder, ingress, Startup::default()).await)
    }

    /// Starts another instance on the same database and store; `None` where those are for one only.
    pub async fn replica(&self) -> Option<Self> {
        if !self.backend.is_shared() {
            return None;
        }
        let (folder, startup) = (Arc::clone(&self.folder), self.app.startup().clone());
        Some(Self::start_on(self.backend.clone(), folder, Ingress::default(), startup).await)
    }

    /// Does what goes on beside requests, jobs too, until dropped.
    pub fn work(&self) -> Background {
        Background::start(&self.app)
    }

    /// Its store, to look past it.
    pub fn store(&self) -> Arc<dyn BlobStore> {
        self.backend.store(self.folder.path())
    }

    /// Where the store keeps blobs: all that there are.
    pub async fn stored(&self) -> Vec<String> {
        if let Some(config) = self.backend.s3() {
            return crate::bucket::list_objects(&config, "blobs/").await;
        }
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().join("storage/blobs")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.to_str().unwrap().to_owned());
                }
            }
        }
        found
    }

    /// Writes what the store has under a name, past the store.
    pub async fn overwrite(&self, name: &str, bytes: &[u8]) {
        match self.backend.s3() {
            Some(config) => crate::bucket::put_object(&config, name, bytes).await,
            None => std::fs::write(self.folder.path().join("storage").join(name), bytes).unwrap(),
        }
    }

    /// Where it runs, to look past it.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    async fn start_on(backend: Backend, folder: Arc<TempDir>, ingress: Ingress, startup: Startup) -> Self {
        let started = Self::start_unknown_on(backend, folder, ingress, startup).await;
        started.app.note_listening("http", started.address);
        started
    }

    async fn start_unknown_on(
        backend: Backend,
        folder: Arc<TempDir>,
        ingress: Ingress,
        startup: Startup,
    ) -> Self {
        let clock = Arc::new(MovableClock::default());
        let db = Db::open(&backend.database).await.unwrap();
        let parts = Parts {
            db: db.clone(),
            store: backend.store(folder.path()),
            clock: Arc::new(Arc::clone(&clock)),
            startup,
        };
        let app = App::new(parts).await.unwrap();
        setup::first_start(&app, &Secret::new(PASSWORD)).await.unwrap();
        let proxy = Proxy::new(Arc::clone(&app), ingress);
        let metrics = proxy.metrics();
        let (address, stop) = listen(proxy).await;
        Self { address, clock, app, db, backend, folder, metrics, _stop: stop }
    }

    /// Whoever reads its figures, on a listener of their own, until the second is dropped.
    pub async fn metrics(&self) -> (Persona, oneshot::Sender<()>) {
        let (address, stop) = listen(self.metrics.clone()).await;
        (Persona::anonymous(address), stop)
    }

    /// Whether its blobs are in a bucket.
    pub fn is_on_s3(&self) -> bool {
        self.backend.s3_url.is_some()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its parts, for what has no HTTP interface.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Its database, to arrange and to look.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Its time, which can be moved.
    pub fn clock(&self) -> &MovableClock {
        &self.clock
    }

    /// Moves its time on to five minutes past noon (UTC): neither the day nor the hour ends while a test runs.
    pub fn advance_to_noon(&self) {
        let (day, noon) = (24 * 3600, 12 * 3600 + 300);
        let left = (noon - self.clock.now().as_secs()).rem_euclid(day);
        self.clock.advance(Duration::from_secs(left.unsigned_abs()));
    }

    /// The system administrator.
    pub fn admin(&self) -> Persona {
        Persona::user(self.address, "admin", PASSWORD)
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Persona {
        Persona::anonymous(self.address)
    }

    /// A new user without any role.
    pub async fn user(&self, name: &str) -> Persona {
        let body = serde_json::json!({
            "username": name, "email": format!("{name}@example.com"), "realname": name, "password": PASSWORD,
        });
        self.admin().post_json("/api/v2.0/users", &body).await.expect_status(201);
        Persona::user(self.address, name, PASSWORD)
    }

    /// A new user with a role in a project.
    pub async fn member(&self, name: &str, role: Role, project: &str) -> Persona {
        let persona = self.user(name).await;
        let body = serde_json::json!({ "role_id": role.id(), "member_user": { "username": name } });
        let path = format!("/api/v2.0/projects/{project}/members");
        self.admin().post_json(&path, &body).await.expect_status(201);
        persona
    }

    /// Somebody in front of a browser.
    pub fn browser(&self) -> Browser {
        Browser::new(self.anonymous())
    }

    /// Changes a setting before any was read: an instance that has a database for itself does not
    /// look twice.
    pub async fn set(&self, name: &str, value: &serde_json::Value) {
        let mut tx = self.db.begin().await.unwrap();
        minato_db::setting::upsert(&mut tx, name, &value.to_string(), self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.clock.advance(Duration::from_secs(1));
    }

    /// A new project made by the administrator.
    pub async fn project(&self, name: &str, public: bool) {
        let body = serde_json::json!({ "project_name": name, "metadata": { "public": public.to_string() } });
        self.admin().post_json("/api/v2.0/projects", &body).await.expect_status(201);
    }

    /// A new robot of the system with these pairs, `resource:action`, in a project; nobody's own
    /// robot, so that it holds these and nothing by implication.
    pub async fn robot(&self, name: &str, project: &str, pairs: &[&str]) -> Persona {
        let access = pairs.iter().map(|pair| {
            let (resource, action) = pair.split_once(':').unwrap();
            serde_json::json!({ "resource": resource, "action": action })
        });
        let access: Vec<_> = access.collect();
        let body = serde_json::json!({
            "name": name, "level": "system", "duration": -1,
            "permissions": [{ "kind": "project", "namespace": project, "access": access }],
        });
        self.robot_of(&body).await
    }

    /// A new robot made by the administrator as `body` says.
    pub async fn robot_of(&self, body: &serde_json::Value) -> Persona {
        let made = self.admin().post_json("/api/v2.0/robots", body).await.with_status(201).json();
        Persona::user(self.address, made["name"].as_str().unwrap(), made["secret"].as_str().unwrap())
    }
}
