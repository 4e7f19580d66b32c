//! Sends entries on to a syslog server: RFC 5424 over TCP, octet-counted (RFC 6587).
//!
//! A server that is away is tried again; what does not fit in memory meanwhile is lost there, not
//! here. Nothing waits for it.

use std::time::Duration;

use minato_clients::syslog::{self, Facility, Severity};
use minato_db::audit::Record;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{App, settings};

/// The setting that names the server.
pub(crate) const ENDPOINT: &str = "audit_log_forward_endpoint";
/// Most entries that wait to be sent.
pub(super) const MAX_WAITING: usize = 10_000;
/// How long the server may take to accept a connection or a line.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before a server that failed is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Sends what comes until nothing more can come. Once we are stopping, a server that fails is
/// given up, and one that is slow a little later.
pub(super) async fn run(app: &App, lines: mpsc::Receiver<Record>, stop: &CancellationToken) {
    let too_long = async {
        stop.cancelled().await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        () = send_all(app, lines, stop) => {}
        () = too_long => tracing::error!("the rest of the audit log was not sent on, as the server is slow"),
    }
}

async fn send_all(app: &App, mut lines: mpsc::Receiver<Record>, stop: &CancellationToken) {
    let mut connection = Connection::default();
    let mut away = false;
    while let Some(record) = lines.recv().await {
        let line = format(&record);
        while let Err(error) = connection.send(app, &line).await {
            if !away {
                away = true;
                tracing::warn!(error = &error as &dyn std::error::Error, "the audit log can't be sent on");
            }
            if stop.is_cancelled() {
                return;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
        if std::mem::take(&mut away) {
            tracing::info!("the audit log is sent on again");
        }
    }
}

/// Whether a server can be reached.
pub(crate) async fn reach(endpoint: &str) -> std::io::Result<()> {
    let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(endpoint)).await;
    connected.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into())).map(drop)
}

/// The connection to the server, while there is one.
#[derive(Default)]
struct Connection {
    endpoint: String,
    stream: Option<TcpStream>,
}

impl Connection {
    /// Sends a line to the server that is set now; without one it goes nowhere.
    async fn send(&mut self, app: &App, line: &str) -> std::io::Result<()> {
        let settings = settings::current(app).await.map_err(std::io::Error::other)?;
        let endpoint = settings.text(ENDPOINT);
        if endpoint != self.endpoint {
            *self = Self { endpoint, stream: None };
        }
        if self.endpoint.is_empty() {
            return Ok(());
        }
        let sent = tokio::time::timeout(PATIENCE, self.write(line)).await;
        let outcome = sent.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    async fn write(&mut self, line: &str) -> std::io::Result<()> {
        let stream = match &mut self.stream {
            // Syslog servers never speak: what can be read is the end.
            Some(stream) if stream.try_read(&mut [0]).is_err() => stream,
            _ => self.stream.insert(TcpStream::connect(&self.endpoint).await?),
        };
        stream.write_all(syslog::framed(line).as_bytes()).await
    }
}

fn format(record: &Record) -> String {
    let message = syslog::Message {
        facility: Facility::User,
        severity: Severity::Informational,
        at_micros: record.at.as_micros(),
        host: "",
        program: "minato",
        process: None,
        kind: "audit",
        data_id: "audit@0",
        text: &record.description,
    };
    message.write([
        ("operator", record.username.as_str()),
        ("operation", record.operation),
        ("resourceType", record.resource_type),
        ("resource", record.resource.as_str()),
        ("success", if record.succeeded { "true" } else { "false" }),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use minato_types::clock::Timestamp;
    use minato_types::id::ProjectId;

    #[test]
    fn a_line_is_one_whatever_is_in_it() {
        let record = Record {
            at: Timestamp::from_micros(1_769_860_800_123_456),
            project: ProjectId(1),
            username: "x\"]\n".to_owned(),
            operation: "login",
            resource_type: "user",
            resource: "x".to_owned(),
            description: "login user:\nx".to_owned(),
            succeeded: false,
        };
        assert_eq!(
            format(&record),
            "<14>1 2026-01-31T12:00:00.123Z - minato - audit [audit@0 operator=\"x\\\"\\] \" operation=\"login\" \
             resourceType=\"user\" resource=\"x\" success=\"false\"] login user: x"
        );
    }
}
