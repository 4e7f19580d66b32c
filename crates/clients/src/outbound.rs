//! The client itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, Url};

use crate::Guard;

/// Most bytes of an answer that are read.
const MOST_ANSWER: usize = 64 << 10;

/// The guarded client.
pub struct Outbound {
    guard: Arc<Guard>,
    strict: Client,
    /// Takes any certificate.
    lax: Client,
}

/// What to send.
pub struct Call {
    /// Where to.
    pub url: String,
    /// Headers, secrets among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// Whether the certificate has to be good.
    pub check_certificate: bool,
    /// How long it may take, all in all.
    pub timeout: Duration,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    /// The beginning of the body.
    pub body: String,
}

/// A whole answer.
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back. No text of these repeats what was sent.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The address is none.
    #[error("the address can't be used: {0}")]
    Address(String),
    /// The address may not be called.
    #[error("the address must not be called from here; an administrator can permit it by `outbound_allow`")]
    NotPermitted,
    /// The other side could not be reached, or fell silent.
    #[error("{0}")]
    Failed(String),
}

impl Outbound {
    /// A client that calls what `guard` permits.
    pub fn new(guard: Guard) -> Result<Self, CallError> {
        // Whoever comes first; there is one for the process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Arc::new(guard);
        let builder = || {
            Client::builder()
                .user_agent(concat!("minato/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                // Addresses are checked here; a proxy would look them up by itself.
                .no_proxy()
                .dns_resolver(Arc::new(Guarded(Arc::clone(&guard))))
        };
        let failed = |error: reqwest::Error| CallError::Failed(error.to_string());
        let strict = builder().build().map_err(failed)?;
        let lax = builder().tls_danger_accept_invalid_certs(true).build().map_err(failed)?;
        Ok(Self { guard, strict, lax })
    }

    /// Sends by POST, and reads the beginning of the answer.
    pub async fn post(&self, call: Call) -> Result<Answer, CallError> {
        let response = self.begin(Method::POST, call).await?;
        let status = response.status().as_u16();
        let body = beginning(response).await;
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
    }

    /// Sends a request that another library has made, and reads the beginning of the answer.
    pub async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, CallError> {
        let (head, body) = request.into_parts();
        let url = self.permitted(&head.uri.to_string())?;
        let request = self.strict.request(head.method, url).headers(head.headers).body(body).timeout(timeout);
        let response = request.send().await.map_err(sort)?;
        let mut answer = http::Response::new(Bytes::new());
        *answer.status_mut() = response.status();
        *answer.body_mut() = beginning(response).await.into();
        Ok(answer)
    }

    /// Sends, and reads the whole of an answer of at most so many bytes.
    pub(crate) async fn ask(&self, method: Method, call: Call, most: usize) -> Result<Whole, CallError> {
        let response = self.begin(method, call).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk.map_err(sort)?);
            if body.len() > most {
                return Err(CallError::Failed(format!("the answer has more than {most} bytes")));
            }
        }
        Ok(Whole { status, headers, body })
    }

    /// Sends, if the address may be called.
    async fn begin(&self, method: Method, call: Call) -> Result<Response, CallError> {
        let url = self.permitted(&call.url)?;
        let client = if call.check_certificate { &self.strict } else { &self.lax };
        let headers = headers(call.headers)?;
        let request = client.request(method, url).headers(headers).body(call.body).timeout(call.timeout);
        request.send().await.map_err(sort)
    }

    /// The address, if it may be called.
    fn permitted(&self, url: &str) -> Result<Url, CallError> {
        let url = parse(url)?;
        // Names are looked at when they are resolved; addresses are not resolved.
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(address.into()),
            Some(url::Host::Ipv6(address)) => Some(address.into()),
            Some(url::Host::Domain(_)) | None => None,
        };
        if literal.is_some_and(|address| !self.guard.permits(address)) {
            return Err(CallError::NotPermitted);
        }
        Ok(url)
    }
}

/// The beginning of an answer's body.
async fn beginning(response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    // The status is the answer; a body that breaks off changes nothing about it.
    while let Some(Ok(chunk)) = stream.next().await {
        body.extend_from_slice(&chunk);
        if body.len() >= MOST_ANSWER {
            body.truncate(MOST_ANSWER);
            break;
        }
    }
    body
}

fn headers(given: Vec<(&'static str, String)>) -> Result<HeaderMap, CallError> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        // Not repeated: it may be a secret.
        let wrong = |_| CallError::Address(format!("the value of the header {name} can't be sent"));
        let mut value = HeaderValue::from_str(&value).map_err(wrong)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

/// An address that can be called: by HTTP or HTTPS, with a host.
fn parse(text: &str) -> Result<Url, CallError> {
    let url: Url = text.parse().map_err(|_| CallError::Address("it is no URL".to_owned()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(CallError::Address("expected http://… or https://…".to_owned()));
    }
    Ok(url)
}

/// An address as it is kept: scheme, host, port and path; without a name, a password or a query, as in
/// Harbor. One without a scheme is meant to be `http`. What stays is as it was typed, or Terraform, which
/// compares the text, would change it with every run.
pub fn plain_address(text: &str) -> Result<String, CallError> {
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let mut url = parse(&full)?;
    url.set_query(None);
    url.set_fragment(None);
    // Neither can fail where there is a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let typed = without_extras(&full);
    let is_same = typed.as_deref().is_some_and(|typed| parse(typed).is_ok_and(|again| again == url));
    Ok(typed.filter(|_| is_same).unwrap_or_else(|| url.to_string()))
}

/// The text of an address up to its query, without a name and a password.
fn without_extras(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(format!("{scheme}://{host}{path}"))
}

/// What went wrong, without the address, which may hold secrets.
fn sort(error: reqwest::Error) -> CallError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        if cause.is::<Refused>() {
            return CallError::NotPermitted;
        }
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    CallError::Failed(text)
}

/// Resolves names to addresses that may be called.
struct Guarded(Arc<Guard>);

/// None of a name's addresses may be called.
#[derive(Debug, thiserror::Error)]
#[error("none of its addresses may be called")]
struct Refused;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let permitted: Vec<SocketAddr> =
                found.into_iter().filter(|address| guard.permits(address.ip())).collect();
            if permitted.is_empty() {
                return Err(Refused.into());
            }
            let addresses: Addrs = Box::new(permitted.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn call(url: &str) -> Result<Answer, CallError> {
        let call = Call {
            url: url.to_owned(),
            headers: Vec::new(),
            body: String::new(),
            check_certificate: true,
            timeout: Duration::from_secs(2),
        };
        Outbound::new(Guard::default()).unwrap().post(call).await
    }

    #[tokio::test]
    async fn no_spelling_reaches_what_must_not_be_called() {
        for url in [
            "http://127.0.0.1:1/",
            "http://localhost:1/",
            "http://0x7f000001:1/",
            "http://2130706433:1/",
            "http://0177.0.0.1:1/",
            "http://127.1:1/",
            "http://[::1]:1/",
            "http://[::ffff:127.0.0.1]:1/",
            "http://[::ffff:a9fe:a9fe]/latest/meta-data",
            "http://169.254.169.254/latest/meta-data",
            "http://0.0.0.0:1/",
            "https://user:secret@127.0.0.1:1/",
        ] {
            assert!(matches!(call(url).await, Err(CallError::NotPermitted)), "{url}");
        }
        for (given, kept) in [
            ("http://example.com", "http://example.com"),
            ("https://Example.com:443/", "https://Example.com:443/"),
            (r"http://example.com\@example.org/", "http://example.com/@example.org/"),
            ("example.com/hook", "http://example.com/hook"),
            ("https://user:pw@example.com:8443/a?token=x#y", "https://example.com:8443/a"),
        ] {
            assert_eq!(plain_address(given).unwrap(), kept);
        }
        assert!(plain_address("ftp://example.com").is_err());
        for url in ["ftp://example.com/", "file:///etc/passwd", "example.com", "http://", ""] {
            assert!(matches!(call(url).await, Err(CallError::Address(_))), "{url}");
        }
    }
}
