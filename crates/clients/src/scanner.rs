//! Speaking to scanners by Harbor's pluggable scanner API 1.x: what they are, what they are to scan,
//! and their reports. What a scanner answers is believed only as far as it can be read, and none of its
//! answers is longer than it may be. Redirects are never followed.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minato_types::scan::Metadata;
use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::outbound::{Call, CallError, Outbound, Whole};

/// Most bytes of what a scanner says of itself, and of short answers.
const MOST_SAID: usize = 64 << 10;
/// Most bytes of a report.
const MOST_REPORT: usize = 32 << 20;
/// Most characters of what a scanner says went wrong.
const MOST_MESSAGE: usize = 500;

const METADATA: &str = "application/vnd.scanner.adapter.metadata+json; version=1.0";
const REQUEST: &str = "application/vnd.scanner.adapter.scan.request+json; version=1.0";
const RESPONSE: &str = "application/vnd.scanner.adapter.scan.response+json; version=1.0";

/// How long a scanner has to say what it is: somebody waits for it.
const TO_SAY: Duration = Duration::from_secs(3);
/// How long it has to take work.
const TO_TAKE: Duration = Duration::from_secs(30);
/// How long it has to send a report.
const TO_REPORT: Duration = Duration::from_mins(2);

/// How a scanner knows us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// It does not.
    None,
    /// By `name:password`.
    Basic,
    /// By a token.
    Bearer,
    /// By a key in `X-ScannerAdapter-API-Key`.
    ApiKey,
}

impl Auth {
    /// By Harbor's word for it.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "" => Some(Self::None),
            "Basic" => Some(Self::Basic),
            "Bearer" => Some(Self::Bearer),
            "APIKey" | "X-ScannerAdapter-API-Key" => Some(Self::ApiKey),
            _ => None,
        }
    }
}

/// A scanner, and how to reach it.
#[derive(Clone)]
pub struct Adapter {
    /// Where it is, without a slash at its end.
    pub url: String,
    /// How it knows us.
    pub auth: Auth,
    /// By what; a secret.
    pub credential: String,
    /// Whether its certificate has to be good.
    pub check_certificate: bool,
}

/// What to scan.
#[derive(Serialize)]
pub struct ScanRequest {
    registry: Registry,
    artifact: ScannedArtifact,
    enabled_capabilities: [Wanted; 1],
}

#[derive(Serialize)]
struct Registry {
    url: String,
    authorization: String,
    insecure: bool,
}

#[derive(Serialize)]
struct Wanted {
    #[serde(rename = "type")]
    kind: &'static str,
    produces_mime_types: Vec<&'static str>,
    parameters: Option<()>,
}

/// What of the registry is to be scanned.
#[derive(Clone, Debug, Serialize)]
pub struct ScannedArtifact {
    /// The repository's full name.
    pub repository: String,
    /// A tag of it, or nothing.
    pub tag: String,
    /// Its digest.
    pub digest: String,
    /// Its manifest's media type.
    pub mime_type: String,
    /// Its size in bytes.
    pub size: u64,
}

impl ScanRequest {
    /// A request for these reports, of what can be had at `url` with `authorization`, a secret.
    pub fn new(
        url: &str,
        authorization: String,
        artifact: ScannedArtifact,
        produces_mime_types: Vec<&'static str>,
    ) -> Self {
        let kind = minato_types::scan::VULNERABILITY;
        Self {
            registry: Registry { url: url.to_owned(), authorization, insecure: url.starts_with("http://") },
            artifact,
            enabled_capabilities: [Wanted { kind, produces_mime_types, parameters: None }],
        }
    }
}

/// What a scanner answers who is asked for a report.
#[derive(Debug, PartialEq, Eq)]
pub enum Report {
    /// That it has none yet; to be asked again after so long.
    NotYet(Duration),
    /// The report, which can be anything.
    Ready(Vec<u8>),
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Deserialize)]
struct Failure {
    error: Message,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

impl Outbound {
    /// What a scanner says of itself, checked by Harbor's rules.
    pub async fn scanner_metadata(&self, adapter: &Adapter) -> Result<Metadata, CallError> {
        let call = adapter.call("metadata", vec![("accept", METADATA.to_owned())], TO_SAY);
        let answer = self.ask(Method::GET, call, MOST_SAID).await?;
        adapter.expect(&answer, 200, &[])?;
        let metadata: Metadata = serde_json::from_slice(&answer.body)
            .map_err(|_| CallError::Failed("what the scanner says of itself can't be read".to_owned()))?;
        match metadata.fault() {
            Some(fault) => Err(CallError::Failed(format!("the scanner can't be used: {fault}"))),
            None => Ok(metadata),
        }
    }

    /// Has something scanned; the id by which the scanner knows the work.
    pub async fn submit_scan(&self, adapter: &Adapter, request: &ScanRequest) -> Result<String, CallError> {
        let headers = vec![("accept", RESPONSE.to_owned()), ("content-type", REQUEST.to_owned())];
        let body = serde_json::to_string(request)
            .map_err(|_| CallError::Failed("the request can't be written".to_owned()))?;
        let call = Call { body, ..adapter.call("scan", headers, TO_TAKE) };
        let answer = self.ask(Method::POST, call, MOST_SAID).await?;
        adapter.expect(&answer, 202, &[&request.registry.authorization])?;
        let accepted = serde_json::from_slice::<Accepted>(&answer.body).ok();
        let id = accepted.map(|accepted| accepted.id).filter(|id| is_id(id));
        id.ok_or_else(|| CallError::Failed("the scanner took the work without a usable id for it".to_owned()))
    }

    /// Asks for a report of this media type.
    pub async fn scan_report(
        &self,
        adapter: &Adapter,
        id: &str,
        media_type: &str,
    ) -> Result<Report, CallError> {
        /// What Harbor waits where the scanner does not say.
        const AGAIN: u64 = 5;
        let path = format!("scan/{id}/report");
        let call = adapter.call(&path, vec![("accept", media_type.to_owned())], TO_REPORT);
        let answer = self.ask(Method::GET, call, MOST_REPORT).await?;
        if answer.status == 302 {
            let told =
                answer.headers.get("refresh-after").and_then(|value| value.to_str().ok()?.parse().ok());
            return Ok(Report::NotYet(Duration::from_secs(told.unwrap_or(AGAIN))));
        }
        adapter.expect(&answer, 200, &[])?;
        Ok(Report::Ready(answer.body))
    }
}

/// Whether it can stand in a path as it is.
fn is_id(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:=".contains(c);
    (1..=256).contains(&id.len()) && id.chars().all(is_plain) && !id.starts_with('.')
}

impl Adapter {
    fn call(&self, path: &str, mut headers: Vec<(&'static str, String)>, timeout: Duration) -> Call {
        let credential = &self.credential;
        match self.auth {
            Auth::None => {}
            Auth::Basic => headers.push(("authorization", format!("Basic {}", STANDARD.encode(credential)))),
            Auth::Bearer => headers.push(("authorization", format!("Bearer {credential}"))),
            Auth::ApiKey => headers.push(("x-scanneradapter-api-key", credential.clone())),
        }
        Call {
            url: format!("{}/api/v1/{path}", self.url.trim_end_matches('/')),
            headers,
            body: String::new(),
            check_certificate: self.check_certificate,
            timeout,
        }
    }

    /// Fails unless the status is this one, with what the scanner says of it. What is secret does not
    /// come back, even if the scanner says it.
    fn expect(&self, answer: &Whole, status: u16, secrets: &[&str]) -> Result<(), CallError> {
        if answer.status == status {
            return Ok(());
        }
        let mut text = format!("the scanner answered {}", answer.status);
        if let Ok(Failure { error: Message { message } }) = serde_json::from_slice(&answer.body) {
            let known = secrets.iter().copied().chain([self.credential.as_str()]);
            // What stands behind the scheme is the secret by itself.
            let known = known.flat_map(|secret| [secret, secret.rsplit(' ').next().unwrap_or_default()]);
            let message = known
                .filter(|secret| !secret.is_empty())
                .fold(message, |message, secret| message.replace(secret, "******"));
            let message: String = message.chars().take(MOST_MESSAGE).collect();
            text = format!("{text}: {message}");
        }
        Err(CallError::Failed(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter() -> Adapter {
        Adapter {
            url: "http://scanner.example.com/".to_owned(),
            auth: Auth::Basic,
            credential: "me:pass word".to_owned(),
            check_certificate: true,
        }
    }

    #[test]
    fn secrets_do_not_come_back() {
        let body = br#"{"error":{"message":"bad: Bearer tok3n, tok3n, me:pass word"}}"#.to_vec();
        let answer = Whole { status: 500, headers: http::HeaderMap::new(), body };
        let text = adapter().expect(&answer, 202, &["Bearer tok3n"]).unwrap_err().to_string();
        assert_eq!(text, "the scanner answered 500: bad: ******, ******, ******");
    }

    #[test]
    fn addresses_and_ids() {
        assert_eq!(
            adapter().call("metadata", Vec::new(), TO_SAY).url,
            "http://scanner.example.com/api/v1/metadata"
        );
        for (id, good) in
            [("3fa85f64-5717", true), ("a/../b", false), ("..", false), ("", false), ("a b", false)]
        {
            assert_eq!(is_id(id), good, "{id}");
        }
    }
}
