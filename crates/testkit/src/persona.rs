//! People who use Minato: requests with their credentials, and the answers.

use std::net::SocketAddr;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Persona {
    address: SocketAddr,
    http: Client,
    credentials: Credentials,
}

#[derive(Clone)]
enum Credentials {
    None,
    Basic(String, String),
    Bearer(String),
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Persona {
    /// Nobody.
    pub fn anonymous(address: SocketAddr) -> Self {
        minato_store::s3::install_tls_provider();
        // No test speaks TLS through it; reading the system's certificates takes longer than most of them.
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_danger_accept_invalid_certs(true)
            .build()
            .unwrap();
        Self { address, http, credentials: Credentials::None }
    }

    /// A user who sends name and password with each request.
    pub fn user(address: SocketAddr, name: &str, password: &str) -> Self {
        let credentials = Credentials::Basic(name.to_owned(), password.to_owned());
        Self { credentials, ..Self::anonymous(address) }
    }

    /// The same person asking another instance.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// Whoever holds this token.
    #[must_use]
    pub fn with_bearer(&self, token: &str) -> Self {
        Self { credentials: Credentials::Bearer(token.to_owned()), ..self.clone() }
    }

    /// The same person with a registry token for the scopes, as docker would get it.
    pub async fn with_token(&self, scopes: &[&str]) -> Self {
        let token = self.token(scopes).await;
        self.with_bearer(token["token"].as_str().unwrap())
    }

    /// The answer of the token service.
    pub async fn token(&self, scopes: &[&str]) -> Value {
        let mut path = "/service/token?service=harbor-registry".to_owned();
        for scope in scopes {
            path.push_str("&scope=");
            path.push_str(scope);
        }
        self.get(&path).await.with_status(200).json()
    }

    /// A request to be added to.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.address));
        match &self.credentials {
            Credentials::None => request,
            Credentials::Basic(name, password) => request.basic_auth(name, Some(password)),
            Credentials::Bearer(token) => request.bearer_auth(token),
        }
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::read(request.send().await.expect("an answer")).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `HEAD`.
    pub async fn head(&self, path: &str) -> Answer {
        self.send(self.request(Method::HEAD, path)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// `GET` with a header.
    pub async fn get_with(&self, path: &str, name: &'static str, value: &str) -> Answer {
        let value = HeaderValue::from_str(value).unwrap();
        self.send(self.request(Method::GET, path).header(HeaderName::from_static(name), value)).await
    }

    /// `POST` of JSON.
    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::POST, path, body).await
    }

    /// Any method with JSON.
    pub async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path).header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    /// `PUT` of JSON.
    pub async fn put_json(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::PUT, path).header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    /// Any method with a body of bytes.
    pub async fn send_bytes(&self, method: Method, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.request(method, path).header("content-type", "application/octet-stream");
        self.send(request.body(body.into())).await
    }
}

impl Answer {
    async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.expect("a whole body").to_vec() }
    }

    /// Fails unless the status is this one.
    #[must_use]
    #[track_caller]
    pub fn with_status(self, status: u16) -> Self {
        self.expect_status(status);
        self
    }

    /// As [`with_status`](Self::with_status), where nothing else of the answer matters.
    #[track_caller]
    pub fn expect_status(&self, status: u16) {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
    }

    /// A header's text, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The code of the first error.
    #[track_caller]
    pub fn code(&self) -> String {
        self.json()["errors"][0]["code"].as_str().expect("an error code").to_owned()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
