//! The one place where a failure becomes an answer.
//!
//! Two dialects: the registry protocol's, and Harbor's API's. The body has the same
//! shape in both; codes and statuses differ. A 5xx answer never carries the cause:
//! that is logged here, once.

use axum::body::Body;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response};
use minato_core::{Error, Noun};
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::Code;

/// One error of an answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorView {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<serde_json::Value>,
}

/// A failure with its place in the table, ready to be written.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    items: Vec<ErrorView>,
    retry_after_secs: Option<u64>,
}

/// The body of every failure.
#[derive(Serialize, ToSchema)]
#[schema(as = Errors)]
pub(crate) struct ErrorsView {
    errors: Vec<ErrorView>,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let item = ErrorView { code: code.as_str(), message: message.into(), detail: None };
        Self { code, items: vec![item], retry_after_secs: None }
    }

    fn with_detail(mut self, detail: serde_json::Value) -> Self {
        if let Some(item) = self.items.first_mut() {
            item.detail = Some(detail);
        }
        self
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_secs = Some(seconds);
        self
    }

    /// The failure in the registry protocol's dialect.
    pub(crate) fn oci(error: &Error) -> Self {
        log_internal(error);
        let message = error.to_string();
        match error {
            Error::NotFound(Noun::Blob) => Self::new(Code::BlobUnknown, "blob unknown to the repository"),
            Error::NotFound(Noun::Upload) => {
                Self::new(Code::BlobUploadUnknown, "there is no such upload; start a new one")
            }
            Error::NotFound(Noun::Manifest | Noun::Artifact | Noun::Tag) => {
                Self::new(Code::ManifestUnknown, "manifest unknown to the repository")
            }
            Error::NotFound(_) => Self::new(Code::NameUnknown, "repository name not known to the registry"),
            // Always 401, for the signed-in as well: docker and its kin then ask for a token with
            // the scope they need, and what may not be seen looks like what is not there.
            Error::Denied { .. } => Self::new(
                Code::Unauthorized,
                "unauthorized to access the repository: its project does not exist, or the account may not do this",
            ),
            Error::BadCredentials | Error::BadToken(_) => Self::new(Code::Unauthorized, message),
            Error::TooManyAttempts { retry_after } => {
                Self::new(Code::TooManyRequests, message).retry_after(retry_after.as_secs())
            }
            Error::ManifestInvalid(_) => Self::new(Code::ManifestInvalid, message),
            Error::ManifestReferences(digests) => Self::missing(digests),
            Error::DigestMismatch { actual } => Self::new(Code::DigestInvalid, message)
                .with_detail(serde_json::json!({ "actual": actual.as_str() })),
            Error::WrongOffset { .. } => Self::new(Code::RangeInvalid, message),
            // 405 is what the specification offers a registry that won't delete.
            Error::InUse(_) => Self::new(Code::Unsupported, message),
            Error::Interrupted(_) | Error::Conflict(_) => Self::new(Code::BlobUploadInvalid, message),
            Error::Precondition(_) => Self::new(Code::Precondition, message),
            Error::TooLarge(_) => Self::new(Code::TooLarge, message),
            Error::Policy(_) => Self::new(Code::Policy, message),
            // What docker shows to the person who pushes.
            Error::QuotaExceeded { .. } | Error::Forbidden(_) | Error::Refused(_) => {
                Self::new(Code::Denied, message)
            }
            Error::Invalid { .. } => Self::new(Code::NameInvalid, message),
            // A client that timed out and tries again at another replica gives up on a 4xx.
            Error::Busy => Self::new(Code::Unavailable, message).retry_after(1),
            Error::StorageFull(_) | Error::Unavailable(_) | Error::Internal(_) => Self::server(error),
        }
    }

    /// The failure in the dialect of Harbor's API.
    pub(crate) fn api(error: &Error) -> Self {
        log_internal(error);
        let message = error.to_string();
        match error {
            Error::NotFound(noun) => {
                Self::new(Code::NotFound, format!("{} not found", format!("{noun:?}").to_lowercase()))
            }
            Error::Denied { authenticated: false } | Error::BadCredentials | Error::BadToken(_) => {
                Self::new(Code::Unauthorized, "UnAuthorized")
            }
            Error::Denied { authenticated: true } => Self::new(Code::Forbidden, "FORBIDDEN"),
            Error::Forbidden(_) => Self::new(Code::Forbidden, message),
            Error::TooManyAttempts { retry_after } => {
                Self::new(Code::TooManyRequests, message).retry_after(retry_after.as_secs())
            }
            Error::Conflict(_) => Self::new(Code::Conflict, message),
            Error::QuotaExceeded { .. } | Error::Refused(_) => Self::new(Code::Denied, message),
            Error::Invalid { .. }
            | Error::ManifestInvalid(_)
            | Error::ManifestReferences(_)
            | Error::DigestMismatch { .. }
            | Error::WrongOffset { .. }
            | Error::Interrupted(_) => Self::new(Code::BadRequest, message),
            Error::Precondition(_) | Error::InUse(_) => Self::new(Code::Precondition, message),
            Error::TooLarge(_) => Self::new(Code::TooLarge, message),
            Error::Policy(_) => Self::new(Code::Policy, message),
            Error::Busy => Self::new(Code::Unavailable, message).retry_after(1),
            Error::StorageFull(_) | Error::Unavailable(_) | Error::Internal(_) => Self::server(error),
        }
    }

    /// One item for each missing digest, as the specification asks.
    fn missing(digests: &[minato_types::digest::Digest]) -> Self {
        /// Naming a few is enough to act on.
        const NAMED: usize = 100;
        let item = |digest: &minato_types::digest::Digest| ErrorView {
            code: Code::ManifestBlobUnknown.as_str(),
            message: "the repository does not hold this blob or manifest; push it first".to_owned(),
            detail: Some(serde_json::json!({ "digest": digest.as_str() })),
        };
        let items = digests.iter().take(NAMED).map(item).collect();
        Self { code: Code::ManifestBlobUnknown, items, retry_after_secs: None }
    }

    fn server(error: &Error) -> Self {
        match error {
            Error::Unavailable(_) => {
                Self::new(Code::Unavailable, "temporarily unavailable, try again").retry_after(5)
            }
            Error::StorageFull(_) => {
                Self::new(Code::StorageFull, "the registry's storage is full; tell its administrator")
            }
            _ => Self::new(Code::Unknown, "internal server error"),
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut body = serde_json::to_vec(&ErrorsView { errors: self.items }).unwrap_or_default();
        body.push(b'\n');
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if let Some(seconds) = self.retry_after_secs {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl axum::response::IntoResponse for Failure {
    fn into_response(self) -> Response<Body> {
        self.into_response()
    }
}

/// Errors of the API's handlers turn into answers by `?`.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::api(&error)
    }
}

/// Logs what is our own fault or our installation's, with all its causes.
fn log_internal(error: &Error) {
    let (Error::StorageFull(source) | Error::Unavailable(source) | Error::Internal(source)) = error else {
        return;
    };
    let mut causes = source.to_string();
    let mut cause = source.source();
    while let Some(next) = cause {
        causes.push_str(": ");
        causes.push_str(&next.to_string());
        cause = next.source();
    }
    tracing::error!(kind = %error, causes, "request failed");
}
