//! The one public entry: Harbor's route table, request ids, the access log and the
//! headers that every answer carries.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::header::{
    CONTENT_SECURITY_POLICY, LOCATION, STRICT_TRANSPORT_SECURITY, USER_AGENT, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use minato_core::{App, settings};
use tower_service::Service as _;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::client::{Client, Ingress, Traces};
use crate::codes::Code;
use crate::error::Failure;
use crate::metrics::{MetricsPage, Recorder, Watch};
use crate::server::Answers;
use crate::{api, csrf, portal, session, token, v2};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What answers requests.
pub struct Proxy {
    app: Arc<App>,
    ingress: Ingress,
    api: Router,
    recorder: Arc<Recorder>,
}

/// The parts behind the entry (Harbor's nginx locations).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Portal,
    Api,
    Token,
    Registry,
    /// Signing in and out of the console.
    Session,
    /// Answers 404, as Harbor does for the first registry protocol and for its inner hooks.
    Closed,
    /// A prefix without its slash is sent to the one with it.
    AddSlash,
}

impl Route {
    fn of(path: &str) -> Self {
        match path {
            "/api" | "/c" | "/v2" | "/service" | "/chartrepo" => Self::AddSlash,
            "/service/token" => Self::Token,
            // Figures are told on an address of their own; a page of the console would puzzle who asks here.
            "/metrics" => Self::Closed,
            _ if path.starts_with("/v2/") => Self::Registry,
            _ if path.starts_with("/api/") => Self::Api,
            _ if path.starts_with("/c/") => Self::Session,
            _ if ["/v1/", "/service/", "/chartrepo/"].iter().any(|prefix| path.starts_with(prefix)) => {
                Self::Closed
            }
            _ => Self::Portal,
        }
    }
}

impl Route {
    /// Whose lines are those of its requests, where nothing else says it (`docs/logging.md`).
    const fn component(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Registry => "registry",
            Self::Api | Self::Token | Self::Session => "core",
            Self::Closed | Self::AddSlash => "proxy",
        }
    }

    /// The path of all its requests, if there is one.
    fn path(self) -> Option<&'static str> {
        (self == Self::Token).then_some("/service/token")
    }
}

impl Proxy {
    /// Puts the entry in front of the parts.
    pub fn new(app: Arc<App>, ingress: Ingress) -> Self {
        let (api, operations) = api::router(Arc::clone(&app));
        Self { app, ingress, api, recorder: Recorder::new(operations) }
    }

    /// The page that tells what comes in here.
    pub fn metrics(&self) -> MetricsPage {
        MetricsPage::new(Arc::clone(&self.app), Arc::clone(&self.recorder))
    }

    /// Refuses changes while an administrator has set `read_only`.
    async fn check_writable(&self, method: &Method, path: &str) -> Result<(), Failure> {
        if is_change(method, path) && settings::is_read_only(&self.app).await? {
            let text = "the registry is read-only for the moment; try again when its administrators have finished, or ask them";
            return Err(Failure::new(Code::Denied, text));
        }
        Ok(())
    }

    async fn route(&self, mut request: Request<Body>, client: Client, watch: &mut Watch) -> Response<Body> {
        let path = request.uri().path();
        if has_nul(request.uri()) {
            return Failure::new(Code::BadRequest, "the address has a NUL character in it").into_response();
        }
        if let Err(failure) = self.check_writable(request.method(), path).await {
            return failure.into_response();
        }
        match Route::of(path) {
            Route::Registry => v2::serve(&self.app, client, request, watch).await,
            Route::Token => {
                token::serve(&self.app, &client, request.method(), request.uri(), request.headers()).await
            }
            Route::Api => {
                let (secure, asked) = (client.secure, session::cookie(request.headers()).is_some());
                request.extensions_mut().insert(client);
                csrf::guard(asked, secure, request, async |request| self.api(request).await).await
            }
            Route::Session => {
                let secure = client.secure;
                let serve = async |request| session::serve(&self.app, &client, request).await;
                csrf::guard(true, secure, request, serve).await
            }
            Route::Portal => portal::serve(&request),
            Route::Closed => Failure::new(Code::NotFound, "there is nothing here").into_response(),
            Route::AddSlash => add_slash(request.uri()),
        }
    }

    /// What lines of the request get its id from, and traces more.
    fn span(&self, request: &Request<Body>, id: &str) -> Span {
        let component = Route::of(request.uri().path()).component();
        // Of the gravest level, so that lines have the id whatever level is logged.
        let Some(traces) = self.ingress.traces else {
            return tracing::error_span!("request", request_id = id, component);
        };
        let span = tracing::error_span!(
            parent: None,
            "request",
            request_id = id,
            component,
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = request.method().as_str(),
            http.route = Empty,
            http.response.status_code = Empty,
        );
        (traces.adopt)(&span, request.headers());
        span
    }

    async fn api(&self, request: Request<Body>) -> Response<Body> {
        match self.api.clone().call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Tells a trace how a request ended. Neither its path nor its query: those may be secret.
fn trace(traces: Traces, span: &Span, route: Option<&str>, method: &Method, status: StatusCode) {
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if let Some(route) = route {
        span.record("http.route", route);
        (traces.name)(span, format!("{method} {route}"));
    } else {
        (traces.name)(span, method.to_string());
    }
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

impl Answers for Proxy {
    async fn serve(&self, request: Request<Body>, peer: IpAddr) -> Response<Body> {
        let mut watch = self.recorder.begin(request.method());
        let id = request_id(request.headers());
        let client = self.ingress.client(peer, request.uri(), request.headers());
        let line = AccessLine::of(&request, &client);
        let span = self.span(&request, &id);
        let (secure, route) = (client.secure, Route::of(request.uri().path()));
        let mut response = self.route(request, client, &mut watch).instrument(span.clone()).await;
        finish(response.headers_mut(), &id, secure);
        line.write(&id, &response, watch.elapsed());
        if let Some(traces) = self.ingress.traces {
            let path = watch.route(&response).or(route.path());
            trace(traces, &span, path, &line.method, response.status());
        }
        span.in_scope(|| watch.answer(response))
    }
}

/// Whether a request may change something, beside the setting that forbids it. Signing in changes
/// nothing, and is neither of the API nor of the registry.
fn is_change(method: &Method, path: &str) -> bool {
    let concerned = matches!(Route::of(path), Route::Api | Route::Registry);
    concerned && !method.is_safe() && !(method == Method::PUT && path == "/api/v2.0/configurations")
}

fn add_slash(uri: &http::Uri) -> Response<Body> {
    let mut target = format!("{}/", uri.path());
    if let Some(query) = uri.query() {
        target.push('?');
        target.push_str(query);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    if let Ok(value) = HeaderValue::try_from(target) {
        response.headers_mut().insert(LOCATION, value);
    }
    response
}

/// Whether the address has an encoded NUL. No name, id or filter has one, and `PostgreSQL` can't keep
/// it in text.
fn has_nul(uri: &http::Uri) -> bool {
    uri.path_and_query().is_some_and(|text| text.as_str().contains("%00"))
}

/// The caller's own id if it is a reasonable one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(&X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let reasonable = |id: &&str| {
        (1..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    given.filter(reasonable).map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}

/// Headers of every answer.
fn finish(headers: &mut HeaderMap, id: &str, secure: bool) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static("frame-ancestors 'none'"));
    if secure {
        let a_year = HeaderValue::from_static("max-age=31536000; includeSubDomains; preload");
        headers.insert(STRICT_TRANSPORT_SECURITY, a_year);
    }
}

/// What the access log tells of a request. A secret that a client puts into the query is masked where
/// lines are made.
struct AccessLine {
    client: IpAddr,
    method: Method,
    path: String,
    user_agent: Option<HeaderValue>,
}

impl AccessLine {
    fn of(request: &Request<Body>, client: &Client) -> Self {
        Self {
            client: client.address,
            method: request.method().clone(),
            path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            user_agent: request.headers().get(USER_AGENT).cloned(),
        }
    }

    fn write(&self, id: &str, response: &Response<Body>, elapsed: std::time::Duration) {
        tracing::info!(
            target: "access",
            request_id = id,
            client = %self.client,
            method = %self.method,
            path = self.path,
            status = response.status().as_u16(),
            duration_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
            user_agent = self.user_agent.as_ref().and_then(|value| value.to_str().ok()),
            "answered"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_table() {
        for (path, route) in [
            ("/", Route::Portal),
            ("/harbor/projects", Route::Portal),
            ("/v1", Route::Portal),
            ("/v1/", Route::Closed),
            ("/v1/users/", Route::Closed),
            ("/v2", Route::AddSlash),
            ("/v2/", Route::Registry),
            ("/v2/_catalog", Route::Registry),
            ("/api/v2.0/ping", Route::Api),
            ("/service/token", Route::Token),
            ("/service/notifications", Route::Closed),
            ("/service/notifications/jobs/1", Route::Closed),
            ("/service/notificationsX", Route::Closed),
            ("/c/login", Route::Session),
            ("/c/nothing", Route::Session),
            ("/chartrepo/library/index.yaml", Route::Closed),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn changes() {
        for (method, path, expected) in [
            (Method::PUT, "/v2/a/b/manifests/1", true),
            (Method::GET, "/v2/a/b/manifests/1", false),
            (Method::DELETE, "/api/v2.0/projects/1", true),
            (Method::PUT, "/api/v2.0/configurations", false),
            (Method::POST, "/api/v2.0/configurations", true),
            (Method::POST, "/service/token", false),
            (Method::POST, "/c/login", false),
        ] {
            assert_eq!(is_change(&method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn an_unreasonable_request_id_is_replaced() {
        let mut headers = HeaderMap::new();
        headers.insert(&X_REQUEST_ID, HeaderValue::from_static("abc-1"));
        assert_eq!(request_id(&headers), "abc-1");
        headers.insert(&X_REQUEST_ID, HeaderValue::from_static("a b\"c"));
        assert_ne!(request_id(&headers), "a b\"c");
    }
}
