//! A scanner that finds what it was told to find: it speaks the pluggable scanner API 1.x, remembers what it
//! was asked, and answers as badly as it was told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::receiver::Received;

/// The media type of reports in the older form.
pub const NATIVE: &str = "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0";
/// The media type of reports in the newer form.
pub const GENERIC: &str = "application/vnd.security.vulnerability.report; version=1.1";

/// An answer.
#[derive(Clone, Debug)]
pub struct Said {
    head: String,
    body: Vec<u8>,
}

impl Said {
    /// A status line, with further headers behind `\r\n`, and a body.
    pub fn new(head: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { head: head.to_owned(), body: body.into() }
    }

    /// That all is well, in JSON.
    pub fn json(status: &str, body: &Value) -> Self {
        Self::new(&format!("{status}\r\ncontent-type: application/json"), body.to_string())
    }

    /// That the report is not ready, and to be asked for again at once.
    pub fn not_yet() -> Self {
        Self::new("302 Found\r\nrefresh-after: 0\r\nlocation: /api/v1/scan/x/report", "")
    }
}

#[derive(Default)]
struct Script {
    metadata: Option<Said>,
    submit: Option<Said>,
    reports: VecDeque<Said>,
    report: Option<Said>,
    /// Holds reports back.
    waits: bool,
    received: Vec<Received>,
}

/// The scanner; dropping it ends it.
pub struct Scanner {
    /// `http://127.0.0.1:…`.
    pub url: String,
    script: Arc<Mutex<Script>>,
    serving: JoinHandle<()>,
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What a scanner says of itself that makes reports of these media types.
pub fn metadata(produces: &[&str]) -> Value {
    json!({
        "scanner": { "name": "Fake", "vendor": "Nobody", "version": "1.2" },
        "capabilities": [{
            "type": "vulnerability",
            "consumes_mime_types": [
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.oci.image.manifest.v1+json",
            ],
            "produces_mime_types": produces,
        }],
        "properties": { "harbor.scanner-adapter/registry-authorization-type": "Bearer" },
    })
}

/// A report with these vulnerabilities: name, severity, and the version that has a fix.
pub fn report(found: &[(&str, &str, &str)]) -> Value {
    let items: Vec<Value> = found
        .iter()
        .map(|(id, severity, fix)| {
            json!({ "id": id, "package": "dpkg", "version": "1.0", "fix_version": fix, "severity": severity,
                "description": "bad", "links": ["https://example.com/cve"],
                "preferred_cvss": { "score_v3": 3.2, "vector_v3": "CVSS:3.0/AV:L" } })
        })
        .collect();
    json!({ "generated_at": "2026-01-01T00:00:00Z", "severity": "High",
        "scanner": { "name": "Fake", "vendor": "Nobody", "version": "1.2" }, "vulnerabilities": items })
}

impl Scanner {
    /// Starts one that makes reports of both forms and finds nothing.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script: Arc<Mutex<Script>> = Arc::default();
        let shared = Arc::clone(&script);
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { url, script, serving }
    }

    /// What it says of itself from now on.
    pub fn is(&self, said: Said) {
        self.script.lock().unwrap().metadata = Some(said);
    }

    /// What it answers to new work from now on.
    pub fn takes(&self, said: Said) {
        self.script.lock().unwrap().submit = Some(said);
    }

    /// What it answers to who asks for a report next, in order.
    pub fn next(&self, said: Said) {
        self.script.lock().unwrap().reports.push_back(said);
    }

    /// What it finds from now on.
    pub fn finds(&self, found: &[(&str, &str, &str)]) {
        self.script.lock().unwrap().report = Some(Said::json("200 OK", &report(found)));
    }

    /// Has no report ready from now on, or has them again.
    pub fn waits(&self, waits: bool) {
        self.script.lock().unwrap().waits = waits;
    }

    /// What came so far whose first line begins like this, in small letters.
    pub fn received(&self, start: &str) -> Vec<Received> {
        let received = &self.script.lock().unwrap().received;
        received.iter().filter(|one| one.head.starts_with(start)).cloned().collect()
    }

    /// Waits until so many of those have come.
    pub async fn wait(&self, start: &str, count: usize) -> Vec<Received> {
        let began = Instant::now();
        loop {
            let received = self.received(start);
            if received.len() >= count {
                return received;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{} of {count} came", received.len());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let Some(received) = crate::receiver::read(&mut stream).await else { return };
    let said = answer(&mut script.lock().unwrap(), &received.head);
    script.lock().unwrap().received.push(received);
    let head =
        format!("HTTP/1.1 {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", said.head, said.body.len());
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&said.body).await;
    // Whoever hangs up early has not read all of it.
    let _ = stream.read(&mut [0]).await;
}

fn answer(script: &mut Script, head: &str) -> Said {
    if head.starts_with("get /api/v1/metadata ") {
        let said = || Said::json("200 OK", &metadata(&[NATIVE, GENERIC]));
        script.metadata.clone().unwrap_or_else(said)
    } else if head.starts_with("post /api/v1/scan ") {
        let said = || Said::json("202 Accepted", &json!({ "id": "work-1" }));
        script.submit.clone().unwrap_or_else(said)
    } else if head.starts_with("get /api/v1/scan/work-1/report ") {
        if script.waits {
            return Said::not_yet();
        }
        let said = || Said::json("200 OK", &report(&[]));
        script.reports.pop_front().unwrap_or_else(|| script.report.clone().unwrap_or_else(said))
    } else {
        Said::new("404 Not Found", "")
    }
}
