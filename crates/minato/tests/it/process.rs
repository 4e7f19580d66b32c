//! Minato as a process: the real binary, which can be killed, starved and started again on
//! what it left behind.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use minato_db::Options;
use minato_testkit::app::PASSWORD;
use minato_testkit::backend::Backend;
use minato_testkit::{Answer, Persona};
use reqwest::RequestBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

const BINARY: &str = env!("CARGO_BIN_EXE_minato");
/// Log lines kept to be shown when something goes wrong.
const KEPT_LINES: usize = 60;

/// What outlives a process: the data folder, the database and the store.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) backend: Backend,
}

/// A running process; dropping it kills it.
pub(crate) struct Minato {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    recent: VecDeque<String>,
    /// Lines of panics and internal errors, which nothing that a test does may cause.
    defects: Vec<String>,
}

impl Place {
    /// An empty one, on the backends of this test run.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let backend = Backend::new(folder.path()).await;
        Self { folder, backend }
    }

    /// An empty one on `SQLite` and a folder, whatever this test run is for.
    pub(crate) fn local() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Options::Sqlite { path: folder.path().join("minato.db") };
        Self { folder, backend: Backend { database, s3_url: None } }
    }

    /// Starts Minato here and waits until it is healthy.
    pub(crate) async fn start(&self, settings: &[(&str, &str)]) -> Minato {
        self.start_under(&[], settings).await
    }

    /// As [`start`](Self::start), by way of a command that ends in becoming another.
    pub(crate) async fn start_under(&self, wrapper: &[&str], settings: &[(&str, &str)]) -> Minato {
        let (program, arguments) = wrapper.split_first().unwrap_or((&BINARY, &[]));
        let mut command = Command::new(program);
        command.args(arguments);
        if !wrapper.is_empty() {
            command.arg(BINARY);
        }
        command.arg("serve").current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"MINATO_"))
        {
            command.env_remove(name);
        }
        command.envs(self.environment()).envs(settings.iter().copied());
        let minato = Minato::spawn(command).await;
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if minato.health().await["status"] == "healthy" {
                return minato;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not healthy:\n{}", minato.log());
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("MINATO_LISTEN", "127.0.0.1:0".to_owned()),
            ("MINATO_DATA_DIR", self.folder.path().display().to_string()),
            ("MINATO_ADMIN_PASSWORD", PASSWORD.to_owned()),
            ("MINATO_LOG", "info,access=off".to_owned()),
            ("MINATO_LOG_FORMAT", "json".to_owned()),
        ];
        if let Options::Postgres { url, .. } = &self.backend.database {
            environment.push(("MINATO_DATABASE_URL", url.clone()));
        }
        if let Some(url) = &self.backend.s3_url {
            environment.push(("MINATO_STORAGE_URL", url.clone()));
        }
        environment
    }

    /// Runs another command of the program here, to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = Command::new(BINARY);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"MINATO_"))
        {
            command.env_remove(name);
        }
        command.envs(self.environment());
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// Writes what the store has under a name, past the store.
    pub(crate) async fn overwrite(&self, name: &str, bytes: &[u8]) {
        match self.backend.s3() {
            Some(config) => minato_testkit::bucket::put_object(&config, name, bytes).await,
            None => std::fs::write(self.folder.path().join("storage").join(name), bytes).unwrap(),
        }
    }

    /// Files of uploads in the folder.
    pub(crate) fn upload_files(&self) -> Vec<String> {
        let folder = self.folder.path().join("storage/uploads");
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Minato {
    async fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::<Mutex<Log>>::default();
        let (tell, told) = oneshot::channel();
        collect(child.stdout.take().unwrap(), &log, Some(tell));
        collect(child.stderr.take().unwrap(), &log, None);
        let address = tokio::time::timeout(Duration::from_secs(30), told).await;
        let Ok(Ok(address)) = address else {
            let _ = child.kill();
            panic!("Minato did not start:\n{}", log.lock().unwrap().text());
        };
        Self { child, address, log }
    }

    pub(crate) fn admin(&self) -> Persona {
        Persona::user(self.address, "admin", PASSWORD)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) async fn health(&self) -> Value {
        let request = Persona::anonymous(self.address).request(reqwest::Method::GET, "/api/v2.0/health");
        match attempt(request).await {
            Some(answer) if answer.status == 200 => answer.json(),
            _ => Value::Null,
        }
    }

    /// `kill -9`; returns when it is gone.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) {
        assert!(signal("-TERM", self.pid()));
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(status.success(), "{status}:\n{}", self.log());
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("did not stop:\n{}", self.log());
    }

    /// Memory in use, in MiB.
    pub(crate) fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// The last log lines.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().text()
    }

    /// Fails if it panicked or answered with an internal error.
    #[track_caller]
    pub(crate) fn expect_no_defect(&self) {
        let log = self.log.lock().unwrap();
        assert!(log.defects.is_empty(), "the log tells of defects:\n{}", log.defects.join("\n"));
    }
}

impl Drop for Minato {
    fn drop(&mut self) {
        self.end();
    }
}

impl Log {
    fn take(&mut self, line: String) {
        if line.contains("panicked at") || line.contains("\"internal error\"") {
            self.defects.push(line.clone());
        }
        self.recent.push_back(line);
        if self.recent.len() > KEPT_LINES {
            self.recent.pop_front();
        }
    }

    fn text(&self) -> String {
        self.recent.iter().cloned().collect::<Vec<_>>().join("\n")
    }
}

/// Reads an output to its end, and tells the address when it is named.
fn collect(
    output: impl Read + Send + 'static,
    log: &Arc<Mutex<Log>>,
    mut tell: Option<oneshot::Sender<SocketAddr>>,
) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let address = line.strip_prefix("Minato listens on http://").and_then(|rest| rest.parse().ok());
            if let (Some(address), Some(tell)) = (address, tell.take_if(|_| address.is_some())) {
                let _ = tell.send(address);
            }
            log.lock().unwrap().take(line);
        }
    });
}

/// Sends a request; `None` when the connection ended before the whole answer was there.
pub(crate) async fn attempt(request: RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok()?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Some(Answer { status, headers, body: response.bytes().await.ok()?.to_vec() })
}

/// Sends a signal; whether there was such a process.
pub(crate) fn signal(name: &str, pid: u32) -> bool {
    Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success()
}

/// A variable of the test run.
#[expect(clippy::disallowed_methods, reason = "how a test run says how long it may take")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says that a test could not be run on this machine, which is a failure with `CI=true`.
pub(crate) fn not_run(why: &str) {
    println!("not run: {why}");
    assert_ne!(variable("CI").as_deref(), Some("true"), "not run: {why}");
}

/// Where a script of this repository is.
pub(crate) fn tool(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    root.join("tests/tools").join(name).display().to_string()
}
