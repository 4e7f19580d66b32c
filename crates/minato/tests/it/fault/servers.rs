//! `PostgreSQL` and S3 of a test's own, which can be stopped and started again.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::process::{signal, tool};

/// A server started by one of the scripts of the tests.
pub(super) struct Server {
    script: String,
    folder: TempDir,
    /// What the script says: an address.
    pub(super) address: String,
    pid: u32,
    argv: Vec<String>,
    environment: Vec<(String, String)>,
    working_folder: PathBuf,
    owner: (u32, u32),
    respawned: Option<Child>,
}

impl Server {
    /// Starts it; `pid_file` is where the script's server leaves its process id.
    pub(super) fn start(name: &str, pid_file: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The server may run as another user.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let place = folder.path().join("server");
        let script = tool(name);
        let output =
            Command::new(&script).arg("start").arg(&place).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{name} does not start");
        let address = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let text = std::fs::read_to_string(place.join(pid_file)).unwrap();
        let pid: u32 = text.lines().next().unwrap().trim().parse().unwrap();
        let parts = |file: &str| -> Vec<String> {
            let bytes = std::fs::read(format!("/proc/{pid}/{file}")).unwrap();
            let texts = bytes.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
            texts.filter(|text| !text.is_empty()).collect()
        };
        let process = std::fs::metadata(format!("/proc/{pid}/cmdline")).unwrap();
        let environment = parts("environ");
        let environment = environment.iter().filter_map(|pair| pair.split_once('='));
        Self {
            script,
            address,
            pid,
            argv: parts("cmdline"),
            environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            working_folder: std::fs::read_link(format!("/proc/{pid}/cwd")).unwrap(),
            owner: (process.uid(), process.gid()),
            respawned: None,
            folder,
        }
    }

    /// Signals it and its children: it first, so that none are new meanwhile.
    fn signal_all(&self, name: &str) {
        signal(name, self.pid);
        let path = format!("/proc/{0}/task/{0}/children", self.pid);
        let children = std::fs::read_to_string(path).unwrap_or_default();
        for pid in children.split_whitespace() {
            signal(name, pid.parse().unwrap());
        }
    }

    /// Connections stay open, and nothing is answered.
    pub(super) fn freeze(&self) {
        self.signal_all("-STOP");
    }

    /// Undoes [`freeze`](Self::freeze).
    pub(super) fn thaw(&self) {
        self.signal_all("-CONT");
    }

    /// Ends it, at once. Connections are refused from now on.
    pub(super) fn stop(&mut self) {
        signal("-QUIT", self.pid);
        if let Some(mut child) = self.respawned.take() {
            child.wait().unwrap();
        }
        while std::fs::exists(format!("/proc/{}", self.pid)).unwrap() && !self.is_zombie() {
            std::thread::yield_now();
        }
    }

    fn is_zombie(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with('Z'))
    }

    /// Starts it again as it was.
    pub(super) fn restart(&mut self) {
        let executable = &self.argv[0];
        let mut command = Command::new(executable);
        command.args(&self.argv[1..]).env_clear().envs(self.environment.iter().cloned());
        command.current_dir(&self.working_folder).uid(self.owner.0).gid(self.owner.1);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.pid = child.id();
        self.respawned = Some(child);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.thaw();
        match &mut self.respawned {
            Some(child) => {
                let _ = signal("-QUIT", self.pid);
                let _ = child.wait();
            }
            None => {
                let _ =
                    Command::new(&self.script).arg("stop").arg(self.folder.path().join("server")).status();
            }
        }
    }
}
