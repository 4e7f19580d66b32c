//! The registry protocol (OCI distribution-spec v1.1 and what is coming after it,
//! Docker registry HTTP API v2).
//!
//! [`serve`] is the table of contents: each call asks for the one permission that it
//! needs and hands the grant to one function of `core`.

mod blob;
mod call;
mod list;
mod manifest;
mod range;
mod upload;

use axum::body::Body;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use minato_core::principal::Caller;
use minato_core::{App, Error, authz};

use crate::auth::{Credentials, challenge};
use crate::client::Client;
use crate::error::Failure;
use crate::metrics::{Operation, Watch};
use blob::Wish;
use call::Call;

const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// Why a call was not served.
enum Refusal {
    /// By `core`: it becomes an answer with, for a 401, the challenge.
    Core(Error),
    /// By the protocol: it is an answer already.
    Protocol(Failure),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Protocol(failure)
    }
}

/// What of a request is left once it is parsed.
struct Inbound {
    headers: HeaderMap,
    body: Body,
    /// Whether the client may be sent to the object store.
    redirectable: bool,
}

type Answer = Result<Response<Body>, Refusal>;

/// Answers a request whose path begins with `/v2/`.
pub(crate) async fn serve(
    app: &App,
    client: Client,
    request: Request<Body>,
    watch: &mut Watch,
) -> Response<Body> {
    let query = request.uri().query().unwrap_or("");
    let call = call::parse(request.method(), request.uri().path(), query);
    watch.be(call.as_ref().map_or(Operation::STRAY, Call::operation));
    let mut response = match call {
        Err(failure) => failure.into_response(),
        Ok(call) => {
            let credentials = Credentials::of(request.headers());
            let scope = call.scope();
            match authenticated(app, &client, &credentials, call, request).await {
                Ok(response) => response,
                Err(Refusal::Protocol(failure)) => failure.into_response(),
                Err(Refusal::Core(error)) => {
                    let challenge = challenge(&client.base_url, &credentials, &scope, &error);
                    refuse(&error, &challenge)
                }
            }
        }
    };
    response.headers_mut().insert(API_VERSION, HeaderValue::from_static("registry/2.0"));
    response
}

async fn authenticated(
    app: &App,
    client: &Client,
    credentials: &Credentials,
    call: Call,
    request: Request<Body>,
) -> Answer {
    let caller = credentials.caller(app, client.address).await?;
    let (parts, body) = request.into_parts();
    // Of what is pushed others are told, by the address that the client knows.
    if matches!(parts.method, Method::PUT | Method::DELETE) {
        app.note_address(&client.base_url);
    }
    let request = Inbound { headers: parts.headers, body, redirectable: client.redirectable };
    dispatch(app, &caller, call, request).await
}

/// One arm for each call, in the order of the specification.
async fn dispatch(app: &App, caller: &Caller, call: Call, request: Inbound) -> Answer {
    let Inbound { headers, body, redirectable } = request;
    match call {
        Call::Base => Ok(base()),
        Call::Catalog(window) => list::catalog(app, authz::catalog(app, caller)?, window).await,
        Call::TagsList { repo, window } => {
            list::tags(app, authz::repository(app, caller, &repo).await?, window).await
        }
        Call::Referrers { repo, digest, artifact_type, window } => {
            let grant = authz::repository(app, caller, &repo).await?;
            list::referrers(app, grant, &digest, artifact_type.as_deref(), window).await
        }
        Call::ManifestGet { repo, reference, head } => {
            let grant = authz::repository(app, caller, &repo).await?;
            manifest::get(app, grant, &reference, head, &headers).await
        }
        Call::ManifestPut { repo, reference, tags } => {
            let grant = authz::repository(app, caller, &repo).await?;
            manifest::put(app, grant, reference, tags, &headers, body).await
        }
        Call::ManifestDelete { repo, reference } => {
            manifest::delete(app, authz::repository(app, caller, &repo).await?, &reference).await
        }
        Call::BlobGet { repo, digest, head } => {
            let grant = authz::repository(app, caller, &repo).await?;
            let redirectable = redirectable && !head;
            blob::get(app, grant, &digest, Wish { head, redirectable, headers: &headers }).await
        }
        Call::BlobDelete { repo, digest } => {
            let grant = authz::repository(app, caller, &repo).await?;
            minato_core::blob::delete(app, &grant, &digest).await?;
            Ok(empty(StatusCode::ACCEPTED))
        }
        Call::UploadStart { repo, algorithm } => {
            upload::start(app, authz::repository(app, caller, &repo).await?, algorithm).await
        }
        Call::UploadWhole { repo, digest } => {
            upload::whole(app, authz::repository(app, caller, &repo).await?, &digest, body).await
        }
        Call::UploadMount { repo, digest, from, algorithm } => {
            let grant = authz::repository(app, caller, &repo).await?;
            upload::mount(app, grant, &digest, from.as_ref(), algorithm).await
        }
        Call::UploadStatus { repo, upload } => {
            upload::status(app, authz::repository(app, caller, &repo).await?, &upload).await
        }
        Call::UploadAppend { repo, upload } => {
            upload::append(app, authz::repository(app, caller, &repo).await?, &upload, &headers, body).await
        }
        Call::UploadFinish { repo, upload, digest } => {
            let grant = authz::repository(app, caller, &repo).await?;
            upload::finish(app, grant, &upload, &digest, &headers, body).await
        }
        Call::UploadCancel { repo, upload } => {
            let grant = authz::repository(app, caller, &repo).await?;
            minato_core::upload::cancel(app, &grant, &upload).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        }
    }
}

/// `GET /v2/`: the caller is signed in, and this is a registry.
fn base() -> Response<Body> {
    let mut response = Response::new(Body::from("{}"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn refuse(error: &Error, challenge: &str) -> Response<Body> {
    let failure = Failure::oci(error);
    let unauthorized = failure.code.status() == StatusCode::UNAUTHORIZED;
    let mut response = failure.into_response();
    if unauthorized && let Ok(value) = HeaderValue::from_str(challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Sets a header whose value is text of ours: names, digests and numbers, all ASCII.
fn set(headers: &mut HeaderMap, name: impl http::header::IntoHeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether the client has this content already (RFC 9110, `If-None-Match`).
fn is_known(headers: &HeaderMap, digest: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"') == digest;
    headers
        .get_all(http::header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|tag| tag.trim() == "*" || bare(tag)))
}
